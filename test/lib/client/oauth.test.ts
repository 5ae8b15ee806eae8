import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { initialResponse, readExtensions } from '../../../src/lib/security/oauth/initial-response.ts'
import { TokenSource } from '../../../src/lib/security/oauth/token-source.ts'
import { unsecuredTokens } from '../../../src/lib/security/oauth/unsecured-token.ts'
import { EnvironmentError, KafkaError, UserError } from '../../../src/lib/errors.ts'
import { readClaims, unsecuredToken } from '../../../src/lib/security/oauth/jwt.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-oauth-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open: { stop?(): Promise<unknown>; close?(): unknown }[] = []
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await (item.stop?.() ?? item.close?.())
})

const SOON = Date.now() / 1000 + 3600
const TOKEN = unsecuredToken({ sub: 'alice', exp: SOON })
const MODULE = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule'
const stored = (name: string): string => fileURLToPath(new URL(`../../support/tls/${name}`, import.meta.url))

/** A broker that takes one token, and answers others as Kafka does: an error in JSON, then the end. */
async function startBroker(token = TOKEN, sessionLifetimeMs = 0n) {
  const heard: string[] = []
  const broker = await FakeBroker.start({
    sasl: {
      mechanism: 'OAUTHBEARER',
      username: '',
      password: '',
      sessionLifetimeMs,
      says(bytes) {
        heard.push(bytes.toString())
        if (bytes.toString() === '\x01') return 'refused'
        return bytes.includes(`auth=Bearer ${token}\x01`) ? Buffer.alloc(0) : Buffer.from('{"status":"invalid_token"}')
      },
    },
  })
  open.push(broker)
  return { broker, heard }
}

async function connect(broker: FakeBroker, properties: Record<string, string>) {
  const client = await connectClient({
    bootstrapServers: [broker.address],
    clientId: 'kts/1',
    properties: new Map(
      Object.entries({ 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'OAUTHBEARER', ...properties }),
    ),
  })
  open.push(client)
  return client
}

interface Asked {
  readonly authorization: string | undefined
  readonly body: string
}

/** An OAuth server that answers in turn; the last answer stays. */
async function startEndpoint(answers: readonly (readonly [status: number, body: unknown])[], tls = false) {
  const asked: Asked[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body })
      const [status, content] = answers[Math.min(asked.length, answers.length) - 1]!
      response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content))
    })
  }
  const server: Server = tls
    ? createHttps({ cert: readFileSync(stored('localhost.crt')), key: readFileSync(stored('localhost.key')) }, answer)
    : createHttp(answer)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  open.push(server)
  const url = `http${tls ? 's' : ''}://localhost:${(server.address() as AddressInfo).port}/token`
  return { url, asked }
}

const client = { 'sasl.jaas.config': `${MODULE} required clientId="kts" clientSecret="s3cret:/" scope="a b";` }

describe('a token', () => {
  it('comes from a file, read again for each login', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, `${TOKEN}\n`)
    const { broker, heard } = await startBroker()
    const properties = { 'sasl.oauthbearer.token.endpoint.url': pathToFileURL(file).href }
    expect(await (await connect(broker, properties)).brokers()).toHaveLength(1)
    expect(heard).toEqual([`n,,\x01auth=Bearer ${TOKEN}\x01\x01`])
  })

  it('comes from a command', async () => {
    const { broker } = await startBroker()
    const properties = { 'sasl.oauthbearer.token.command': `echo ${TOKEN}` }
    expect(await (await connect(broker, properties)).brokers()).toHaveLength(1)
  })

  it('comes from a token endpoint, for a client that the JAAS options name', async () => {
    const { broker } = await startBroker()
    const { url, asked } = await startEndpoint([[200, { access_token: TOKEN, expires_in: 3600 }]])
    await connect(broker, { ...client, 'sasl.oauthbearer.token.endpoint.url': url })
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('kts:s3cret:/').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=a+b',
      },
    ])
  })

  it('comes over TLS, for a client that properties name before the JAAS options', async () => {
    const { broker } = await startBroker()
    const { url, asked } = await startEndpoint([[200, { id_token: TOKEN }]], true)
    await connect(broker, {
      'sasl.jaas.config': `${MODULE} required clientId="other" ssl.truststore.type="PEM" ssl.truststore.location="${stored('localhost.crt')}";`,
      'sasl.oauthbearer.token.endpoint.url': url,
      'sasl.oauthbearer.client.credentials.client.id': 'k s',
      'sasl.oauthbearer.client.credentials.client.secret': 's/',
      'sasl.oauthbearer.header.urlencode': 'true',
    })
    expect(asked).toEqual([
      { authorization: `Basic ${Buffer.from('k+s:s%2F').toString('base64')}`, body: 'grant_type=client_credentials' },
    ])
  })

  it('is asked for again where the endpoint has trouble that passes', async () => {
    const { broker } = await startBroker()
    const { url, asked } = await startEndpoint([
      [503, ''],
      [200, { access_token: TOKEN }],
    ])
    const properties = { ...client, 'sasl.login.retry.backoff.ms': '1', 'sasl.oauthbearer.token.endpoint.url': url }
    await connect(broker, properties)
    expect(asked).toHaveLength(2)
  })

  it('is made without a signature from unsecuredLogin options, with extensions', async () => {
    const { broker, heard } = await startBroker('')
    const jaas = `${MODULE} required unsecuredLoginStringClaim_sub="alice" unsecuredLoginExtension_traceId="1 2";`
    await expect(connect(broker, { 'sasl.jaas.config': jaas })).rejects.toThrow(KafkaError)
    const [, token = '', extension] = /^n,,\x01auth=Bearer (.*?)\x01(.*)\x01\x01$/s.exec(heard[0]!)!
    expect(readClaims(token)).toMatchObject({ sub: 'alice', exp: expect.any(Number) as number })
    expect(extension).toBe('traceId=1 2')
  })
})

describe('a login by token', () => {
  it('that the broker refuses is given up in due form, and not shown', async () => {
    const { broker, heard } = await startBroker('another')
    const attempt = connect(broker, { 'sasl.oauthbearer.token.command': `echo ${TOKEN}` })
    await expect(attempt).rejects.toMatchObject({
      code: 'SASL_AUTHENTICATION_FAILED',
      message: `${broker.address} refuses the connection: it refuses the token of sasl.oauthbearer.token.command (OAUTHBEARER): Authentication failed: wrong name or password (SASL_AUTHENTICATION_FAILED)`,
    })
    expect(heard.at(-1)).toBe('\x01')
    await expect(attempt).rejects.not.toThrow(TOKEN)
  })

  const endpoint = { 'sasl.oauthbearer.token.endpoint.url': 'http://localhost:1/x?key=s3cret' }
  it.each([
    [{}, UserError, 'needs a token: sasl.oauthbearer.token.endpoint.url'],
    [{ ...endpoint, ...client, 'sasl.oauthbearer.token.command': 'x' }, UserError, 'contradict each other'],
    [{ 'sasl.oauthbearer.token.endpoint.url': 'ftp://x' }, UserError, 'is not a URL that begins with https://'],
    [{ 'sasl.oauthbearer.token.endpoint.url': 'file:///no/such' }, UserError, '/no/such cannot be read: there is no'],
    [endpoint, UserError, 'needs sasl.oauthbearer.client.credentials.client.id, or clientId in sasl.jaas.config'],
    [{ ...endpoint, ...client, 'sasl.login.retry.backoff.max.ms': '0' }, EnvironmentError, 'connection refused'],
    [{ 'sasl.oauthbearer.token.command': 'echo s3cret >&2; exit 3' }, EnvironmentError, 'command exits with 3'],
    [{ 'sasl.oauthbearer.token.command': 'echo s3cret and more' }, UserError, 'gives no bearer token'],
    [{ 'sasl.oauthbearer.token.command': `echo ${unsecuredToken({ exp: 1 })}` }, UserError, 'has expired, on 1970'],
    [{ 'sasl.oauthbearer.assertion.file': 'x' }, UserError, 'assertion.file is not supported here'],
    [{ 'sasl.jaas.config': `${MODULE} required unsecuredLoginStringClaim_x="s3cret";` }, UserError, 'Claim_sub'],
  ])('that cannot begin says why, and tells no secret: %j', async (properties, kind, reason) => {
    const { broker, heard } = await startBroker()
    const attempt = connect(broker, properties)
    await expect(attempt).rejects.toThrow(kind)
    await expect(attempt).rejects.toThrow(reason)
    await expect(attempt).rejects.not.toThrow('s3cret')
    expect(heard).toEqual([])
  })

  it.each([
    [401, { error: 'invalid_client', error_description: 'who?' }, 'answers 401 (invalid_client: who?); look at sasl.'],
    [404, '<html>', 'answers 404; look at sasl.oauthbearer.token.endpoint.url'],
    [200, '<html>', 'answers without a token; is sasl.oauthbearer.token.endpoint.url right?'],
  ])('is asked for once where the endpoint answers %d', async (status, body, reason) => {
    const { broker } = await startBroker()
    const { url, asked } = await startEndpoint([[status, body]])
    const attempt = connect(broker, { ...client, 'sasl.oauthbearer.token.endpoint.url': url })
    await expect(attempt).rejects.toThrow(reason)
    await expect(attempt).rejects.not.toThrow('s3cret')
    expect(asked).toHaveLength(1)
  })

  it('is made anew, with a new token, before the session ends', async () => {
    const file = join(folder, 'renewed')
    writeFileSync(file, TOKEN)
    const { broker, heard } = await startBroker(TOKEN, 1n)
    const client = await connect(broker, { 'sasl.oauthbearer.token.endpoint.url': pathToFileURL(file).href })
    await client.metadata([])
    expect(heard.length).toBeGreaterThan(1)
  })
})

describe('TokenSource', () => {
  const tokenOf = (exp: number): string => unsecuredToken({ exp })
  const origin = (tokens: (string | Error)[]) => ({
    name: 'x',
    fetch: () => {
      const next = tokens.shift()!
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    },
  })
  const settings = new Map([['sasl.login.refresh.window.jitter', '0']])

  it('keeps a token for four fifths of its time', async () => {
    const clock = new FakeClock(0)
    const [first, second] = [tokenOf(10_000), tokenOf(20_000)]
    const source = new TokenSource(origin([first, second]), settings, clock)
    expect(await source.current()).toBe(first)
    clock.advance(7_999_999)
    expect(await source.current()).toBe(first)
    clock.advance(1)
    expect(await source.current()).toBe(second)
  })

  it('goes on with a token that is still good when no other can be had, and no longer', async () => {
    const clock = new FakeClock(0)
    const source = new TokenSource(
      origin([tokenOf(10_000), new EnvironmentError('down'), new EnvironmentError('down')]),
      settings,
      clock,
    )
    const first = await source.current()
    clock.advance(9_000_000)
    expect(await source.current()).toBe(first)
    clock.advance(1_000_000)
    await expect(source.current()).rejects.toThrow('down')
  })

  it('fetches one for all who ask at once, and anew for each login where it does not say how long it is good', async () => {
    const source = new TokenSource(origin(['opaque', 'opaque2']), settings, new FakeClock(0))
    expect(await Promise.all([source.current(), source.current()])).toEqual(['opaque', 'opaque'])
    expect(await source.current()).toBe('opaque2')
  })
})

describe('unsecured tokens', () => {
  it('have the claims of Kafka', async () => {
    const options = new Map([
      ['unsecuredLoginStringClaim_name', 'bob'],
      ['unsecuredLoginPrincipalClaimName', 'name'],
      ['unsecuredLoginNumberClaim_age', '4.5'],
      ['unsecuredLoginListClaim_scope', '|a|b||'],
      ['unsecuredLoginLifetimeSeconds', '60'],
    ])
    const token = await unsecuredTokens(options, new FakeClock(5000)).fetch()
    expect(token.endsWith('.')).toBe(true)
    expect(readClaims(token)).toEqual({ exp: 65, iat: 5, name: 'bob', age: 4.5, scope: ['a', 'b', '', ''] })
  })

  it.each([
    ['unsecuredLoginNumberClaim_x', 'y'],
    ['unsecuredLoginStringClaim_exp', '1'],
    ['unsecuredLoginLifetimeSeconds', ''],
  ])('are not made of %s=%s', (option, value) => {
    const options = new Map([
      ['unsecuredLoginStringClaim_sub', 'a'],
      [option, value],
    ])
    expect(() => unsecuredTokens(options)).toThrow(option)
  })
})

it.each([
  ['extension_auth', 'x'],
  ['extension_', 'x'],
  ['extension_a1', 'x'],
  ['extension_a', 'x\x01y'],
])('no extension is %s=%j', (option, value) => {
  expect(() => readExtensions(new Map([[option, value]]))).toThrow(option)
  expect(initialResponse('t', new Map()).toString()).toBe('n,,\x01auth=Bearer t\x01\x01')
})
