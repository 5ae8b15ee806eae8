import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../src/lib/broker/log/memory-disk.ts'
import { startNode, type RunningNode } from '../../src/lib/broker/start.ts'
import { parseBrokerConfig } from '../../src/lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../src/lib/broker/state/storage/lock.ts'
import { isSecretProperty, knownProperties } from '../../src/lib/client/known-properties.ts'
import { mayHoldSecrets } from '../../src/lib/command/secret-words.ts'
import { createContext } from '../support/context.ts'
import { root } from '../support/kts.ts'
import { createSettingsHome, type SettingsHome } from '../support/settings-home.ts'

/** What must be seen nowhere. */
const MARK = 'h0nter2'
const SECURITY = 'org.apache.kafka.common.security'
const plain = (options: string): string => `${SECURITY}.plain.PlainLoginModule required ${options}`
const scram = (options: string): string => `${SECURITY}.scram.ScramLoginModule required ${options}`
const bearer = (options: string): string => `${SECURITY}.oauthbearer.OAuthBearerLoginModule required ${options}`
const store = (name: string): string => join(root, 'test/support/stores', name)
const pem = (label: string, text: string): string => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`

/** The listeners of the broker that is asked. */
const LISTENERS = {
  PLAIN: 'PLAINTEXT',
  LOGIN: 'SASL_PLAINTEXT',
  TLS: 'SSL',
} as const
type Listener = keyof typeof LISTENERS
type Properties = Readonly<Record<string, string>>

let home: SettingsHome
let broker: RunningNode
let tokenServer: Server
const brokerLog: string[] = []

beforeAll(async () => {
  home = createSettingsHome()
  broker = await startBroker({
    'listener.name.login.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,OAUTHBEARER',
    'listener.name.login.plain.sasl.jaas.config': plain(`user_ada="other-${MARK}";`),
    'listener.name.tls.ssl.keystore.location': store('keytool.p12'),
    'listener.name.tls.ssl.keystore.password': 'changeit',
    'listener.name.tls.ssl.truststore.location': store('root.crt'),
    'listener.name.tls.ssl.client.auth': 'required',
    'delegation.token.secret.key': MARK,
    'connection.failed.authentication.delay.ms': '0',
  })
  tokenServer = createServer((_, response) => void response.writeHead(401).end('{"error":"invalid_client"}'))
  await new Promise<void>((resolve) => tokenServer.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  tokenServer.close()
  await broker.stop()
  home.remove()
})

const tell = (line: string): void => void brokerLog.push(line)

function startBroker(properties: Properties): Promise<RunningNode> {
  const { config, warnings } = parseBrokerConfig(
    new Map(
      Object.entries({
        listeners: Object.keys(LISTENERS)
          .map((name) => `${name}://127.0.0.1:0`)
          .join(),
        'listener.security.protocol.map': Object.entries(LISTENERS)
          .map((pair) => pair.join(':'))
          .join(),
        'inter.broker.listener.name': 'PLAIN',
        'log.dirs': '/data',
        ...properties,
      }),
    ),
  )
  warnings.forEach(tell)
  const fileSystem = new MemoryDisk()
  return startNode({ config, fileSystem, processes: systemProcesses, warn: tell, info: tell })
}

function addressOf(listener: Listener): string {
  const { host, port } = broker.addresses.get(listener)!
  return `${host}:${port}`
}

/** All that a command says, and how it ends. */
async function kts(
  args: readonly string[],
  env: Properties = {},
): Promise<{ readonly said: string; readonly code: number }> {
  const { context, stdout, stderr } = createContext({ cwd: home.cwd, env: { ...home.env, ...env } })
  const code = await context.runSelf(args, { stdin: context.stdin, stdout: context.stdout, stderr: context.stderr })
  return { said: stdout() + stderr(), code }
}

/** Ways to fail with a secret in the properties of a client. */
const CLIENTS: readonly (readonly [title: string, listener: Listener, properties: Properties])[] = [
  [
    'a wrong password of PLAIN',
    'LOGIN',
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': plain(`username="ada" password="${MARK}";`) },
  ],
  [
    'a wrong password of SCRAM',
    'LOGIN',
    { 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram(`username="ada" password="${MARK}";`) },
  ],
  ['a password without JAAS', 'LOGIN', { 'sasl.mechanism': 'PLAIN', 'sasl.username': 'ada', 'sasl.password': MARK }],
  [
    'a mechanism that is not offered',
    'LOGIN',
    { 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.username': 'ada', 'sasl.password': MARK },
  ],
  ['a mechanism that nobody has', 'LOGIN', { 'sasl.mechanism': 'GSSAPI', 'sasl.password': MARK }],
  ['a password without a mechanism', 'LOGIN', { 'sasl.username': 'ada', 'sasl.password': MARK }],
  [
    'a password on a plain listener',
    'PLAIN',
    { 'sasl.mechanism': 'PLAIN', 'sasl.username': 'a', 'sasl.password': MARK },
  ],
  ...[
    `username="ada" password="${MARK}"`,
    `username="ada" password=${MARK}${MARK}!;`,
    `username="ada" ${MARK};`,
    `password="${MARK}";`,
    `username="ada" password="${MARK}"; ${plain(`password="${MARK}";`)}`,
  ].map(
    (options) =>
      [
        `JAAS that cannot be read: ${options.replaceAll(MARK, '*')}`,
        'LOGIN',
        { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': plain(options) },
      ] as const,
  ),
  ['JAAS that is something else', 'LOGIN', { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': `${MARK} ${MARK}` }],
  [
    'JAAS for another mechanism',
    'LOGIN',
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': scram(`username="ada" password="${MARK}";`) },
  ],
  [
    'the password of a key store',
    'TLS',
    { 'ssl.keystore.location': store('keytool.p12'), 'ssl.keystore.password': MARK },
  ],
  [
    'the password of a key',
    'TLS',
    {
      'ssl.keystore.location': store('keypass.jks'),
      'ssl.keystore.password': 'changeit',
      'ssl.key.password': MARK,
    },
  ],
  [
    'the password of a trust store',
    'TLS',
    { 'ssl.truststore.location': store('trust.p12'), 'ssl.truststore.password': MARK },
  ],
  ['passwords without a store', 'TLS', { 'ssl.keystore.password': MARK, 'ssl.key.password': MARK }],
  [
    'a key that is none',
    'TLS',
    { 'ssl.keystore.key': pem('PRIVATE KEY', MARK), 'ssl.keystore.certificate.chain': pem('CERTIFICATE', MARK) },
  ],
  ['a key without its certificate', 'TLS', { 'ssl.keystore.key': MARK }],
  ['a certificate that is none', 'TLS', { 'ssl.truststore.certificates': pem('CERTIFICATE', MARK) }],
  ['TLS where none is spoken', 'PLAIN', { 'security.protocol': 'SSL', 'ssl.truststore.location': store('root.crt') }],
  [
    'a client secret that is refused',
    'LOGIN',
    {
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.oauthbearer.token.endpoint.url': 'http://TOKENS/token',
      'sasl.oauthbearer.client.credentials.client.id': 'kts',
      'sasl.oauthbearer.client.credentials.client.secret': MARK,
    },
  ],
  [
    'a client secret in JAAS, to nobody',
    'LOGIN',
    {
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.oauthbearer.token.endpoint.url': `http://ada:${MARK}@127.0.0.1:1/token?key=${MARK}`,
      'sasl.jaas.config': bearer(`clientId="kts" clientSecret="${MARK}";`),
      'sasl.login.retry.backoff.max.ms': '1',
    },
  ],
  [
    'a token endpoint of no kind',
    'LOGIN',
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.endpoint.url': `ftp://ada:${MARK}@127.0.0.1/` },
  ],
  [
    'a command for a token that fails',
    'LOGIN',
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.command': `echo ${MARK}; echo ${MARK} >&2; exit 3` },
  ],
  [
    'a token that is none',
    'LOGIN',
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.command': `echo no token ${MARK}` },
  ],
  [
    'a token that is refused',
    'LOGIN',
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.command': `echo ${MARK}.${MARK}.${MARK}` },
  ],
  ['a name that is misspelt', 'LOGIN', { 'sasl.jaas.confg': MARK }],
  ['a name that is misspelt otherwise', 'LOGIN', { 'sasl.pasword': MARK, 'sasl.mechanism': 'PLAIN' }],
  [
    'a passphrase',
    'LOGIN',
    { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.assertion.private.key.passphrase': MARK },
  ],
]

describe.each(CLIENTS)('%s', (_, listener, given) => {
  const propertiesOf = (): [string, string][] =>
    Object.entries({ 'security.protocol': LISTENERS[listener], ...given }).map(([name, value]) => [
      name,
      value.replace('TOKENS', `127.0.0.1:${(tokenServer.address() as AddressInfo).port}`),
    ])
  const command = (): string[] => ['topics', 'list', '-b', addressOf(listener)]

  test('is told without the secret', async () => {
    const pairs = propertiesOf()
    const file = join(home.home, 'client.properties')
    home.write(file, pairs.map(([name, value]) => `${name}=${value.replaceAll('\n', '\\n')}\n`).join(''))
    const env = Object.fromEntries(
      pairs.map(([name, value]) => [`KTS_CLIENT_${name.toUpperCase().replaceAll('.', '_')}`, value]),
    )
    home.write(
      home.files.profiles,
      `profiles:\n  box:\n    bootstrap-server: ${addressOf(listener)}\n    properties: ${JSON.stringify(Object.fromEntries(pairs))}\n`,
    )
    const runs = [
      await kts([...command(), '--command-config', file, '--debug']),
      await kts([...command(), ...pairs.flatMap(([name, value]) => ['-X', `${name}=${value}`])]),
      await kts([...command(), '--debug'], env),
      await kts(['topics', 'list', '--profile', 'box', '--debug']),
    ]
    // One of them reached what is wrong.
    expect(runs.map(({ code }) => code).filter((code) => code === 0)).toEqual(
      given['sasl.password'] !== undefined && listener === 'PLAIN' ? [0, 0, 0, 0] : [],
    )
    const shown = [
      await kts(['config', '--origin', '--command-config', file]),
      await kts(['config', '--json'], env),
      await kts(['profile', 'show', 'box']),
      await kts(['profile', 'show', 'box', '--json']),
      await kts(['profile', 'list', '--json']),
      await kts(['config', '--profile', 'box', '--origin', '--output', 'yaml']),
    ]
    for (const { said, code } of [...runs, ...shown]) {
      expect(said).not.toContain(MARK)
      expect(said + code).not.toContain('this is a bug in kts')
    }
    expect(brokerLog.join('\n')).not.toContain(MARK)
  })
})

/** Those that are not meant to fail. */
const mayPass = (args: readonly string[]): boolean =>
  args.includes('--dry-run') || args.includes('describe') || args.some((word) => word.includes('iterations=4096'))

describe('settings of a broker', () => {
  const TLS = 'listener.name.tls'
  test.each<[title: string, settings: Properties]>([
    [
      'users of PLAIN that cannot be read',
      { 'listener.name.login.plain.sasl.jaas.config': plain(`user_ada="${MARK}`) },
    ],
    [
      'users of PLAIN for another module',
      { 'listener.name.login.plain.sasl.jaas.config': scram(`user_ada="${MARK}";`) },
    ],
    [
      'the password of a store',
      { [`${TLS}.ssl.keystore.location`]: store('keytool.p12'), [`${TLS}.ssl.keystore.password`]: MARK },
    ],
    [
      'the password of a key',
      {
        [`${TLS}.ssl.keystore.location`]: store('keypass.jks'),
        [`${TLS}.ssl.keystore.password`]: 'changeit',
        [`${TLS}.ssl.key.password`]: MARK,
      },
    ],
    [
      'a key that is none',
      {
        [`${TLS}.ssl.keystore.key`]: pem('PRIVATE KEY', MARK),
        [`${TLS}.ssl.keystore.certificate.chain`]: pem('CERTIFICATE', MARK),
      },
    ],
    ['a key without its certificate', { [`${TLS}.ssl.keystore.key`]: MARK }],
    ['a password without a store', { [`${TLS}.ssl.truststore.password`]: MARK }],
  ])('%s', async (_, settings) => {
    const error = await startBroker({
      'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.login.plain.sasl.jaas.config': plain('user_ada="x";'),
      ...settings,
    }).then(
      (started) => started.stop().then(() => 'it started'),
      (reason: unknown) => (reason as Error).stack!,
    )
    expect(error).not.toContain('it started')
    expect(error).not.toContain(MARK)
    expect(brokerLog.join('\n')).not.toContain(MARK)
  })

  test('are not told by it', async () => {
    const described = ['configs', 'describe', '--broker', '1', '-b', addressOf('PLAIN'), '--json']
    const name = 'listener.name.login.plain.sasl.jaas.config'
    for (const args of [
      [...described, '--all'],
      [...described, '--all', '--debug'],
    ]) {
      const { said, code } = await kts(args)
      expect(said).not.toContain(MARK)
      expect(said).toContain('listener.name.login.plain.sasl.jaas.config')
      expect(code).toBe(0)
    }
    for (const value of [`${MARK}`, plain(`user_ada="${MARK}`)]) {
      const { said, code } = await kts([
        ...['configs', 'set', '--broker', '1', `${name}=${value}`, '-b', addressOf('PLAIN'), '--debug'],
      ])
      expect(code).not.toBe(0)
      expect(said).not.toContain(MARK)
    }
    expect(brokerLog.join('\n')).not.toContain(MARK)
  })

  test.each([
    ['broker', 'start', '--user', `:${MARK}`],
    ['broker', 'start', '--user', `ada:${MARK}`, '--user', `ada:${MARK}`],
    ['broker', 'start', '--user', `ada:${MARK}`, '--port', '99999'],
    ['broker', 'start', '--override', `ssl.keystore.password:${MARK}`],
    ['broker', 'start', '--override', `ssl.keystore.password=${MARK}`, '--port', '-5'],
    ['broker', 'start', '--users-file', 'users'],
    ['storage', 'format', '--cluster-id', 'x', '--add-scram', `SCRAM-SHA-256=[name=ada,password=${MARK}`],
    ['storage', 'format', '--cluster-id', 'x', '--add-scram', `SCRAM-SHA-9=[name=ada,password=${MARK}]`],
    ['storage', 'format', '--cluster-id', 'x', '--add-scram', `SCRAM-SHA-256=[password=${MARK}]`],
    ['configs', 'set', '--user', 'ada', `SCRAM-SHA-256=iterations=1,password=${MARK}`],
    ['configs', 'set', '--user', 'ada', `SCRAM-SHA-256=[password=${MARK}`],
    ['configs', 'set', '--user', 'ada', `SCRAM-SHA-9=password=${MARK}`],
    [
      'configs',
      '--alter',
      '--entity-type',
      'users',
      '--entity-name',
      'ada',
      '--add-config',
      `SCRAM-SHA-256=[iterations=4096,password=${MARK}]`,
      '--dry-run',
    ],
    [
      'configs',
      '--alter',
      '--entity-type',
      'users',
      '--entity-name',
      'ada',
      '--add-config',
      `SCRAM-SHA-256=[iterations=4096,password=${MARK}]`,
    ],
    ['configs', 'describe', '--user', 'ada'],
    ['profile', 'add', 'new', '-b', 'x:1', '--property', `sasl.pasword=${MARK}`],
    ['profile', 'add', 'box', '-b', 'x:1', '--property', `sasl.password=${MARK}`],
    ['profile', 'add', 'new', '-b', 'x:1', '--property', `sasl.password:${MARK}`],
    ['topics', 'list', '-X', `sasl.password:${MARK}`],
    ['produce', 'orders', '--command-property', `sasl.pasword=${MARK}`],
    ['topics', 'list', '-b', `ada:${MARK}@localhost:9092`],
  ])('%s %s %s …', async (...args) => {
    home.write(home.files.profiles, `profiles: { box: { bootstrap-server: '${addressOf('PLAIN')}' } }\n`)
    home.write(join(home.cwd, 'users'), `:${MARK}\n`)
    const { said, code } = await kts([...args, '--debug'], { KTS_BOOTSTRAP_SERVERS: addressOf('PLAIN') })
    expect(said).not.toContain(MARK)
    expect(said).not.toContain('this is a bug in kts')
    expect(code).toBe(mayPass(args) ? 0 : code || 1)
  })
})

describe('a command line with a secret is taken back from the list of processes', () => {
  test.each([...knownProperties()].filter(isSecretProperty))('%s', (name) => {
    for (const words of [['-X', `${name}=${MARK}`], [`--override=listener.name.a.${name}=${MARK}`]])
      expect(mayHoldSecrets(words)).toBe(true)
  })

  test.each([
    `--user=ada:${MARK}`,
    `basic.auth.user.info=ada:${MARK}`,
    `bearer.auth.token=${MARK}`,
    `schema.registry.url=http://ada:${MARK}@localhost`,
    `SCRAM-SHA-256=[password=${MARK}]`,
    `delegation.token.secret.key=${MARK}`,
  ])('%s', (word) => {
    expect(mayHoldSecrets(['-X', word])).toBe(true)
  })

  test('any other stays', () => {
    expect(
      mayHoldSecrets(['topics', 'create', 'orders', '-X', 'client.id=users', '--command-config', 'a.properties']),
    ).toBe(false)
  })
})
