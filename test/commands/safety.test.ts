import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { findCommand } from '../../src/lib/work/registry.ts'
import type { Command } from '../../src/lib/work/command.ts'
import { AddRaftVoter } from '../../src/lib/protocol/apis/add-raft-voter.ts'
import { AlterClientQuotas } from '../../src/lib/protocol/apis/alter-client-quotas.ts'
import { AlterPartitionReassignments } from '../../src/lib/protocol/apis/alter-partition-reassignments.ts'
import { AlterUserScramCredentials } from '../../src/lib/protocol/apis/alter-user-scram-credentials.ts'
import { CreateAcls } from '../../src/lib/protocol/apis/create-acls.ts'
import { DeleteAcls } from '../../src/lib/protocol/apis/delete-acls.ts'
import { DeleteRecords } from '../../src/lib/protocol/apis/delete-records.ts'
import { DescribeAcls } from '../../src/lib/protocol/apis/describe-acls.ts'
import { DescribeClientQuotas } from '../../src/lib/protocol/apis/describe-client-quotas.ts'
import { DescribeCluster } from '../../src/lib/protocol/apis/describe-cluster.ts'
import { DescribeConfigs } from '../../src/lib/protocol/apis/describe-configs.ts'
import { DescribeLogDirs } from '../../src/lib/protocol/apis/describe-log-dirs.ts'
import { DescribeProducers } from '../../src/lib/protocol/apis/describe-producers.ts'
import { DescribeQuorum } from '../../src/lib/protocol/apis/describe-quorum.ts'
import { DescribeTopicPartitions } from '../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { DescribeTransactions } from '../../src/lib/protocol/apis/describe-transactions.ts'
import { DescribeUserScramCredentials } from '../../src/lib/protocol/apis/describe-user-scram-credentials.ts'
import { ElectLeaders } from '../../src/lib/protocol/apis/elect-leaders.ts'
import { FindCoordinator } from '../../src/lib/protocol/apis/find-coordinator.ts'
import { IncrementalAlterConfigs } from '../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { InitProducerId } from '../../src/lib/protocol/apis/init-producer-id.ts'
import { ListOffsets } from '../../src/lib/protocol/apis/list-offsets.ts'
import { ListPartitionReassignments } from '../../src/lib/protocol/apis/list-partition-reassignments.ts'
import { Metadata } from '../../src/lib/protocol/apis/metadata.ts'
import { RemoveRaftVoter } from '../../src/lib/protocol/apis/remove-raft-voter.ts'
import { UnregisterBroker } from '../../src/lib/protocol/apis/unregister-broker.ts'
import { UpdateFeatures } from '../../src/lib/protocol/apis/update-features.ts'
import { WriteTxnMarkers } from '../../src/lib/protocol/apis/write-txn-markers.ts'
import { atTerminal, type ContextOptions } from '../support/context.ts'
import { FakeBroker } from '../support/fake-broker.ts'
import { runCommand, type Outcome } from '../support/run-command.ts'

/** What changes a cluster. Topics and groups have their own tests beside their commands. */
const CHANGES = [
  AddRaftVoter,
  AlterClientQuotas,
  AlterPartitionReassignments,
  AlterUserScramCredentials,
  CreateAcls,
  DeleteAcls,
  DeleteRecords,
  ElectLeaders,
  IncrementalAlterConfigs,
  InitProducerId,
  RemoveRaftVoter,
  UnregisterBroker,
  UpdateFeatures,
  WriteTxnMarkers,
]

const folder = mkdtempSync(join(tmpdir(), 'kts-safety-'))
afterAll(() => rmSync(folder, { recursive: true }))
const json = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value))
json('offsets.json', {
  partitions: [
    { topic: 'x', partition: 0, offset: 3 },
    { topic: 'x', partition: 1, offset: -1 },
  ],
})
json('plan.json', {
  partitions: [
    { topic: 'x', partition: 0, replicas: [1] },
    { topic: 'x', partition: 1, replicas: [2, 1] },
  ],
})

const ID = 'qqqqqqqqqqqqqqqqqqqqqg'
const partition = (partitionIndex: number, leaderId: number) => ({
  partitionIndex,
  leaderId,
  replicaNodes: [1, 2],
  isrNodes: [1, 2],
})

let broker: FakeBroker
beforeEach(async () => {
  broker = await FakeBroker.start({
    features: { supported: { 'kraft.version': [0, 1] }, finalized: { 'kraft.version': 1 } },
  })
  const other = {
    brokers: [
      { nodeId: 1, host: '127.0.0.1', port: broker.port },
      { nodeId: 2, host: '127.0.0.1', port: broker.port },
    ],
  }
  const x = { name: 'x', partitions: [partition(0, 1), partition(1, 1)] }
  const without = { name: 'lost', partitions: [{ ...partition(0, -1), isrNodes: [] }] }
  broker.on(Metadata, ({ topics }) => ({
    ...broker.metadata(
      [x, without].filter(({ name }) => topics === null || topics.some((topic) => topic.name === name)),
    ),
    ...other,
  }))
  broker.on(DescribeTopicPartitions, ({ topics }) => ({
    topics: [x].filter(({ name }) => topics.some((topic) => topic.name === name)),
  }))
  broker.on(ListOffsets, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        offset: timestamp === -2n ? 1n : 10n,
      })),
    })),
  }))
  broker.on(DescribeConfigs, ({ resources }) => ({
    results: resources.map((resource) => ({ ...resource, configs: [{ name: 'cleanup.policy', value: 'delete' }] })),
  }))
  broker.on(DeleteRecords, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, lowWatermark: 3n })),
    })),
  }))
  broker.on(IncrementalAlterConfigs, ({ resources }) => ({
    responses: resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName })),
  }))
  broker.on(DescribeClientQuotas, () => ({ entries: [] }))
  broker.on(AlterClientQuotas, ({ entries }) => ({ entries: entries.map(({ entity }) => ({ entity })) }))
  broker.on(AlterUserScramCredentials, () => ({ results: [{ user: 'alice' }] }))
  broker.on(DescribeUserScramCredentials, () => ({
    results: [{ user: 'alice', credentialInfos: [{ mechanism: 1, iterations: 4096 }] }],
  }))
  broker.on(DescribeAcls, () => ({
    resources: [
      {
        resourceType: 2,
        resourceName: 'x',
        patternType: 3,
        acls: [{ principal: 'User:a', host: '*', operation: 3, permissionType: 3 }],
      },
    ],
  }))
  broker.on(CreateAcls, ({ creations }) => ({ results: creations.map(() => ({})) }))
  broker.on(DeleteAcls, ({ filters }) => ({ filterResults: filters.map(() => ({})) }))
  broker.on(DescribeCluster, ({ endpointType }) => ({
    clusterId: 'fake',
    controllerId: 1,
    endpointType,
    brokers: [1, 3].map((brokerId) => ({ brokerId, host: 'h', port: 1 })),
  }))
  broker.on(UnregisterBroker, () => ({}))
  broker.on(UpdateFeatures, () => ({}))
  broker.on(ElectLeaders, () => ({ replicaElectionResults: [] }))
  broker.on(AlterPartitionReassignments, ({ topics }) => ({
    responses: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex })),
    })),
  }))
  broker.on(ListPartitionReassignments, () => ({}))
  broker.on(DescribeLogDirs, () => ({ results: [{ logDir: '/a' }] }))
  broker.on(DescribeProducers, () => ({
    topics: [
      {
        name: 'x',
        partitions: [
          {
            partitionIndex: 0,
            activeProducers: [{ producerId: 7n, producerEpoch: 1, coordinatorEpoch: 2, currentTxnStartOffset: 5n }],
          },
        ],
      },
    ],
  }))
  broker.on(WriteTxnMarkers, ({ markers }) => ({
    markers: markers.map(({ producerId }) => ({
      producerId,
      topics: [{ name: 'x', partitions: [{ partitionIndex: 0 }] }],
    })),
  }))
  broker.on(FindCoordinator, ({ coordinatorKeys }) => ({
    coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 1, host: '127.0.0.1', port: broker.port })),
  }))
  broker.on(DescribeTransactions, () => ({
    transactionStates: [
      { transactionalId: 'loader', transactionState: 'Ongoing', topics: [{ topic: 'x', partitions: [0] }] },
    ],
  }))
  broker.on(InitProducerId, () => ({ producerId: 7n, producerEpoch: 2 }))
  broker.on(DescribeQuorum, () => ({
    topics: [
      {
        topicName: '__cluster_metadata',
        partitions: [
          {
            partitionIndex: 0,
            leaderId: 1,
            currentVoters: [{ replicaId: 1 }, { replicaId: 3, replicaDirectoryId: ID }],
          },
        ],
      },
    ],
  }))
  broker.on(RemoveRaftVoter, () => ({}))
})
afterEach(() => broker.stop())

async function run(line: string, options: ContextOptions = {}): Promise<Outcome> {
  const { entry, rest } = findCommand(commands, line.split(' '))!
  return runCommand((await entry.load()) as Command, ['--bootstrap-server', broker.address, ...rest], {
    cwd: folder,
    program: `kts ${entry.name}`,
    ...options,
  })
}
/** What would have changed something, and was no mere question. */
const changes = (): string[] =>
  CHANGES.flatMap((api) => broker.requests(api))
    .filter(({ request }) => request.validateOnly !== true)
    .map(({ api }) => api)

interface Destroying {
  readonly line: string
  readonly api: { readonly name: string }
  /** What is said before the question's mark. */
  readonly question: string
  readonly plan: string
}

const DESTROYING: readonly Destroying[] = [
  {
    line: 'delete-records --offset-json-file offsets.json',
    api: DeleteRecords,
    question: 'x-0: the records below offset 3\nx-1: all records\nDelete these records of 2 partitions',
    plan: 'Would delete 2 records of x-0; its first offset would be 3.\nWould delete 9 records of x-1; its first offset would be 10.\n',
  },
  {
    line: 'configs --alter --user alice --delete-config SCRAM-SHA-256',
    api: AlterUserScramCredentials,
    question: 'Delete the SCRAM-SHA-256 password of user alice',
    plan: 'Would delete SCRAM-SHA-256 of user alice.\n',
  },
  {
    line: 'cluster unregister --id 3',
    api: UnregisterBroker,
    question: 'Unregister broker 3',
    plan: 'Would unregister broker 3.\n',
  },
  {
    line: 'features upgrade --feature kraft.version=1',
    api: UpdateFeatures,
    question: 'kraft.version to 1\nUpgrade this feature',
    plan: 'kraft.version can be upgraded to 1.\n',
  },
  {
    line: 'features disable --unsafe --feature a --feature b',
    api: UpdateFeatures,
    question: 'a\nb\nDisable these 2 features, though metadata may be lost,',
    plan: 'a can be disabled.\nb can be disabled.\n',
  },
  {
    line: 'leader-election --election-type unclean --topic lost --partition 0',
    api: ElectLeaders,
    question: 'Let any replica lead lost-0, though records may be lost,',
    plan: 'Would let broker 1 lead lost-0.\n',
  },
  {
    line: 'leader-election --election-type unclean --all-topic-partitions',
    api: ElectLeaders,
    question: 'Let any replica lead every partition that has no leader, though records may be lost,',
    plan: 'Would let broker 1 lead lost-0.\n',
  },
  {
    line: 'transactions abort -t x -p 0 --start-offset 5',
    api: WriteTxnMarkers,
    question: 'Abort the transaction of producer 7 in x-0',
    plan: 'Would abort the transaction of producer 7 in x-0, open since offset 5.\n',
  },
  {
    line: 'transactions force-terminate-transaction --transactional-id loader',
    api: InitProducerId,
    question: 'Abort what "loader" has open, and shut its producer out',
    plan: 'Would shut out the producer of "loader" and abort what it has open in x-0.\n',
  },
  {
    line: `quorum remove-controller --controller-id 3 --controller-directory-id ${ID}`,
    api: RemoveRaftVoter,
    question: `Remove controller 3 with directory id ${ID} from those that vote`,
    plan: `DRY RUN of removing  KRaft controller 3 with directory id ${ID}\n`,
  },
]

describe.each(DESTROYING)('$line', ({ line, api, question, plan }) => {
  it('asks at a terminal, and after a no sends nothing', async () => {
    const { stderr, exitCode, text } = await run(line, atTerminal('n\n'))
    expect(stderr).toMatch(/\? \[y\/N\] kts .*: nothing has been changed\n$/)
    expect(stderr.slice(0, stderr.indexOf('? [y/N]'))).toBe(`${question} on ${broker.address}`)
    expect([changes(), exitCode, text]).toEqual([[], 1, ''])
  })

  it.each<[string, string, ContextOptions]>([
    ['after a yes', line, atTerminal('y\n')],
    ['with --yes', `${line} --yes`, atTerminal('')],
    ['off a terminal', line, {}],
  ])('goes ahead %s', async (_, words, options) => {
    const { stderr } = await run(words, options)
    expect([changes(), stderr.includes('nothing has been changed')]).toEqual([[api.name], false])
  })

  it("asks nothing under Apache's name", async () => {
    const apaches = line.replace('force-terminate-transaction', 'forceTerminateTransaction')
    expect((await run(apaches, { style: 'drop-in', ...atTerminal('n\n') })).stderr).toBe('')
    expect(changes()).toEqual([api.name])
  })

  it('says in a dry run what it would do, and does not ask', async () => {
    const { text, data, stderr, exitCode } = await run(`${line} --dry-run`, atTerminal(''))
    expect([text, stderr, exitCode, changes()]).toEqual([plan, '', 0, []])
    expect([data].flat()).toSatisfy(
      (items: { dryRun?: boolean }[]) => items.length > 0 && items.every(({ dryRun }) => dryRun === true),
    )
  })
})

describe('what can be had back', () => {
  it.each([
    ['configs --alter --topic x --add-config retention.ms=1', IncrementalAlterConfigs],
    ['configs --alter --topic x --delete-config retention.ms', IncrementalAlterConfigs],
    ['configs --alter --user alice --add-config SCRAM-SHA-256=[password=p]', AlterUserScramCredentials],
    ['configs --alter --client c --add-config producer_byte_rate=1', AlterClientQuotas],
    ['leader-election --election-type preferred --all-topic-partitions', ElectLeaders],
    ['reassign --execute --reassignment-json-file plan.json', AlterPartitionReassignments],
    ['acls --add --topic y --allow-principal User:b', CreateAcls],
  ])('%s asks nothing', async (line, api) => {
    expect((await run(line, atTerminal(''))).stderr).toBe('')
    expect(changes()).toEqual([api.name])
  })

  it.each([
    [
      'configs --alter --topic x --add-config retention.ms=1,a=b --delete-config c',
      'Would set retention.ms=1 for topic x.\nWould set a=b for topic x.\nWould delete c of topic x.\n',
    ],
    ['configs --alter --broker-defaults --add-config a=b', 'Would set a=b for all brokers.\n'],
    [
      'configs --alter --client c --user u --add-config producer_byte_rate=1',
      'Would set producer_byte_rate=1 for client c and user u.\n',
    ],
    [
      'configs --alter --user alice --add-config SCRAM-SHA-256=[password=secret]',
      'Would set a new SCRAM-SHA-256 password for user alice.\n',
    ],
    ['leader-election --election-type preferred --topic x --partition 1', 'x-1 needs no election.\n'],
    [
      'reassign --execute --throttle 5 --reassignment-json-file plan.json',
      'Would move x-0 from 1,2 to 1.\nWould move x-1 from 1,2 to 2,1.\nWould limit what goes between brokers to 5 B/s.\n',
    ],
    ['reassign --cancel --preserve-throttles --reassignment-json-file plan.json', ''],
    [
      'acls --add --topic x --allow-principal User:a --operation Read --operation Write',
      '(principal=User:a, host=*, operation=READ, permissionType=ALLOW) of ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL) exists already.\n' +
        'Would add (principal=User:a, host=*, operation=WRITE, permissionType=ALLOW) to ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL).\n',
    ],
    [
      'acls --remove --topic x',
      'Would remove (principal=User:a, host=*, operation=READ, permissionType=ALLOW) from ResourcePattern(resourceType=TOPIC, name=x, patternType=LITERAL).\n',
    ],
  ])('%s has a dry run', async (line, plan) => {
    const { text, data, exitCode } = await run(`${line} --dry-run`)
    expect([text, exitCode, changes()]).toEqual([plan, 0, []])
    expect([data].flat().every((item) => (item as { dryRun?: boolean }).dryRun === true)).toBe(true)
  })

  it.each([
    ['configs --alter --topic x --add-config a=b', IncrementalAlterConfigs],
    ['configs --alter --client c --add-config producer_byte_rate=1', AlterClientQuotas],
    ['features upgrade --feature a=1', UpdateFeatures],
  ])('the broker itself is asked whether it would do: %s', async (line, api) => {
    await run(`${line} --dry-run`)
    expect(broker.requests(api)).toMatchObject([{ request: { validateOnly: true } }])
  })
})

describe('a dry run that finds nothing to do', () => {
  it('says so to people', async () => {
    expect(await run('leader-election --election-type preferred --all-topic-partitions --dry-run')).toMatchObject({
      data: [{ topic: 'lost' }],
    })
    broker.on(DescribeAcls, () => ({ resources: [] }))
    expect(await run('acls --remove --topic x --dry-run')).toMatchObject({
      data: [],
      text: '',
      table: 'Nothing would be done.\n',
      exitCode: 0,
    })
  })
})

describe('a dry run of what would fail', () => {
  it.each([
    [
      'cluster unregister --id 9',
      'Cannot unregister broker 9: The cluster has no such broker (BROKER_ID_NOT_REGISTERED)',
    ],
    [
      'configs --alter --user alice --delete-config SCRAM-SHA-512',
      'Cannot change the settings of user alice: Attempt to delete a user credential that does not exist (RESOURCE_NOT_FOUND)',
    ],
    [
      `quorum remove-controller --controller-id 2 --controller-directory-id ${ID}`,
      'Cannot remove controller 2: No controller of this number and directory votes (VOTER_NOT_FOUND)',
    ],
    [
      'transactions abort -t x -p 0 --producer-id 8 --producer-epoch 0 --coordinator-epoch 0',
      'Cannot abort the transaction of producer 8 in x-0: It has none open there (INVALID_TXN_STATE)',
    ],
  ])('fails as a whole: %s', async (line, message) => {
    await expect(run(`${line} --dry-run`)).rejects.toThrow(message)
    expect(changes()).toEqual([])
  })

  it('names the records that would stay', async () => {
    json('bad.json', {
      partitions: [
        { topic: 'x', partition: 0, offset: 11 },
        { topic: 'x', partition: 1, offset: -2 },
        { topic: 'x', partition: 7, offset: 1 },
        { topic: 'x', partition: 2, offset: 0 },
      ],
    })
    const { text, data, stderr, exitCode } = await run('delete-records --offset-json-file bad.json --dry-run')
    expect(stderr.match(/x-\d: .*\((\w+)\)/g)!.map((line) => line.replace(/: .*\(/, ' ('))).toEqual([
      'x-0 (OFFSET_OUT_OF_RANGE)',
      'x-1 (OFFSET_OUT_OF_RANGE)',
      'x-7 (UNKNOWN_TOPIC_OR_PARTITION)',
      'x-2 (UNKNOWN_TOPIC_OR_PARTITION)',
    ])
    expect([text, exitCode]).toEqual(['', 1])
    expect(data).toMatchObject([{ partition: 0, dryRun: true, error: { code: 'OFFSET_OUT_OF_RANGE' } }, {}, {}, {}])
  })

  it.each([
    ['compact', 1, 'POLICY_VIOLATION'],
    ['compact,delete', 0, ''],
  ])('knows that records of a topic with cleanup.policy=%s go or stay', async (value, exitCode, code) => {
    broker.on(DescribeConfigs, ({ resources }) => ({
      results: resources.map((resource) => ({ ...resource, configs: [{ name: 'cleanup.policy', value }] })),
    }))
    const outcome = await run('delete-records --offset-json-file offsets.json --dry-run')
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.stderr).toContain(code)
  })

  it('names the partitions that nobody could lead, or that would get another number of replicas', async () => {
    broker.on(Metadata, () => ({
      ...broker.metadata([
        {
          name: 'x',
          partitions: [
            { partitionIndex: 0, leaderId: -1, replicaNodes: [5, 6] },
            { partitionIndex: 1, leaderId: 1, replicaNodes: [5, 1], isrNodes: [1] },
          ],
        },
      ]),
    }))
    const election = (type: string): Promise<Outcome> =>
      run(`leader-election --election-type ${type} --all-topic-partitions --dry-run`)
    expect(await election('unclean')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^\S+ \S+: Cannot elect a leader of x-0: .*ELIGIBLE_LEADERS_NOT_AVAILABLE.*\n$/,
      ) as string,
    })
    expect(await election('preferred')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /x-0: PREFERRED_LEADER_NOT_AVAILABLE\n.*x-1: PREFERRED_LEADER_NOT_AVAILABLE\n$/,
      ) as string,
    })
    expect(changes()).toEqual([])
  })

  it('names the partitions that would get another number of replicas', async () => {
    const { stderr, text, exitCode } = await run(
      'reassign --execute --disallow-replication-factor-change --reassignment-json-file plan.json --dry-run',
    )
    expect(stderr).toMatch(/^kts reassign: Cannot reassign x-0: .*\(INVALID_REPLICATION_FACTOR\)\n$/)
    expect([text, exitCode]).toEqual(['Would move x-1 from 1,2 to 2,1.\n', 1])
  })
})

describe('a name that is not there', () => {
  it.each([
    ['delete-records --offset-json-file far.json --dry-run'],
    ['leader-election --election-type preferred --topic lots --partition 0 --dry-run'],
  ])('brings the near one to mind: %s', async (line) => {
    json('far.json', { partitions: [{ topic: 'lots', partition: 0, offset: 1 }] })
    expect((await run(line)).stderr).toMatch(/UNKNOWN_TOPIC_OR_PARTITION\); did you mean lost\?\n$/)
  })

  it('does so for settings of topics, and where offsets are looked up', async () => {
    broker.on(IncrementalAlterConfigs, ({ resources }) => ({
      responses: resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, errorCode: 3 })),
    }))
    await expect(run('configs --alter --topic lots --add-config a=b')).rejects.toThrow(
      /\(UNKNOWN_TOPIC_OR_PARTITION\); did you mean lost\?$/,
    )
    expect((await run('configs --describe --topic lots')).stderr).toBe(
      'kts configs: there is no topic lots; did you mean lost?\n',
    )
    await expect(run('offsets --topic lots')).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\); did you mean lost\?$/)
    for (const line of [
      'transactions describe-producers -t lots -p 0',
      'transactions abort -t lots -p 0 --start-offset 1',
      'transactions find-hanging -t lots -p 0',
    ]) {
      await expect(run(line)).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\); did you mean lost\?$/)
    }
    await expect(run('offsets --topic lots', { style: 'drop-in' })).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\)$/)
  })
})

describe('options', () => {
  it.each([
    'configs --describe --topic x --yes',
    'configs --describe --topic x --dry-run',
    'cluster cluster-id --yes',
    'cluster describe --dry-run',
    'features describe --yes',
    'transactions list --dry-run',
    'transactions describe --transactional-id a --yes',
    'quorum describe --yes',
    'quorum describe --dry-run',
    'reassign --list --dry-run',
    'acls --list --dry-run',
    'acls --add --topic x --allow-principal User:a --yes',
    'groups --list --yes',
    'groups --describe --all-groups --dry-run',
    'topics --list --yes',
  ])('refuses %s', async (line) => {
    await expect(async () => await run(line)).rejects.toThrow(/goes? with/)
  })
})
