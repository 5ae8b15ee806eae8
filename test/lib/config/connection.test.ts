import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConnectionValues, nameConnection, reach } from '../../../src/lib/config/connection.ts'
import { EnvironmentError, UserError } from '../../../src/lib/errors.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'
import { temporaryFolder } from '../../support/kts.ts'
import type { Context } from '../../../src/lib/command/define.ts'

async function findConnection(values: ConnectionValues, context: Context) {
  const connection = await nameConnection(values, context)
  await reach(connection, context)
  return connection
}

const folder = temporaryFolder()
writeFileSync(
  join(folder.path, 'client.properties'),
  'bootstrap.servers=file:1\nsecurity.protocol=SSL\nclient.id=caf\u00e9\n',
  'latin1',
)
writeFileSync(join(folder.path, 'broken.properties'), 'a=\\u1\n')
writeFileSync(join(folder.path, 'plain.properties'), 'acks=1\n')

let listening: Server
let freePort: number
let takenPort: number

beforeAll(async () => {
  const listen = (): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((socket) => socket.destroy()).listen(0, 'localhost', () => resolve(server))
    })
  const [kept, given] = [await listen(), await listen()]
  listening = kept
  takenPort = (kept.address() as AddressInfo).port
  freePort = (given.address() as AddressInfo).port
  await new Promise((resolve) => given.close(resolve))
})

afterAll(() => {
  listening.close()
  folder.remove()
})

async function resolve(values: ConnectionValues, options: ContextOptions = {}) {
  const { context, stderr } = createContext({ cwd: folder.path, ...options })
  return { ...(await findConnection(values, context)), stderr: stderr() }
}

describe('where the servers are named', () => {
  const commandConfig = 'client.properties'
  const env = { KTS_BOOTSTRAP_SERVERS: 'environment:2' }

  test('the option comes first, then the environment, then the file', async () => {
    expect(await resolve({ bootstrapServer: 'option:3', commandConfig }, { env })).toMatchObject({
      bootstrapServers: ['option:3'],
      origin: '--bootstrap-server',
    })
    expect(await resolve({ brokerList: 'old:3,older:4' }, { env })).toMatchObject({
      bootstrapServers: ['old:3', 'older:4'],
      origin: '--broker-list',
    })
    expect(await resolve({ commandConfig }, { env })).toMatchObject({
      bootstrapServers: ['environment:2'],
      origin: 'KTS_BOOTSTRAP_SERVERS',
    })
    expect(await resolve({ commandConfig })).toMatchObject({
      bootstrapServers: ['file:1'],
      origin: 'bootstrap.servers in client.properties',
    })
    expect(await resolve({ commandConfig }, { style: 'drop-in' })).toMatchObject({ bootstrapServers: ['file:1'] })
  })

  test('a drop-in without a server is bad usage', async () => {
    await expect(resolve({}, { style: 'drop-in' })).rejects.toThrow(UserError)
    await expect(resolve({ commandConfig: 'plain.properties' }, { style: 'drop-in' })).rejects.toThrow(
      /--bootstrap-server is missing/,
    )
  })

  test('kts looks on this machine, and says what to do when nothing is there', async () => {
    expect(await resolve({}, { env: { KTS_LOCAL_PORT: String(takenPort) } })).toMatchObject({
      bootstrapServers: [`localhost:${takenPort}`],
      origin: 'the default',
    })
    const alone = resolve({}, { env: { KTS_LOCAL_PORT: String(freePort) } })
    await expect(alone).rejects.toThrow(EnvironmentError)
    await expect(alone).rejects.toThrow(new RegExp(`nothing listens on localhost:${freePort}; add --local `))
  })

  test('options that contradict each other are refused', async () => {
    await expect(resolve({ bootstrapServer: 'a:1', zookeeper: 'b:2181' })).rejects.toThrow(
      '--bootstrap-server and --zookeeper contradict',
    )
    await expect(resolve({ bootstrapServer: 'a:1', brokerList: 'a:1' })).rejects.toThrow(
      '--bootstrap-server and --broker-list contradict',
    )
    await expect(resolve({ bootstrapServer: 'a:1', local: true })).rejects.toThrow(UserError)
    expect(await resolve({ bootstrapServer: 'a:1', local: false })).toMatchObject({ bootstrapServers: ['a:1'] })
  })
})

describe('addresses', () => {
  test.each(['[::1]:9092', '127.0.0.1:9092', 'a.b-c_d:65535'])('%s is one', async (server) => {
    expect((await resolve({ bootstrapServer: server })).bootstrapServers).toEqual([server])
  })

  test('spaces around commas do not matter', async () => {
    expect((await resolve({ bootstrapServer: 'a:1, b:2' })).bootstrapServers).toEqual(['a:1', 'b:2'])
  })

  test("the port is 9092 by default, but not under Apache's names, nor for controllers", async () => {
    expect((await resolve({ bootstrapServer: 'a,b:1,[::1]' })).bootstrapServers).toEqual([
      'a:9092',
      'b:1',
      '[::1]:9092',
    ])
    await expect(resolve({ bootstrapServer: 'localhost' }, { style: 'drop-in' })).rejects.toThrow(
      /^--bootstrap-server: .*HOST:PORT/,
    )
    await expect(resolve({ bootstrapController: 'localhost' })).rejects.toThrow('it lacks the port')
  })

  test("are Java's under Apache's names", async () => {
    expect((await resolve({ bootstrapServer: '::1:29092,,a:1,' }, { style: 'drop-in' })).bootstrapServers).toEqual([
      '[::1]:29092',
      'a:1',
    ])
  })

  test.each(['notaport:abc', 'nohost:', ':9092', 'a:0', 'a:65536', 'a:1,', '', '::1:9092'])(
    '"%s" is none',
    async (server) => {
      await expect(resolve({ bootstrapServer: server })).rejects.toThrow(UserError)
      await expect(resolve({ bootstrapServer: server })).rejects.toThrow(/^--bootstrap-server: .*HOST:PORT/)
    },
  )

  test('a bad one in the environment is blamed on the environment', async () => {
    await expect(resolve({}, { env: { KTS_BOOTSTRAP_SERVERS: 'no where' } })).rejects.toThrow(
      /^KTS_BOOTSTRAP_SERVERS: /,
    )
  })
})

describe('the properties file', () => {
  test('is read as Java reads it, in Latin-1; its servers are no property', async () => {
    const { properties } = await resolve({ bootstrapServer: 'a:1', commandConfig: 'client.properties' })
    expect([...properties]).toEqual([
      ['security.protocol', 'SSL'],
      ['client.id', 'café'],
    ])
  })

  test.each([
    ['missing.properties', 'there is no such file'],
    ['.', 'it is a folder'],
    ['broken.properties', 'four hexadecimal digits'],
  ])('%s: %s', async (commandConfig, reason) => {
    await expect(resolve({ bootstrapServer: 'a:1', commandConfig })).rejects.toThrow(UserError)
    await expect(resolve({ bootstrapServer: 'a:1', commandConfig })).rejects.toThrow(reason)
  })
})

describe('the broker in the box', () => {
  test('is used when it answers', async () => {
    const env = { KTS_LOCAL_PORT: String(takenPort) }
    expect(await resolve({ local: true }, { env })).toMatchObject({
      bootstrapServers: [`localhost:${takenPort}`],
      origin: '--local',
    })
  })

  test.each([
    [{ local: true }, {}],
    [{}, { KTS_LOCAL: '1' }],
    [{ zookeeper: 'zk:2181' }, { KTS_LOCAL: 'true' }],
  ])('is started when nothing answers: %j %j', async (values, local) => {
    const started: (readonly string[])[] = []
    const startSelf = async (args: readonly string[]): Promise<void> => void started.push(args)
    const { bootstrapServers } = await resolve(values, {
      env: { ...local, KTS_LOCAL_PORT: String(freePort) },
      startSelf,
    })
    expect(started).toEqual([['broker', 'start', '--daemon', '--port', String(freePort)]])
    expect(bootstrapServers).toEqual([`localhost:${freePort}`])
  })

  test.each(['', '0', 'false'])('KTS_LOCAL="%s" does not ask for it', async (value) => {
    await expect(resolve({}, { style: 'drop-in', env: { KTS_LOCAL: value } })).rejects.toThrow(UserError)
  })
})

describe('--bootstrap-controller', () => {
  test('names controllers in place of brokers', async () => {
    expect(await resolve({ bootstrapController: 'c:9093' }, { style: 'drop-in' })).toMatchObject({
      bootstrapServers: ['c:9093'],
      areControllers: true,
      origin: '--bootstrap-controller',
    })
    expect(await resolve({ bootstrapServer: 'b:9092' })).toMatchObject({ areControllers: false })
    await expect(resolve({ bootstrapController: 'c:9093', bootstrapServer: 'b:9092' })).rejects.toThrow(
      '--bootstrap-server and --bootstrap-controller contradict each other',
    )
  })
})

describe('--zookeeper', () => {
  test('means port 9092 of the same hosts, with one warning that shows the command of today', async () => {
    const args = ['--create', '--zookeeper', 'zk1:2181,zk2/kafka', '--topic', 'a b']
    const { bootstrapServers, stderr } = await resolve(
      { zookeeper: 'zk1:2181,zk2/kafka' },
      { style: 'drop-in', program: 'kafka-topics.sh', args },
    )
    expect(bootstrapServers).toEqual(['zk1:9092', 'zk2:9092'])
    expect(stderr).toBe(
      "Warning: --zookeeper is gone since Kafka 4; the same command today: kafka-topics.sh --create --bootstrap-server zk1:9092,zk2:9092 --topic 'a b'\n",
    )
  })

  test('gives way to the environment', async () => {
    const { bootstrapServers, stderr } = await resolve(
      { zookeeper: 'zk:2181' },
      { env: { KTS_BOOTSTRAP_SERVERS: 'b:1' }, args: ['-zookeeper=zk:2181', '--list'], program: 'kts topics' },
    )
    expect(bootstrapServers).toEqual(['b:1'])
    expect(stderr).toMatch(/kts topics --bootstrap-server=b:1 --list\n$/)
  })
})
