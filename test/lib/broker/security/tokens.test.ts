import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
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

function signed(claims: object, key = privateKey): string {
  const text = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`
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
