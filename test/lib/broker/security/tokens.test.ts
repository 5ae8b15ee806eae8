import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oauthbearer } from '../../../../src/lib/broker/security/sasl/oauthbearer.ts'
import type { SaslServer } from '../../../../src/lib/broker/security/sasl/sasl-server.ts'
import { BrokerConfig } from '../../../../src/lib/broker/state/configs/broker-config.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-tokens-'))
afterAll(() => rmSync(folder, { recursive: true }))

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = join(folder, 'jwks.json')
writeFileSync(jwks, JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' }] }))

const clock = new FakeClock()
const seconds = Math.floor(clock.now() / 1000)
const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

function signed(claims: object, key = privateKey, kid = 'k'): string {
  const text = `${encode({ alg: 'RS256', kid })}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const initial = (token: string): Buffer => Buffer.from(`n,,\x01auth=Bearer ${token}\x01\x01`)
const GOOD = { sub: 'alice', iat: seconds - 10, exp: seconds + 60, aud: 'kafka', iss: 'here' }

/** Whether the token is let in; a refusal is told the client, and fails with its answer. */
async function isLetIn(server: SaslServer, token: string): Promise<boolean> {
  const answer = await server.evaluate(initial(token))
  if (server.isComplete) return true
  expect(String(answer)).toBe('{"status":"invalid_token"}')
  await expect(server.evaluate(Buffer.from('\x01'))).rejects.toThrow(/token/)
  return false
}

describe('tokens that are signed', () => {
  const begin = oauthbearer(
    new BrokerConfig(
      new Map([
        ['sasl.oauthbearer.jwks.endpoint.url', pathToFileURL(jwks).href],
        ['sasl.oauthbearer.expected.audience', 'kafka'],
        ['sasl.oauthbearer.expected.issuer', 'here'],
        ['sasl.oauthbearer.clock.skew.seconds', '5'],
      ]),
    ),
    clock,
  )

  test('say who it is and until when', async () => {
    const server = begin()
    expect(await isLetIn(server, signed(GOOD))).toBe(true)
    expect([server.userName, server.expiresAtMs]).toEqual(['alice', (seconds + 60) * 1000])
  })

  test.each([
    ['by another key', signed(GOOD, foreign.privateKey)],
    ['by nobody', `${encode({ alg: 'none' })}.${encode(GOOD)}.`],
    ['and have expired', signed({ ...GOOD, exp: seconds - 6 })],
    ['and never expire', signed({ ...GOOD, exp: undefined })],
    ['for another audience', signed({ ...GOOD, aud: 'other' })],
    ['by another issuer', signed({ ...GOOD, iss: 'there' })],
    ['for nobody', signed({ ...GOOD, sub: '' })],
    ['and are none', 'x'],
  ])('%s are refused', async (_, token) => {
    expect(await isLetIn(begin(), token)).toBe(false)
  })
})

describe('keys at a URL', () => {
  const REFRESH_MS = 60_000
  const PAUSE_MS = 10_000
  const moving = new FakeClock(clock.now())
  const keyOf = (kid: string): object => ({ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256' })
  let answer: () => [status: number, text: string]
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    const [status, text] = answer()
    response.writeHead(status).end(text)
  })
  let begin: () => SaslServer
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    begin = oauthbearer(
      new BrokerConfig(
        new Map([
          [
            'sasl.oauthbearer.jwks.endpoint.url',
            `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys?secret=s3cret`,
          ],
          ['sasl.oauthbearer.jwks.endpoint.refresh.ms', String(REFRESH_MS)],
          ['sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms', String(PAUSE_MS)],
        ]),
      ),
      moving,
    )
  })
  afterAll(() => void server.close())
  const lists =
    (...kids: string[]) =>
    (): [number, string] => [200, JSON.stringify({ keys: kids.map(keyOf) })]
  const token = (kid: string): string =>
    signed({ ...GOOD, iat: moving.now() / 1000 - 10, exp: moving.now() / 1000 + 60 }, privateKey, kid)

  test('are read when they are needed, when they are old, and when one is not known', async () => {
    answer = () => [503, '']
    const refused = begin()
    expect(await isLetIn(refused, token('a'))).toBe(false)
    await expect(refused.evaluate(Buffer.from('\x01'))).rejects.toThrow(
      /the keys at http:\/\/127\.0\.0\.1:\d+\/keys cannot be read: it answers 503$/,
    )
    answer = lists('a')
    expect(await isLetIn(begin(), token('a'))).toBe(false)
    moving.advance(PAUSE_MS)
    expect([await isLetIn(begin(), token('a')), await isLetIn(begin(), token('a')), asked]).toEqual([true, true, 2])
    // Whoever makes up names of keys does not have the server asked each time.
    answer = lists('a', 'b')
    expect([await isLetIn(begin(), token('b')), asked]).toEqual([false, 2])
    moving.advance(PAUSE_MS)
    expect([await isLetIn(begin(), token('b')), asked]).toEqual([true, 3])
    // A key that is withdrawn holds until then.
    answer = lists('b')
    expect([await isLetIn(begin(), token('a')), asked]).toEqual([true, 3])
    moving.advance(REFRESH_MS)
    expect([await isLetIn(begin(), token('a')), await isLetIn(begin(), token('b')), asked]).toEqual([false, true, 4])
  })

  test('hold while the server cannot be read', async () => {
    for (const bad of [
      [500, ''],
      [200, 'no JSON'],
      [200, '{}'],
    ] as [number, string][]) {
      moving.advance(REFRESH_MS)
      answer = () => bad
      expect(await isLetIn(begin(), token('b'))).toBe(true)
    }
  })
})

describe('tokens without a signature', () => {
  const begin = oauthbearer(new BrokerConfig(new Map()), clock)
  const unsecured = (claims: object): string => `${encode({ alg: 'none' })}.${encode(claims)}.`

  test.each([
    [unsecured(GOOD), true],
    [signed(GOOD), false],
    [unsecured({ ...GOOD, exp: seconds - 1 }), false],
    [unsecured({ ...GOOD, iat: seconds + 60, exp: seconds + 120 }), false],
    [unsecured({ exp: seconds + 60 }), false],
  ])('%.60s', async (token, expected) => {
    expect(await isLetIn(begin(), token)).toBe(expected)
  })
})

test.each(['', 'n,,', 'n,,\x01\x01', 'n,,\x01auth=Basic abc\x01\x01', 'n,,\x01auth=Bearer\x01\x01'])(
  'a first message %j is refused',
  async (text) => {
    await expect(oauthbearer(new BrokerConfig(new Map()), clock)().evaluate(Buffer.from(text))).rejects.toThrow(
      'the first message is not one of OAUTHBEARER',
    )
  },
)
