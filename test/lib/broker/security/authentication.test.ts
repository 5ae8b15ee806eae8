import { describe, expect, test } from 'vitest'
import { FailedLogin } from '../../../../src/lib/broker/login.ts'
import { Authentication } from '../../../../src/lib/broker/security/sasl/authentication.ts'
import { PlainServer } from '../../../../src/lib/broker/security/sasl/plain.ts'
import type { SaslServer } from '../../../../src/lib/broker/security/sasl/sasl-server.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { SaslAuthenticate } from '../../../../src/lib/protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../../../src/lib/protocol/apis/sasl-handshake.ts'
import { Reader } from '../../../../src/lib/protocol/bytes.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { encodeRequest, readResponse } from '../../../../src/lib/protocol/frame.ts'
import type { Fields, Input, Message } from '../../../../src/lib/protocol/schema.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const MAX_REAUTH_MS = 60_000
const frameOf = <Q extends Fields>(api: Api<Q>, request: Input<Message<Q>>): Buffer =>
  Buffer.concat(encodeRequest(api, api.maxVersion, 1, 'test', request)).subarray(4)
const ANY = frameOf(Metadata, { topics: [] })
const passwords = new Map([
  ['alice', 'a'],
  ['bob', 'b'],
])

/** A connection whose time stands still; mechanism TOKEN has the same users, for as long as it is told. */
class Client {
  readonly clock = new FakeClock()
  tokenEndsInMs = Infinity
  readonly login: Authentication

  constructor(maxReauthMs = MAX_REAUTH_MS) {
    const begin = (): PlainServer => new PlainServer((user) => passwords.get(user))
    const withEnd = (): SaslServer =>
      Object.assign(begin(), { expiresAtMs: this.clock.now() + this.tokenEndsInMs }) as SaslServer
    this.login = new Authentication({
      clock: this.clock,
      mechanisms: new Map([
        ['PLAIN', { maxReauthMs, begin }],
        ['TOKEN', { maxReauthMs, begin: withEnd }],
      ]),
      failureDelayMs: 0,
      maxFrameBytes: 1000,
    })
  }

  /** The lifetime that it is told, or the error. */
  async logIn(user: string, mechanism = 'PLAIN', password = passwords.get(user)!): Promise<number | string | null> {
    const handshake = frameOf(SaslHandshake, { mechanism })
    expect(this.login.concerns(handshake)).toBe(true)
    await this.login.answer(handshake, () => null)
    const token = frameOf(SaslAuthenticate, { authBytes: Buffer.from(`\0${user}\0${password}`) })
    const reply = await this.login.answer(token, () => null).catch((error: unknown) => (error as FailedLogin).answer)
    const reader = new Reader(Buffer.concat(reply!), 8)
    const { errorCode, errorMessage, sessionLifetimeMs } = readResponse(
      SaslAuthenticate,
      SaslAuthenticate.maxVersion,
      reader,
    )
    return errorCode === ERRORS.NONE ? Number(sessionLifetimeMs) : errorMessage
  }
}

describe('a session', () => {
  test('ends when connections.max.reauth.ms is over, unless there is a new login', async () => {
    const client = new Client()
    const { login, clock } = client
    expect(await client.logIn('alice')).toBe(MAX_REAUTH_MS)
    clock.advance(MAX_REAUTH_MS)
    expect(login.concerns(ANY)).toBe(false)
    expect(await client.logIn('alice')).toBe(MAX_REAUTH_MS)
    clock.advance(MAX_REAUTH_MS + 1)
    expect(() => login.concerns(ANY)).toThrow(FailedLogin)
    expect(() => login.concerns(ANY)).toThrow('the session of User:alice has ended, and it has not logged in anew')
  })

  test('may be renewed even when it is over: the client may have been late to hear of it', async () => {
    const client = new Client()
    const { login, clock } = client
    await client.logIn('alice')
    clock.advance(MAX_REAUTH_MS + 1)
    expect(await client.logIn('alice')).toBe(MAX_REAUTH_MS)
    expect(login.concerns(ANY)).toBe(false)
  })

  test('has no end without a limit', async () => {
    const client = new Client(0)
    const { login, clock } = client
    expect(await client.logIn('alice')).toBe(0)
    clock.advance(1e12)
    expect(login.concerns(ANY)).toBe(false)
  })

  test.each([
    [10_000, MAX_REAUTH_MS, 10_000],
    [100_000, MAX_REAUTH_MS, MAX_REAUTH_MS],
    [10_000, 0, 10_000],
  ])('of a token that is good for %d ms, with a limit of %d, is one of %d', async (tokenMs, maxReauthMs, expected) => {
    const client = new Client(maxReauthMs)
    client.tokenEndsInMs = tokenMs
    expect(await client.logIn('alice', 'TOKEN')).toBe(expected)
    client.clock.advance(expected + 1)
    expect(() => client.login.concerns(ANY)).toThrow(FailedLogin)
  })
})

describe('a new login', () => {
  test.each([
    ['bob', 'PLAIN', 'b', 'Cannot change principals during re-authentication from User.alice: User.bob'],
    [
      'alice',
      'TOKEN',
      'a',
      "SASL mechanism 'TOKEN' requested by client is not supported for re-authentication of mechanism 'PLAIN'",
    ],
    ['alice', 'PLAIN', 'wrong', 'Authentication failed: Invalid username or password'],
  ])('as %s by %s with %s is refused', async (user, mechanism, password, message) => {
    const client = new Client()
    await client.logIn('alice')
    client.clock.advance(2000)
    expect(await client.logIn(user, mechanism, password)).toBe(message)
  })

  test('leaves no room for other requests until it is done', async () => {
    const client = new Client()
    const { login, clock } = client
    await client.logIn('alice')
    clock.advance(2000)
    const handshake = frameOf(SaslHandshake, { mechanism: 'PLAIN' })
    expect(login.concerns(handshake)).toBe(true)
    await login.answer(handshake, () => null)
    expect(login.concerns(ANY)).toBe(true)
    await expect(login.answer(ANY, () => null)).rejects.toThrow(FailedLogin)
    expect(login.principal).toBe('User:alice')
  })

  test('comes once in a second at most', async () => {
    const client = new Client()
    const { login, clock } = client
    await client.logIn('alice')
    await client.logIn('alice')
    expect(login.concerns(frameOf(SaslHandshake, { mechanism: 'PLAIN' }))).toBe(false)
    clock.advance(1000)
    expect(await client.logIn('alice')).toBe(MAX_REAUTH_MS)
  })
})
