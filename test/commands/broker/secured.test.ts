import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool, startTool, temporaryFolder, type Finished } from '../../support/kts.ts'

const SECRET = 'pl4nted:s3cret"\\'
let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(async () => {
  await kts('broker', 'stop', '--all')
  folder.remove()
})

const env = () => ({ HOME: folder.path, XDG_STATE_HOME: join(folder.path, 'state'), XDG_CONFIG_HOME: folder.path })
const kts = (...args: string[]): Promise<Finished> => runTool('kts', args, { env: env() })

interface Ready {
  readonly bootstrapServers: string
  readonly pid: number
  readonly clients: readonly { readonly user: string | null; readonly properties: string }[]
}

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Every file that holds a text, as it is or as properties and JAAS write it. */
const filesWith = (text: string): string[] =>
  filesBelow(folder.path).filter((path) => readFileSync(path, 'latin1').includes(text))

const isPrivate = (path: string): boolean => (statSync(path).mode & 0o077) === 0

describe('kts broker start --tls --user', () => {
  let ready: Ready
  let started: Finished
  beforeAll(async () => {
    started = await kts(
      ...['broker', 'start', '--tls', '--user', `alice:${SECRET}`, '--user', 'bob', '--write-profile', 'box'],
      ...['--daemon', '--in-memory', '--port', '0', '--verbose', '--json'],
    )
    expect(started.code).toBe(0)
    ready = JSON.parse(started.stdout) as Ready
  }, 60_000)

  test('lets its users in, each with a file of properties or a profile', async () => {
    expect(ready.clients.map(({ user }) => user)).toEqual(['alice', 'bob'])
    expect(await kts('topics', 'create', 't', '--profile', 'box')).toMatchObject({ code: 0 })
    expect(await kts('topics', 'list', '--profile', 'box-bob')).toMatchObject({ code: 0, stdout: 't\n' })
    for (const { properties } of ready.clients)
      expect(await kts('topics', 'list', '--command-config', properties)).toMatchObject({ code: 0, stdout: 't\n' })
  })

  test('keeps everybody else out, who is told what to look at', async () => {
    const [{ properties }] = ready.clients as [Ready['clients'][0]]
    const plain = await kts('topics', 'list', '-b', ready.bootstrapServers)
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining('does it expect TLS') as string })
    const login = ['-X', 'sasl.mechanism=SCRAM-SHA-256', '-X', `sasl.jaas.config=${jaas('alice', 'guess')}`]
    const wrong = await kts('topics', 'list', '--command-config', properties, ...login)
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /refuses user alice \(SCRAM-SHA-256\), look at sasl\.jaas\.config: .*\n$/,
      ) as string,
    })
  })

  test('tells its secrets to nobody: they are in files of their owner, and nowhere else', async () => {
    const [alice, bob] = ready.clients as [Ready['clients'][0], Ready['clients'][0]]
    const made = /password="([^"]+)"/.exec(readFileSync(bob.properties, 'latin1'))![1]!
    const outputs = [started, await kts('broker', 'status', '--json'), await kts('config', '--profile', 'box')]
    const shown = outputs.map(({ stdout, stderr }) => stdout + stderr).join('')
    const [commandLine, environment] = ['cmdline', 'environ'].map((name) =>
      process.platform === 'linux' ? readFileSync(`/proc/${ready.pid}/${name}`, 'latin1') : '',
    )
    for (const secret of ['pl4nted', made]) {
      for (const text of [shown, commandLine, environment]) expect(text).not.toContain(secret)
      expect(filesWith(secret)).toEqual([secret === made ? bob.properties : alice.properties])
    }
    const keys = filesWith('-----BEGIN PRIVATE KEY-----\nM')
    expect(keys).toHaveLength(2)
    for (const path of [...keys, alice.properties, bob.properties]) expect(isPrivate(path)).toBe(true)
  })
})

const jaas = (user: string, password: string): string =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`

test('a broker that is started again at the same port knows the password that it made up', async () => {
  const first = await kts('broker', 'start', '--user', 'carol', '-d', '--in-memory', '--port', '0', '--json')
  const { bootstrapServers, clients } = JSON.parse(first.stdout) as Ready
  const port = bootstrapServers.split(':')[1]!
  const before = readFileSync(clients[0]!.properties, 'utf8')
  await kts('broker', 'stop', '--port', port)
  const again = await kts('broker', 'start', '--user', 'carol', '-d', '--in-memory', '--port', port, '--json')
  expect(again.code).toBe(0)
  expect(readFileSync(clients[0]!.properties, 'utf8')).toBe(before)
  expect(await kts('topics', 'list', '--command-config', clients[0]!.properties)).toMatchObject({ code: 0 })
})

test.runIf(process.platform === 'linux')('a secret is taken out of the command line of a process', async () => {
  const args = ['broker', 'start', '--user', 'alice:pl4nted', '--in-memory', '--port', '0']
  const broker = startTool('kts', args, { env: env() })
  try {
    await broker.said(/ready/)
    expect(readFileSync(`/proc/${broker.child.pid}/cmdline`, 'latin1')).toMatch(/^kts\0*$/)
  } finally {
    broker.child.kill('SIGTERM')
    await broker.finished
  }
})

test.each([
  [['--user', ':pl4nted'], '--user takes NAME:PASSWORD, or NAME'],
  [['--user', 'a:'], '--user takes NAME:PASSWORD, or NAME'],
  [['--user', 'a:pl4nted', '--user', 'a:pl4nted'], 'user a is named twice'],
  [['--acls'], '--acls goes with --user'],
  [['--write-profile', 'x'], '--write-profile goes with'],
  [['--tls', '--override', 'listeners=PLAINTEXT://:0'], '--tls and --acls make the listener'],
  [['--users-file', '/no/such'], '--users-file /no/such cannot be read'],
])('broker start %j is bad input, and shows no secret', async (args, reason) => {
  const { code, stdout, stderr } = await kts('broker', 'start', '--port', '0', '--in-memory', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(reason)
  expect(stderr).not.toContain('pl4nted')
})
