import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runTool, temporaryFolder } from '../support/kts.ts'
import { KEYS, Screen } from './support/screen.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await kts('broker', 'stop', '--all')
  folder.remove()
})

const kts = (...args: string[]) => runTool('kts', args, { env: { XDG_STATE_HOME: folder.path } })

interface NodeStatus {
  readonly nodeId: number
  readonly role: string
  readonly state: string
  readonly leads: number | null
}

const status = async (): Promise<NodeStatus[]> =>
  JSON.parse((await kts('broker', 'status', '--json')).stdout) as NodeStatus[]

test('a cluster of three processes goes on without one of them', async () => {
  const started = await kts('broker', 'start', '--brokers', '3', '--daemon', '--port', '0', '--json')
  expect(started.code).toBe(0)
  const { bootstrapServers } = JSON.parse(started.stdout) as { bootstrapServers: string }
  await kts('topics', 'create', 'orders', '-p', '3', '-r', '3', '-b', bootstrapServers)
  expect(await status()).toMatchObject([
    { nodeId: 1, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 2, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 3, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 3000, role: 'controller', state: 'up', leads: null },
  ])

  expect(await kts('broker', 'kill', '3')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^killed broker 3 /),
  })
  const sent = await runTool('kts', ['produce', 'orders', '-b', bootstrapServers, '-X', 'acks=all'], { input: 'one\n' })
  expect(sent.code).toBe(0)
  expect((await status())[2]).toMatchObject({ state: 'down' })
  expect(await kts('broker', 'kill', '3')).toMatchObject({ code: 1, stderr: expect.stringContaining('does not run') })

  expect(await kts('broker', 'start', '3')).toMatchObject({ code: 0 })
  expect(await kts('broker', 'start', '3')).toMatchObject({ code: 1, stderr: expect.stringContaining('runs already') })
  expect(await kts('broker', 'stop', '2')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^stopped broker 2 /),
  })
  expect((await status())[1]).toMatchObject({ state: 'down', leads: 0 })

  const stopped = await kts('broker', 'stop')
  expect(stopped.stdout.trim().split('\n').at(-1)).toMatch(/^stopped controller 3000 /)
  expect(await kts('broker', 'status')).toMatchObject({ code: 1, stdout: 'no broker runs\n' })
})

test('what stands in the way of a cluster is said, and nothing is changed', async () => {
  const file = join(folder.path, 'server.properties')
  writeFileSync(file, 'broker.id=5\nlog.dirs=/nowhere\nnum.partitions=4\n')
  const started = await kts('broker', 'start', '--brokers', '2', '--daemon', '--in-memory', '--port', '0', file)
  expect(started).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('broker.id, log.dirs left out, since each node of a cluster has its own'),
  })
  const refusals: [string[], number, string][] = [
    [['start', '--brokers', '2'], 1, 'a cluster of kts runs here already'],
    [['start', '2', '--port', '1'], 2, '--port does not go with an id'],
    [['kill', '7'], 2, 'there is no node 7 here; there are 1, 2, 3000'],
  ]
  for (const [args, code, sentence] of refusals)
    expect(await kts('broker', ...args)).toMatchObject({ code, stderr: expect.stringContaining(sentence) })
  await kts('broker', 'kill', '3000')
  expect(await kts('broker', 'start', '3000')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the cluster in memory has ended with its controller'),
  })
  await kts('broker', 'stop')
  expect(await kts('broker', 'start', '2')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no cluster of kts runs here'),
  })
  expect(
    await kts('broker', 'start', '--brokers', '2', '--override', 'listeners=PLAINTEXT://localhost:1'),
  ).toMatchObject({ code: 2, stderr: expect.stringContaining('each node of a cluster has its own') })
})

test('a second cluster in the folder of one that runs leaves its settings alone', async () => {
  const place = ['--data-dir', join(folder.path, 'data'), '--port', '0']
  const { stdout } = await kts('broker', 'start', '--brokers', '2', '--daemon', ...place)
  const other = await runTool('kts', ['broker', 'start', '--brokers', '2', '--daemon', ...place], {
    env: { XDG_STATE_HOME: join(folder.path, 'other') },
  })
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by another broker (pid ') })
  await kts('broker', 'kill', '2')
  expect(await kts('broker', 'start', '2')).toMatchObject({ code: 0 })
  expect((await status()).map(({ state }) => state)).toEqual(['up', 'up', 'up'])
  expect(stdout).toContain('2 Kafka brokers ready')
})

test('in the foreground it tells which broker has ended, and Ctrl-C stops the rest', async () => {
  const screen = new Screen({ columns: 120, env: { XDG_STATE_HOME: folder.path } })
  try {
    screen.enter('kts broker start --brokers 2 --port 0; echo ended with $?')
    await screen.until(/Ctrl-C stops them/)
    expect(screen.text).not.toContain('[ora]')
    await kts('broker', 'kill', '2')
    await screen.until(/\[2\] has ended; kts broker start 2 starts it again/)
    await screen.until(/\[3000\] .*broker 2 is fenced: its connection broke and its port is closed/)
    screen.type(KEYS.ctrlC)
    await screen.until(/stopped\n+ended with 130/)
  } finally {
    await screen.close()
  }
})

test('describe --watch shows a leader that moves, and ends with Ctrl-C', async () => {
  const { stdout } = await kts('broker', 'start', '--brokers', '3', '--daemon', '--in-memory', '--port', '0', '--json')
  const { bootstrapServers } = JSON.parse(stdout) as { bootstrapServers: string }
  await kts('topics', 'create', 'orders', '--replica-assignment', '2:1:3', '-b', bootstrapServers)
  const screen = new Screen({ columns: 100, env: { XDG_STATE_HOME: folder.path } })
  try {
    screen.enter(`kts topics describe orders --watch -b ${bootstrapServers}; echo ended with $?`)
    await screen.until(/orders +0 +2 +0 +2,1,3 +2,1,3/)
    await kts('broker', 'kill', '2')
    await screen.until(/orders +0 +1 +1 +2,1,3 +1,3 +2/)
    screen.type(KEYS.ctrlC)
    await screen.until(/ended with 130/)
  } finally {
    await screen.close()
  }
})
