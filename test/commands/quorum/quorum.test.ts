import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readController } from '../../../src/commands/quorum/controller-settings.ts'
import { quorum } from '../../../src/commands/quorum/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { EnvironmentError, KafkaError, UserError } from '../../../src/lib/errors.ts'
import { AddRaftVoter } from '../../../src/lib/protocol/apis/add-raft-voter.ts'
import { DescribeCluster } from '../../../src/lib/protocol/apis/describe-cluster.ts'
import { DescribeQuorum } from '../../../src/lib/protocol/apis/describe-quorum.ts'
import { RemoveRaftVoter } from '../../../src/lib/protocol/apis/remove-raft-voter.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-quorum-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ID = 'qqqqqqqqqqqqqqqqqqqqqg'
const clock = new FakeClock()
const at = (msAgo: number): bigint => BigInt(clock.now() - msAgo)
const replica = (replicaId: number, logEndOffset: bigint, msAgo: number, replicaDirectoryId?: string) => ({
  replicaId,
  logEndOffset,
  lastFetchTimestamp: at(msAgo),
  lastCaughtUpTimestamp: at(msAgo + 5),
  ...(replicaDirectoryId && { replicaDirectoryId }),
})

let broker: FakeBroker
let partition: Record<string, unknown>
beforeEach(async () => {
  broker = await FakeBroker.start()
  partition = {
    partitionIndex: 0,
    leaderId: 2,
    leaderEpoch: 4,
    highWatermark: 100n,
    currentVoters: [replica(1, 90n, 40), replica(2, 100n, 0, ID)],
    observers: [{ replicaId: 9, logEndOffset: 70n }],
  }
  broker.on(DescribeCluster, () => ({ clusterId: 'abc', controllerId: 1, brokers: [] }))
  broker.on(DescribeQuorum, () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [partition] }],
    nodes: [
      {
        nodeId: 1,
        listeners: [
          { name: 'CONTROLLER', host: 'one', port: 9093 },
          { name: 'SSL', host: '::1', port: 9094 },
        ],
      },
    ],
  }))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(quorum as unknown as Command, ['--bootstrap-server', broker.address, ...args], {
    style,
    program: 'kts quorum',
    cwd: folder,
    clock,
  })

describe('describe', () => {
  it("shows the state of the quorum in Apache's lines", async () => {
    const { text } = await run('drop-in', 'describe', '--status')
    expect(broker.requests(DescribeQuorum)[0]!.request).toEqual({
      topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
    })
    expect(text).toBe(`ClusterId:              abc
LeaderId:               2
LeaderEpoch:            4
HighWatermark:          100
MaxFollowerLag:         10
MaxFollowerLagTimeMs:   40
CurrentVoters:          [{"id": 1, "endpoints": ["CONTROLLER://one:9093", "SSL://[::1]:9094"]}, {"id": 2, "directoryId": "${ID}"}]
CurrentObservers:       [{"id": 9}]
`)
  })

  it('shows people a table', async () => {
    expect((await run('kts')).table).toBe(`Cluster ID: abc
Leader: 2, of epoch 4
High watermark: 100
Largest lag of a voter: 10 records, 40 ms

NODE  ROLE      DIRECTORY               ENDPOINTS
   1  voter                             CONTROLLER://one:9093, SSL://[::1]:9094
   2  leader    ${ID}
   9  observer
`)
  })

  it('knows no lag in time where timestamps are missing, and none where the leader is the last', async () => {
    partition.currentVoters = [
      { replicaId: 1, logEndOffset: 5n },
      { replicaId: 2, logEndOffset: 6n },
    ]
    expect((await run('kts')).data).toMatchObject({
      maxFollowerLag: 1n,
      maxFollowerLagTimeMs: null,
      voters: [{ id: 1, directoryId: null }, { id: 2 }],
    })
    expect((await run('drop-in', 'describe', '--status')).text).toMatch(/^MaxFollowerLagTimeMs: {3}-1$/m)
    partition.currentVoters = [{ replicaId: 2, logEndOffset: 6n }]
    expect((await run('kts')).data).toMatchObject({ maxFollowerLag: 0n, maxFollowerLagTimeMs: 0 })
  })

  it('shows replicas, the leader first', async () => {
    const { text, table, data } = await run('drop-in', 'describe', '--replication', '--human-readable')
    expect(text).toBe(
      'NodeId\tDirectoryId           \tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus  \t\n' +
        `2     \t${ID}\t100         \t0  \t0 ms ago          \t5 ms ago             \tLeader  \t\n` +
        '1     \tAAAAAAAAAAAAAAAAAAAAAA\t90          \t10 \t40 ms ago         \t45 ms ago            \tFollower\t\n' +
        '9     \tAAAAAAAAAAAAAAAAAAAAAA\t70          \t30 \t-1                \t-1                   \tObserver\t\n',
    )
    expect(data).toMatchObject([
      { id: 2, status: 'Leader' },
      { id: 1, lag: 10n, lastFetchMs: Number(at(40)) },
      { id: 9, lastFetchMs: null },
    ])
    expect(table!.split('\n')[2]).toMatch(/^ +1 +A{22} +90 +10 +40 ms ago +45 ms ago +Follower$/)
    expect((await run('drop-in', 'describe', '--replication')).text).toContain(`\t${at(40)} `)
  })

  it('says what the cluster says, and when nobody leads', async () => {
    partition.leaderId = -1
    await expect(run('kts')).rejects.toThrow('no leader at the moment')
    broker.on(DescribeQuorum, () => ({ errorCode: ERRORS.CLUSTER_AUTHORIZATION_FAILED }))
    await expect(run('kts')).rejects.toThrow(KafkaError)
  })
})

describe('remove-controller', () => {
  const args = ['remove-controller', '--controller-id', '3', '--controller-directory-id', ID]

  it('takes a vote away, or says that it would', async () => {
    broker.on(RemoveRaftVoter, () => ({}))
    expect((await run('drop-in', ...args, '--dry-run')).text).toBe(
      `DRY RUN of removing  KRaft controller 3 with directory id ${ID}\n`,
    )
    expect(broker.requests(RemoveRaftVoter)).toEqual([])
    expect((await run('drop-in', ...args)).text).toBe(`Removed KRaft controller 3 with directory id ${ID}\n`)
    expect(broker.requests(RemoveRaftVoter)[0]!.request).toEqual({ clusterId: null, voterId: 3, voterDirectoryId: ID })
  })

  it('says what the quorum says', async () => {
    broker.on(RemoveRaftVoter, () => ({ errorCode: ERRORS.VOTER_NOT_FOUND, errorMessage: 'Who?' }))
    await expect(run('kts', ...args)).rejects.toThrow('Cannot remove controller 3: Who? (VOTER_NOT_FOUND)')
  })
})

describe('add-controller', () => {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '5',
    'controller.listener.names': 'controller,OTHER',
    'log.dirs': 'data,more',
    listeners: 'CONTROLLER://:9093,OTHER://0.0.0.0:9095,PLAINTEXT://:9092',
    'advertised.listeners': 'OTHER://[::1]:9096',
  }
  const write = (changes: Record<string, string | undefined> = {}): string => {
    const lines = Object.entries({ ...settings, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}\n`],
    )
    writeFileSync(join(folder, 'controller.properties'), lines.join(''))
    return 'controller.properties'
  }
  beforeEach(() => {
    mkdirSync(join(folder, 'data'), { recursive: true })
    writeFileSync(join(folder, 'data', 'meta.properties'), `version=1\ndirectory.id=${ID}\n`)
  })

  it('lets the controller of some settings vote, or says that it would', async () => {
    broker.on(AddRaftVoter, () => ({}))
    const args = ['add-controller', '--command-config', write()]
    const told = `controller 5 with directory id ${ID} and endpoints: CONTROLLER://localhost:9093, OTHER://[::1]:9096\n`
    expect((await run('drop-in', ...args, '--dry-run')).text).toBe(`DRY RUN of adding ${told}`)
    expect(broker.requests(AddRaftVoter)).toEqual([])
    expect(await run('drop-in', ...args)).toMatchObject({ text: `Added ${told}`, stderr: '' })
    expect(broker.requests(AddRaftVoter)[0]!.request).toMatchObject({
      clusterId: null,
      voterId: 5,
      voterDirectoryId: ID,
      listeners: [
        { name: 'CONTROLLER', host: 'localhost', port: 9093 },
        { name: 'OTHER', host: '::1', port: 9096 },
      ],
    })
  })

  it('says what the quorum says', async () => {
    broker.on(AddRaftVoter, () => ({ errorCode: ERRORS.DUPLICATE_VOTER, errorMessage: null }))
    await expect(run('kts', 'add-controller', '--command-config', write())).rejects.toThrow(
      'Cannot add controller 5: DUPLICATE_VOTER',
    )
  })

  it.each<[Record<string, string | undefined>, string]>([
    [{ 'node.id': undefined }, 'node.id is missing'],
    [{ 'node.id': '-1' }, 'node.id is missing or no number'],
    [{ 'process.roles': 'broker' }, 'process.roles'],
    [{ 'log.dirs': undefined }, 'neither metadata.log.dir nor log.dirs'],
    [{ 'controller.listener.names': undefined }, 'controller.listener.names'],
    [{ 'controller.listener.names': 'SECRET' }, 'no listener is named SECRET'],
    [{ listeners: 'nonsense' }, '"nonsense" is no listener'],
  ])('refuses settings with %j', (changes, message) => {
    expect(() => readController(write(changes), folder)).toThrow(UserError)
    expect(() => readController(write(changes), folder)).toThrow(message)
  })

  it('needs a folder that was formatted', () => {
    expect(() => readController(write({ 'metadata.log.dir': 'none' }), folder)).toThrow(EnvironmentError)
    writeFileSync(join(folder, 'data', 'meta.properties'), 'version=1\n')
    expect(() => readController(write(), folder)).toThrow('has no directory.id')
  })
})

describe('options', () => {
  it.each([
    [['sideways'], '"sideways" is none of'],
    [['describe', '--status', '--replication'], 'exclude each other'],
    [['describe', '--human-readable'], '--human-readable goes with --replication'],
    [['describe', '--dry-run'], '--dry-run goes with add-controller or remove-controller, not with describe'],
    [['add-controller'], 'needs --command-config'],
    [['remove-controller', '--controller-id', '1'], 'needs --controller-id and'],
    [['remove-controller', '--controller-id=-1', '--controller-directory-id', ID], 'is negative'],
    [['remove-controller', '--controller-id', '1', '--controller-directory-id', 'x'], 'is no UUID'],
  ])('refuses %j', async (args, message) => {
    const refused = (async () => await run('kts', ...args))()
    await expect(refused).rejects.toThrow(UserError)
    await expect(refused).rejects.toThrow(message)
  })

  it("asks for more under Apache's name", async () => {
    await expect(async () => await run('drop-in')).rejects.toThrow('say what to do')
    await expect(async () => await run('drop-in', 'describe')).rejects.toThrow('--status or --replication')
  })
})
