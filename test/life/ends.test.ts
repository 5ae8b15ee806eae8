import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Fetch } from '../../src/lib/protocol/apis/fetch.ts'
import { FindCoordinator } from '../../src/lib/protocol/apis/find-coordinator.ts'
import { JoinGroup } from '../../src/lib/protocol/apis/join-group.ts'
import { LeaveGroup } from '../../src/lib/protocol/apis/leave-group.ts'
import { ListOffsets } from '../../src/lib/protocol/apis/list-offsets.ts'
import { Metadata } from '../../src/lib/protocol/apis/metadata.ts'
import { SyncGroup } from '../../src/lib/protocol/apis/sync-group.ts'
import { ERRORS } from '../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../src/lib/protocol/records/index.ts'
import { FakeBroker, type FakeBrokerOptions } from '../support/fake-broker.ts'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { freePort, LifeBroker } from './support/broker.ts'
import { Gate } from './support/gate.ts'

/**
 * Well below what would hold a command up otherwise, request.timeout.ms for one; a machine that has other things to do
 * takes its time.
 */
const SOON_MS = 25_000

const started = new Set<Running>()
const brokers = new Set<FakeBroker>()
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
  for (const broker of brokers) await broker.stop()
  brokers.clear()
})
const start = (tool: string, ...args: readonly string[]): Running => {
  const running = startTool(tool, args)
  started.add(running)
  return running
}

/** A broker that leads partition 0 of topic `t`. */
async function leaderOfT(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
  const broker = await FakeBroker.start(options)
  brokers.add(broker)
  return broker.on(Metadata, ({ topics }) =>
    broker.metadata(
      topics?.length === 0
        ? []
        : [
            {
              name: 't',
              topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
              partitions: [{ partitionIndex: 0, leaderId: broker.nodeId, replicaNodes: [1], isrNodes: [1] }],
            },
          ],
    ),
  )
}

const coordinates = (broker: FakeBroker): FakeBroker =>
  broker.on(FindCoordinator, ({ coordinatorKeys }) => ({
    coordinators: coordinatorKeys.map((key) => ({ key, nodeId: broker.nodeId, host: '127.0.0.1', port: broker.port })),
  }))

/** An answer with the first two records of the partition, whatever was asked for. */
const oldRecords = (): Buffer =>
  Buffer.from(
    buildBatch(
      [
        { timestamp: 1n, key: null, value: Buffer.from('old') },
        { timestamp: 1n, key: null, value: Buffer.from('older') },
      ],
      { baseOffset: 0n },
    ),
  )

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const from = performance.now()
  const result = await work
  return { result, ms: performance.now() - from }
}

describe('a limit of time holds, whatever the broker does', () => {
  test.each([
    ['kts', 'consume', '-t', 't', '-p', '0', '-o', '2', '-b'],
    ['kafka-console-consumer', '--topic', 't', '--partition', '0', '--offset', '2', '--bootstrap-server'],
  ])('%s ends when only old records come', async (tool, ...args) => {
    const broker = await leaderOfT()
    broker.on(Fetch, ({ topics }) => ({
      responses: topics.map(({ topicId, partitions }) => ({
        topicId,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          highWatermark: 9n,
          lastStableOffset: 9n,
          records: oldRecords(),
        })),
      })),
    }))
    const { result, ms } = await timed(start(tool, ...args, broker.address, '--timeout-ms', '3000').finished)
    expect(result).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('answers with records of t-0 that lie before offset 2'),
    })
    expect(ms).toBeLessThan(SOON_MS)
    expect(broker.requests(Fetch).length).toBeLessThan(60)
  })

  test('a group that is hung lets it end as well', async () => {
    const broker = coordinates(await leaderOfT())
    const { result, ms } = await timed(
      start('kts', 'consume', '-t', 't', '-g', 'g', '--timeout-ms', '1000', '-b', broker.address).finished,
    )
    expect(result.code).toBe(0)
    expect(ms).toBeLessThan(SOON_MS)
  })

  test('--last asks three times for an answer that cannot be read, and no more', async () => {
    const broker = await leaderOfT()
    broker.on(ListOffsets, () => ({ topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }] })).spoil(ListOffsets)
    const { stderr, code } = await start('kts', 'consume', '-t', 't', '--last', '3', '-b', broker.address).finished
    expect(broker.requests(ListOffsets)).toHaveLength(3)
    expect(code).toBe(1)
    expect(stderr).toMatch(/sent an answer to ListOffsets that cannot be read: .* \(3 times now\)/)
  })
})

describe('nobody waits in silence', () => {
  test.each([
    ['kts', 'consume', '-t', 't', '-b'],
    ['kafka-console-consumer', '--topic', 't', '--bootstrap-server'],
    ['kts', 'consume', '-t', 't', '--last', '1', '-b'],
    ['kts', 'consume', '-t', 't', '--to-end', '-b'],
  ])('the address that cannot be reached: %s %s %s %s', async (tool, ...args) => {
    const port = await freePort()
    const broker = await leaderOfT({ advertised: { host: '127.0.0.1', port } })
    const running = start(tool, ...args, broker.address)
    const { ms } = await timed(running.warned(/trying again/))
    expect(running.output().stderr).toContain(
      `Cannot reach broker 1 at 127.0.0.1:${port}, the address that the cluster itself advertises (advertised.listeners): connection refused; trying again\n`,
    )
    expect(ms).toBeLessThan(SOON_MS)
  })

  test('an address that takes connections and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const broker = await leaderOfT({ advertised: { host: '127.0.0.1', port } })
    const running = start('kts', 'consume', '-t', 't', '-b', broker.address)
    await running.warned(
      new RegExp(
        `Cannot reach broker 1 at 127.0.0.1:${port}, the address that the cluster itself advertises \\(advertised.listeners\\): no answer yet; waiting up to 3 s\n`,
      ),
    )
    silent.close()
  })

  test.each([
    ['kts', 'consume', '-t', 't', '-g', 'g', '-b'],
    ['kafka-console-consumer', '--topic', 't', '--group', 'g', '--bootstrap-server'],
    ['kts', 'groups', '--describe', '--group', 'g', '-b'],
  ])('a coordinator that cannot be found: %s %s', async (tool, ...args) => {
    const broker = await leaderOfT()
    broker.on(FindCoordinator, ({ coordinatorKeys }) => ({
      coordinators: coordinatorKeys.map((key) => ({ key, nodeId: -1, errorCode: ERRORS.COORDINATOR_NOT_AVAILABLE })),
    }))
    await start(tool, ...args, broker.address).warned(/COORDINATOR_NOT_AVAILABLE/)
  })

  test('a group whose other members do not come', async () => {
    const broker = coordinates(await leaderOfT())
    broker.on(JoinGroup, ({ memberId }) =>
      memberId === '' ? { errorCode: ERRORS.MEMBER_ID_REQUIRED, memberId: 'm1' } : new Promise(() => {}),
    )
    broker.on(LeaveGroup, ({ members }) => ({ members }))
    const running = start('kts', 'consume', '-t', 't', '-g', 'g', '-b', broker.address)
    await running.warned(
      /Group "g" has not let this member in yet; waiting for its other members to join again, max\.poll\.interval\.ms \(300000 ms\) at most\n/,
    )
    running.child.kill('SIGINT')
    const { result, ms } = await timed(running.finished)
    expect(result.code).toBe(130)
    expect(ms).toBeLessThan(SOON_MS)
    expect(broker.requests(LeaveGroup)).toHaveLength(1)
  })

  test('a partition that nobody leads', async () => {
    const broker = await leaderOfT()
    broker.on(Metadata, () =>
      broker.metadata([
        {
          name: 't',
          topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
          partitions: [{ partitionIndex: 0, leaderId: -1, errorCode: ERRORS.LEADER_NOT_AVAILABLE }],
        },
      ]),
    )
    await start('kts', 'consume', '-t', 't', '-b', broker.address).warned(
      /t-0 has no leader at the moment; waiting for one\n/,
    )
  })

  test('a member that is dealt what cannot be read ends with a line', async () => {
    const broker = coordinates(await leaderOfT())
    broker.on(JoinGroup, ({ memberId, protocols }) =>
      memberId === ''
        ? { errorCode: ERRORS.MEMBER_ID_REQUIRED, memberId: 'm1' }
        : { memberId, leader: 'other', generationId: 1, protocolType: 'consumer', protocolName: protocols[0]!.name },
    )
    broker.on(SyncGroup, () => ({ assignment: Buffer.alloc(30, 0xff) }))
    broker.on(LeaveGroup, ({ members }) => ({ members }))
    const { code, stderr } = await start('kts', 'consume', '-t', 't', '-g', 'g', '-b', broker.address).finished
    expect(code).toBe(1)
    expect(stderr).toContain('Cannot join group "g": what its leader has assigned to this member (m1) cannot be read')
    expect(stderr).not.toContain('bug')
    expect(broker.requests(LeaveGroup)).toHaveLength(1)
  })
})

describe('a command that has stopped before its end', () => {
  test('ends with 70 and says so', async () => {
    const preload = new URL('support/loop-end.mjs', import.meta.url).href
    const { code, stdout, stderr } = await runTool('kts', ['topics', '--list', '-b', '127.0.0.1:9'], {
      env: { NODE_OPTIONS: `--import=${preload}` },
    })
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' })
    expect(stderr).toMatch(
      /^kts: this is a bug in kts; .*\nError: the command has stopped before its end: it waits for something, and nothing is left that could bring it\n/,
    )
  })
})

describe('signals', () => {
  let broker: LifeBroker
  let gate: Gate
  beforeAll(async () => {
    broker = await LifeBroker.start()
    gate = await Gate.open(broker.port)
    await runTool('kts', ['topics', '--create', '--topic', 't', '-b', broker.bootstrap])
    await runTool('kts', ['produce', '-t', 't', '-b', broker.bootstrap], { input: 'a\n' })
  })
  afterAll(async () => {
    await gate.close()
    await broker.close()
  })

  test.each([
    ['consume', ['consume', '-t', 't', '-b']],
    ['consume of a group', ['consume', '-t', 't', '-g', 'g', '-b']],
    ['consume --last', ['consume', '-t', 't', '--last', '3', '-b']],
    ['pipe', ['pipe', '--from', 't', '--to', 'u', '--group', 'p', '--transactional-id', 'p', '-b']],
    ['perf consume', ['perf', 'consume', '-t', 't', '-n', '9', '-b']],
    ['groups --watch', ['groups', '--describe', '--group', 'g', '--watch', '-b']],
    ['topics', ['topics', '--list', '-b']],
  ])('one ends %s while it connects to a server that hangs', async (_, args) => {
    const silent = createServer().listen(0, '127.0.0.1')
    const connected = once(silent, 'connection')
    await once(silent, 'listening')
    const running = start(
      'kts',
      ...args,
      `127.0.0.1:${(silent.address() as AddressInfo).port}`,
      '-X',
      'socket.connection.setup.timeout.ms=60000',
    )
    await connected
    running.child.kill('SIGINT')
    const { result, ms } = await timed(running.finished)
    silent.close()
    expect(result.code).toBe(130)
    expect(ms).toBeLessThan(SOON_MS)
  })

  test.each([
    ['consume', ['consume', '-t', 't', '--from-beginning']],
    ['consume of a group', ['consume', '-t', 't', '-g', 'g', '--from-beginning']],
  ])('one ends %s when its broker hangs, and two do at once', async (_, args) => {
    for (const signals of [1, 2]) {
      broker.resume()
      const running = start('kts', ...args.map((arg) => (arg === 'g' ? `g${signals}` : arg)), '-b', broker.bootstrap)
      await running.said(/a\n/)
      broker.pause()
      await running.warned(/has not answered .* yet/)
      const ended = timed(running.finished)
      running.child.kill('SIGINT')
      if (signals === 2) running.child.kill('SIGTERM')
      const { result, ms } = await ended
      expect(result.code).toBeOneOf([130, 143])
      expect(ms).toBeLessThan(SOON_MS)
    }
    broker.resume()
  })

  test('a member that is ended leaves its group', async () => {
    const running = start('kts', 'consume', '-t', 't', '-g', 'leaves', '--from-beginning', '-b', broker.bootstrap)
    await running.said(/a\n/)
    running.child.stdout.destroy()
    await runTool('kts', ['produce', '-t', 't', '-b', broker.bootstrap], { input: 'b\n' })
    expect((await running.finished).code).toBe(0)
    const { stdout } = await runTool('kts', [
      'groups',
      '--describe',
      '--group',
      'leaves',
      '--state',
      '--json',
      '-b',
      broker.bootstrap,
    ])
    expect(JSON.parse(stdout)).toMatchObject([{ state: 'Empty' }])
  })

  test('a topic that is deleted while it is read is not made again, and is read when somebody makes it', async () => {
    const command = (...args: string[]): Promise<unknown> => runTool('kts', [...args, '-b', broker.bootstrap])
    await command('topics', '--create', '--topic', 'fleeting')
    const running = start('kts', 'consume', '-t', 'fleeting', '--from-beginning', '-b', broker.bootstrap)
    await runTool('kts', ['produce', '-t', 'fleeting', '-b', broker.bootstrap], { input: 'one\n' })
    await running.said(/one\n/)
    await command('topics', '--delete', '--topic', 'fleeting', '--yes')
    await running.warned(/topic fleeting is not there any more; waiting for it\n/)
    expect((await runTool('kts', ['topics', '--list', '-b', broker.bootstrap])).stdout).not.toContain('fleeting')
    await command('topics', '--create', '--topic', 'fleeting')
    await runTool('kts', ['produce', '-t', 'fleeting', '-b', broker.bootstrap], { input: 'two\n' })
    await running.said(/one\ntwo\n/)
  })

  test('a topic that is not there is not made by who reads', async () => {
    const running = start('kts', 'consume', '-t', 'tt', '-b', broker.bootstrap)
    await running.warned(/topic tt is not there; did you mean \w+\? Waiting for it\n/)
    const { stdout } = await runTool('kts', ['topics', '--list', '-b', broker.bootstrap])
    expect(stdout.split('\n')).not.toContain('tt')
  })
})
