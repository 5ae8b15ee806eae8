import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBroker } from '../../../src/lib/broker/index.ts'
import { startBrokerProcess } from '../../support/broker-process.ts'
import { runTool, temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await kts('broker', 'stop', '--all')
  folder.remove()
})

const kts = (...args: string[]) => runTool('kts', args, { env: { XDG_STATE_HOME: folder.path } })
const addressIn = (text: string): string => /ready at (\S+:\d+)/.exec(text)![1]!

describe('kts broker', () => {
  test('start --daemon returns when the broker answers; status shows it, stop ends it', async () => {
    const started = await kts('broker', 'start', '--daemon', '--port', '0')
    expect(started).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Kafka broker 1 ready at localhost:\d+, data in \S+\/kts\/data, pid \d+\n$/),
    })
    const server = addressIn(started.stdout)
    expect(await kts('topics', '--bootstrap-server', server, '--create', '--topic', 'a')).toMatchObject({ code: 0 })
    const status = await kts('broker', 'status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject([
      { nodeId: 1, bootstrapServers: server, dataDir: join(folder.path, 'kts', 'data') },
    ])
    expect(await kts('broker', 'stop')).toMatchObject({ code: 0, stdout: expect.stringContaining(server) })
    expect(await kts('broker', 'status')).toMatchObject({ code: 1, stdout: 'no broker runs\n' })
    expect(await kts('broker', 'stop')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no broker runs here'),
    })
    expect(existsSync(join(folder.path, 'kts', 'data', '.kafka_cleanshutdown'))).toBe(true)
  })

  test('start --topic makes topics that are missing', async () => {
    const started = await kts('broker', 'start', '-d', '--port', '0', '--topic', 'orders:3', '-t', 'users')
    const server = addressIn(started.stdout)
    const { stdout } = await kts('topics', 'describe', '-b', server)
    expect(stdout).toMatch(/Topic: orders\t.*PartitionCount: 3\t[^]*Topic: users\t.*PartitionCount: 1\t/)
    await kts('broker', 'stop')
    expect(await kts('broker', 'start', '--topic', 'no/name', '--port', '0')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^kts broker start: topic no\/name: /),
    })
  })

  test('start --verbose tells what clients do, in the log of a daemon, and shows control characters', async () => {
    const started = await kts('broker', 'start', '-d', '--verbose', '--port', '0', '--in-memory')
    const server = addressIn(started.stdout)
    await kts('topics', 'create', 'orders', '-p', '2', '-b', server)
    await runTool('kts', ['produce', 'orders', '-b', server], { input: 'one\n' })
    await kts('consume', 'orders', '-b', server, '-g', 'sh\u001bop', '--from-beginning', '--max-messages', '1')
    await kts('broker', 'stop')
    const log = readFileSync(join(folder.path, 'kts', 'logs', `server-${server.split(':')[1]}.log`), 'utf8')
    expect(log).toMatch(/^client kts\S* at 127\.0\.0\.1:\d+ connected \(kts \S+\)$/m)
    expect(log).toMatch(/^topic orders created, 2 partitions$/m)
    expect(log).toMatch(/^group sh\\x1bop: 1 member, generation 1: orders-0,1 to kts\S+$/m)
    expect(log).toMatch(/^group sh\\x1bop: kts\S+ left, 0 members$/m)
    expect(log).not.toContain('\u001b')
  })

  test('keeps its topics and records over a kill -9', async () => {
    const dataDir = join(folder.path, 'data')
    const first = await startBrokerProcess('--data-dir', dataDir)
    const produce = await runTool('kts', ['produce', '--bootstrap-server', first.bootstrap, '--topic', 'kept'], {
      input: 'one\ntwo\n',
    })
    expect(produce.code).toBe(0)
    first.process.kill('SIGKILL')
    await first.stop()
    const second = await startBrokerProcess('--data-dir', dataDir)
    const consumed = await kts(
      'consume',
      '--bootstrap-server',
      second.bootstrap,
      '--topic',
      'kept',
      '--from-beginning',
      '--max-messages',
      '2',
    )
    await second.stop()
    expect(consumed).toMatchObject({ code: 0, stdout: 'one\ntwo\n' })
  })

  test('refuses a folder that another broker uses, naming its pid, and a port that is taken', async () => {
    const started = await kts('broker', 'start', '--daemon', '--port', '0')
    const pid = /pid (\d+)/.exec(started.stdout)![1]!
    expect(await kts('broker', 'start', '--port', '0')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`(pid ${pid})`),
    })
    const port = addressIn(started.stdout).split(':')[1]!
    expect(await kts('broker', 'start', '--port', port, '--in-memory')).toMatchObject({
      code: 1,
      stderr:
        `kts broker start: port ${port} is taken by a broker of kts (pid ${pid}, data in ${folder.path}/kts/data); ` +
        `stop it with kts broker stop --port ${port}, or choose another port with --port\n`,
    })
  })

  test.each([
    ['a value that is none', ['--override', 'num.partitions=abc'], 2, /num\.partitions/],
    ['an override without =', ['--override', 'num.partitions'], 2, /key=value/],
    ['a port beyond the last', ['--port', '70000'], 2, /65535/],
    ['a file that is not there', ['nosuch.properties'], 2, /nosuch\.properties cannot be read: there is no such file/],
    [
      'a folder that cannot be made',
      ['--port', '0', '--data-dir', '/proc/nope'],
      1,
      /data folder \/proc\/nope cannot be used/,
    ],
    [
      'a folder that is a file',
      ['--port', '0', '--data-dir', '/dev/null/data'],
      1,
      /data folder \/dev\/null\/data cannot be used/,
    ],
  ])('says in one line what is wrong with %s', async (_, args, code, message) => {
    const result = await kts('broker', 'start', ...args)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toMatch(message)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test("takes Kafka's settings file, warns of what nobody knows, and lets --override win", async () => {
    const dataDir = join(folder.path, 'logs')
    const file = join(folder.path, 'server.properties')
    writeFileSync(
      file,
      `broker.id=7\nlisteners=PLAINTEXT://127.0.0.1:0\nlog.dirs=${dataDir}\nnum.partitions=2\nno.such.setting=1\nzookeeper.connect=localhost:2181\n`,
    )
    const started = await kts('broker', 'start', '--daemon', file, '--override', 'num.partitions=4')
    expect(started.stdout).toMatch(/^Kafka broker 7 ready at 127\.0\.0\.1:\d+, data in /)
    await kts('topics', '--bootstrap-server', addressIn(started.stdout), '--create', '--topic', 't')
    expect(readdirSync(dataDir).filter((name) => name.startsWith('t-'))).toHaveLength(4)
    const log = join(folder.path, 'kts', 'logs', `server-${addressIn(started.stdout).split(':')[1]}.log`)
    expect(started.stderr).toBe(
      'kts broker start: no.such.setting is not a setting of a Kafka broker; it is ignored\n' +
        `log: ${log}; stop with: kts broker stop\n`,
    )
    expect(readFileSync(log, 'utf8')).toMatch(/no\.such\.setting/)
  })

  test('the drop-ins: kafka-server-start -daemon FILE, kafka-server-stop', async () => {
    const file = join(folder.path, 'server.properties')
    writeFileSync(file, `node.id=1\nlisteners=PLAINTEXT://127.0.0.1:0\nlog.dirs=${join(folder.path, 'logs')}\n`)
    const env = { XDG_STATE_HOME: folder.path }
    expect(
      await runTool('kafka-server-start.sh', ['-daemon', file, '--override', 'num.partitions=2'], { env }),
    ).toMatchObject({ code: 0, stdout: expect.stringContaining('ready at') })
    expect(await runTool('kafka-server-stop.sh', [], { env })).toMatchObject({ code: 0, stdout: '' })
    expect(await runTool('kafka-server-stop', [], { env })).toMatchObject({
      code: 1,
      stdout: 'No kafka server to stop\n',
    })
  })
})

describe('--local', () => {
  test('starts the broker in the box when none runs, and uses it when one does', async () => {
    const probe = await startBroker()
    const port = String(probe.port)
    await probe.stop()
    const env = { XDG_STATE_HOME: folder.path, KTS_LOCAL_PORT: port }
    expect(await runTool('kts', ['topics', '--create', '--topic', 'here', '--local'], { env })).toMatchObject({
      code: 0,
      stdout: 'Created topic here.\n',
    })
    expect(await runTool('kts', ['topics', '--list'], { env: { ...env, KTS_LOCAL: '1' } })).toMatchObject({
      code: 0,
      stdout: 'here\n',
    })
    expect(JSON.parse((await kts('broker', 'status', '--json')).stdout)).toHaveLength(1)
  })
})

describe('startBroker', () => {
  test('gives a broker of its own to a test, in memory, and takes it away again', async () => {
    const [one, other] = await Promise.all([startBroker(), startBroker({ properties: { 'num.partitions': '3' } })])
    expect(one.port).not.toBe(other.port)
    expect(one.bootstrapServers).toBe(`127.0.0.1:${one.port}`)
    expect(await kts('topics', '--bootstrap-server', other.bootstrapServers, '--create', '--topic', 'a')).toMatchObject(
      { code: 0 },
    )
    expect((await kts('topics', '--bootstrap-server', one.bootstrapServers, '--list')).stdout).toBe('')
    await Promise.all([one.stop(), other.stop()])
    expect(await kts('topics', '--bootstrap-server', one.bootstrapServers, '--list')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('connection refused'),
    })
  })

  test('says what is wrong with a setting', async () => {
    await expect(startBroker({ properties: { 'num.partitions': 'x' } })).rejects.toThrow(/num\.partitions/)
    await expect(startBroker({ dataDir: '' })).rejects.toThrow(/or left out/)
  })
})
