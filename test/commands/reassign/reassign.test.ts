import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assignReplicas } from '../../../src/commands/reassign/assign.ts'
import { reassign } from '../../../src/commands/reassign/index.ts'
import { execute } from '../../../src/dispatch.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { AlterPartitionReassignments } from '../../../src/lib/protocol/apis/alter-partition-reassignments.ts'
import { AlterReplicaLogDirs } from '../../../src/lib/protocol/apis/alter-replica-log-dirs.ts'
import { DescribeLogDirs } from '../../../src/lib/protocol/apis/describe-log-dirs.ts'
import { DescribeTopicPartitions } from '../../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { IncrementalAlterConfigs } from '../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { ListPartitionReassignments } from '../../../src/lib/protocol/apis/list-partition-reassignments.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { createContext } from '../../support/context.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome, entryOf } from '../../support/run-command.ts'

const command = reassign as unknown as Command
const folder = mkdtempSync(join(tmpdir(), 'kts-reassign-'))
afterAll(() => rmSync(folder, { recursive: true }))

let brokers: FakeBroker[]
let underWay: {
  name: string
  partitions: { partitionIndex: number; replicas: number[]; addingReplicas: number[]; removingReplicas: number[] }[]
}[]
let future: boolean
beforeEach(async () => {
  brokers = [await FakeBroker.start(), await FakeBroker.start({ nodeId: 2 })]
  underWay = []
  future = false
  const x = {
    name: 'x',
    partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, leaderId: 1, replicaNodes: [1], isrNodes: [1] })),
  }
  for (const broker of brokers) {
    broker.on(Metadata, () => brokers[0]!.metadata([], brokers.slice(1)))
    broker.on(DescribeTopicPartitions, ({ topics }) => ({
      topics: topics.map(({ name }) => (name === 'x' ? x : { name, errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION })),
    }))
    broker.on(ListPartitionReassignments, () => ({ topics: underWay }))
    broker.on(AlterPartitionReassignments, ({ topics }) => ({
      responses: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex })),
      })),
    }))
    broker.on(IncrementalAlterConfigs, ({ resources }) => ({
      responses: resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName })),
    }))
    broker.on(AlterReplicaLogDirs, ({ dirs }) => ({
      results: dirs.flatMap(({ topics }) =>
        topics.map(({ name, partitions }) => ({
          topicName: name,
          partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
        })),
      ),
    }))
    broker.on(DescribeLogDirs, () => ({
      results:
        broker === brokers[1]
          ? [{ logDir: '/two' }]
          : [
              { logDir: '/a', topics: [{ name: 'x', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }] },
              {
                logDir: '/b',
                topics: future ? [{ name: 'x', partitions: [{ partitionIndex: 0, isFutureKey: true }] }] : [],
              },
            ],
    }))
  }
})
afterEach(() => Promise.all(brokers.map((broker) => broker.stop())))

const file = (text: unknown): string => {
  writeFileSync(join(folder, 'plan.json'), typeof text === 'string' ? text : JSON.stringify(text))
  return 'plan.json'
}
const plan = (...partitions: object[]): string =>
  file({ version: 1, partitions: partitions.map((each) => ({ topic: 'x', partition: 0, ...each })) })
const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(command, ['--bootstrap-server', brokers[0]!.address, ...args], {
    style,
    program: 'kts reassign',
    cwd: folder,
  })
const sent = <T>(api: T) =>
  brokers.flatMap((broker) => broker.requests(api as never)).map(({ request }) => request as Record<string, unknown>)
const settings = () =>
  sent(IncrementalAlterConfigs)
    .flatMap(
      ({ resources }) =>
        resources as {
          resourceName: string
          configs: { name: string; configOperation: number; value: string | null }[]
        }[],
    )
    .flatMap(({ resourceName, configs }) =>
      configs.map(({ name, configOperation, value }) => [resourceName, name, configOperation === 1 ? null : value]),
    )

const CURRENT = '{"version":1,"partitions":[{"topic":"x","partition":0,"replicas":[1],"log_dirs":["/a"]}]}'

describe('--generate', () => {
  const topics = (): string[] => ['--generate', '--topics-to-move-json-file', file({ topics: [{ topic: 'x' }] })]

  it('shows how topics lie, and a proposal', async () => {
    const { text } = await run('drop-in', ...topics(), '--broker-list', '2')
    expect(text).toBe(
      'Current partition replica assignment\n' +
        '{"version":1,"partitions":[{"topic":"x","partition":0,"replicas":[1],"log_dirs":["/a"]},{"topic":"x","partition":1,"replicas":[1],"log_dirs":["/a"]}]}\n\n' +
        'Proposed partition reassignment configuration\n' +
        '{"version":1,"partitions":[{"topic":"x","partition":0,"replicas":[2],"log_dirs":["any"]},{"topic":"x","partition":1,"replicas":[2],"log_dirs":["any"]}]}\n',
    )
    expect(sent(AlterPartitionReassignments)).toEqual([])
  })

  it('fails for topics and brokers that are not there', async () => {
    await expect(run('kts', ...topics(), '--broker-list', '7')).rejects.toThrow('larger than available brokers: 0')
    await expect(
      run(
        'kts',
        '--generate',
        '--topics-to-move-json-file',
        file({ topics: [{ topic: 'none' }] }),
        '--broker-list',
        '1',
      ),
    ).rejects.toThrow('Topic none not found.')
  })

  it.each([
    ['{}', '"topics"'],
    ['{"topics":[{"topic":"x"},{"topic":"x"}]}', 'the topic x twice'],
    ['{"topics":[],"version":2}', '"version" is 2'],
  ])('refuses %s', async (text, message) => {
    await expect(
      async () => await run('kts', '--generate', '--topics-to-move-json-file', file(text), '--broker-list', '1'),
    ).rejects.toThrow(message)
  })

  it('spreads replicas over brokers and racks', () => {
    const at = (start: number) => () => start
    const racks = (...ids: [number, string | null][]) => ids.map(([id, rack]) => ({ id, rack }))
    expect(assignReplicas(racks([1, null], [2, null], [3, null]), 4, 2, at(0))).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
      [1, 3],
    ])
    for (const start of [0, 1, 2, 3]) {
      const spread = assignReplicas(racks([1, 'a'], [2, 'a'], [3, 'b'], [4, 'b']), 8, 2, at(start))
      expect(spread.every((replicas) => replicas.filter((id) => id <= 2).length === 1)).toBe(true)
      expect(new Set(spread.map(([leader]) => leader)).size).toBe(4)
    }
    expect(() => assignReplicas(racks([1, null]), 1, 2)).toThrow(KafkaError)
  })
})

describe('--execute', () => {
  it('shows the way back, throttles, and starts', async () => {
    const { stdout } = await run(
      'drop-in',
      '--execute',
      '--reassignment-json-file',
      plan({ replicas: [1, 2] }),
      '--throttle',
      '1000',
      '--disallow-replication-factor-change',
    )
    expect(stdout).toBe(
      `Current partition replica assignment\n\n${CURRENT}\n\nSave this to use as the --reassignment-json-file option during rollback\n` +
        'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n' +
        'The inter-broker throttle limit was set to 1000 B/s\nSuccessfully started partition reassignment for x-0\n',
    )
    expect(settings()).toEqual([
      ['x', 'leader.replication.throttled.replicas', '0:1'],
      ['x', 'follower.replication.throttled.replicas', '0:2'],
      ['1', 'leader.replication.throttled.rate', '1000'],
      ['1', 'follower.replication.throttled.rate', '1000'],
      ['2', 'leader.replication.throttled.rate', '1000'],
      ['2', 'follower.replication.throttled.rate', '1000'],
    ])
    expect(sent(AlterPartitionReassignments)).toMatchObject([
      {
        allowReplicationFactorChange: false,
        topics: [{ name: 'x', partitions: [{ partitionIndex: 0, replicas: [1, 2] }] }],
      },
    ])
  })

  it('moves replicas to directories, with a throttle of its own, and tries again while one has not arrived', async () => {
    let attempt = 0
    brokers[1]!.on(AlterReplicaLogDirs, () => ({
      results: [
        {
          topicName: 'x',
          partitions: [{ partitionIndex: 0, errorCode: (attempt += 1) === 1 ? ERRORS.REPLICA_NOT_AVAILABLE : 0 }],
        },
      ],
    }))
    const args = [
      '--execute',
      '--reassignment-json-file',
      plan({ replicas: [1, 2], log_dirs: ['/b', '/two'] }),
      '--replica-alter-log-dirs-throttle',
      '5',
    ]
    const { stdout } = await run('drop-in', ...args)
    expect(stdout.split('\n').slice(-5)).toEqual([
      'The replica-alter-dir throttle limit was set to 5 B/s',
      'Successfully started partition reassignment for x-0',
      'Successfully started moving log directory to /b for replica x-0 with broker 1 ',
      'Successfully started moving log directory to /two for replica x-0 with broker 2 ',
      '',
    ])
    expect(settings()).toEqual([
      ['1', 'replica.alter.log.dirs.io.max.bytes.per.second', '5'],
      ['2', 'replica.alter.log.dirs.io.max.bytes.per.second', '5'],
    ])
    attempt = -1e9
    brokers[1]!.on(AlterReplicaLogDirs, () => ({
      results: [{ topicName: 'x', partitions: [{ partitionIndex: 0, errorCode: ERRORS.REPLICA_NOT_AVAILABLE }] }],
    }))
    await expect(run('drop-in', ...args, '--timeout', '0')).rejects.toThrow(
      'Timed out before log directory move could be started for: x-0-2',
    )
    expect(await run('kts', ...args, '--timeout', '0')).toMatchObject({
      data: { moving: [{ broker: 1, logDir: '/b' }] },
      exitCode: 1,
      stderr: 'kts reassign: Timed out before log directory move could be started for: x-0-2\n',
    })
    brokers[1]!.on(AlterReplicaLogDirs, () => ({ results: [{ topicName: 'x', partitions: [{ partitionIndex: 0 }] }] }))
    brokers[0]!.on(AlterReplicaLogDirs, () => ({
      results: [{ topicName: 'x', partitions: [{ partitionIndex: 0, errorCode: ERRORS.LOG_DIR_NOT_FOUND }] }],
    }))
    await expect(run('drop-in', ...args)).rejects.toThrow('Failed to alter dir for x-0-1: LOG_DIR_NOT_FOUND')
    expect(await run('kts', ...args)).toMatchObject({
      data: { moving: [{ broker: 2, logDir: '/two' }] },
      exitCode: 1,
      stderr: 'kts reassign: Failed to alter dir for x-0-1: LOG_DIR_NOT_FOUND\n',
    })
  })

  it('goes on with the others under kts when a partition is refused', async () => {
    brokers[0]!.on(AlterPartitionReassignments, () => ({
      responses: [
        {
          name: 'x',
          partitions: [
            { partitionIndex: 0, errorCode: ERRORS.INVALID_REPLICA_ASSIGNMENT, errorMessage: 'No.' },
            { partitionIndex: 1 },
          ],
        },
      ],
    }))
    const { data, stdout, stderr, exitCode } = await run(
      'kts',
      '--execute',
      '--reassignment-json-file',
      plan({ replicas: [2], log_dirs: ['/two'] }, { partition: 1, replicas: [1, 2] }),
    )
    expect(stdout).toMatch(/\nSuccessfully started partition reassignment for x-1\n$/)
    expect([stderr, exitCode]).toEqual(['kts reassign: Cannot reassign x-0: No (INVALID_REPLICA_ASSIGNMENT)\n', 1])
    expect(data).toMatchObject({ started: [{ topic: 'x', partition: 1 }], moving: [] })
    expect(sent(AlterReplicaLogDirs)).toEqual([])
  })

  it('does nothing while another is under way, unless it is additional', async () => {
    underWay = [
      { name: 'x', partitions: [{ partitionIndex: 0, replicas: [2, 1], addingReplicas: [1], removingReplicas: [] }] },
    ]
    const args = ['--execute', '--reassignment-json-file', plan({ replicas: [2, 1] }), '--throttle', '7']
    await expect(run('kts', ...args)).rejects.toThrow('there is an existing partition assignment')
    expect(sent(AlterPartitionReassignments)).toEqual([])
    await run('kts', ...args, '--additional')
    expect(settings().slice(0, 2)).toEqual([
      ['x', 'leader.replication.throttled.replicas', '0:2'],
      ['x', 'follower.replication.throttled.replicas', '0:1'],
    ])
  })

  it("keeps what was shown when a partition is refused, in Apache's words", async () => {
    brokers[0]!.on(AlterPartitionReassignments, () => ({
      responses: [
        {
          name: 'x',
          partitions: [{ partitionIndex: 0, errorCode: ERRORS.INVALID_REPLICA_ASSIGNMENT, errorMessage: 'No.' }],
        },
      ],
    }))
    const { context, stdout } = createContext({ style: 'drop-in', cwd: folder })
    expect(
      await execute(
        entryOf(command),
        ['--bootstrap-server', brokers[0]!.address, '--execute', '--reassignment-json-file', plan({ replicas: [2] })],
        context,
      ),
    ).toBe(1)
    expect(stdout()).toBe(
      `Current partition replica assignment\n\n${CURRENT}\n\nSave this to use as the --reassignment-json-file option during rollback\nError reassigning partition(s):\nx-0: No.\n`,
    )
  })

  it('answers with data alone as JSON', async () => {
    const { context, stdout } = createContext({ cwd: folder })
    await execute(
      entryOf(command),
      [
        '--bootstrap-server',
        brokers[0]!.address,
        '--execute',
        '--reassignment-json-file',
        plan({ replicas: [2] }),
        '--json',
      ],
      context,
    )
    expect(JSON.parse(stdout())).toEqual({
      before: [{ topic: 'x', partition: 0, replicas: [1], logDirs: ['/a'] }],
      started: [{ topic: 'x', partition: 0, replicas: [2] }],
      moving: [],
    })
  })

  it.each<[object[], string]>([
    [[], 'names no partition'],
    [[{ replicas: [] }], 'x-0 has no replica'],
    [[{ replicas: [1, 1] }], 'x-0 has broker 1 twice'],
    [[{ replicas: [9] }], 'Unknown broker id 9'],
    [[{ replicas: [1], partition: 5 }], 'Unable to find partition: x-5'],
    [[{ replicas: ['1'] }], '"replicas"'],
    [[{ replicas: [1], log_dirs: [] }], '"log_dirs" has 0 items'],
    [[{ replicas: [1], log_dirs: [1] }], '"log_dirs" is no list of paths'],
    [[{ replicas: [1] }, { replicas: [2] }], 'x-0 twice'],
  ])('refuses %j', async (partitions, message) => {
    await expect(
      async () => await run('kts', '--execute', '--reassignment-json-file', plan(...partitions)),
    ).rejects.toThrow(message)
    expect(sent(AlterPartitionReassignments)).toEqual([])
  })
})

describe('--verify', () => {
  it('tells how far a plan is, and leaves the throttles while anything is under way', async () => {
    underWay = [
      { name: 'x', partitions: [{ partitionIndex: 0, replicas: [1, 2], addingReplicas: [2], removingReplicas: [] }] },
    ]
    const { stdout, exitCode } = await run(
      'kts',
      '--verify',
      '--reassignment-json-file',
      plan({ partition: 1, replicas: [1] }, { replicas: [1, 2] }),
    )
    expect(stdout).toBe(
      'Status of partition reassignment:\nReassignment of partition x-0 is still in progress.\nReassignment of partition x-1 is completed.\n\n',
    )
    expect([exitCode, settings()]).toEqual([0, []])
  })

  it('clears the throttles of all brokers at the end', async () => {
    const args = [
      '--verify',
      '--reassignment-json-file',
      plan(
        { replicas: [2], log_dirs: ['/two'] },
        { partition: 1, replicas: [1], log_dirs: ['/a'] },
        { topic: 'none', replicas: [1] },
      ),
    ]
    const { stdout, exitCode } = await run('drop-in', ...args, '--preserve-throttles')
    expect(stdout).toBe(
      'Status of partition reassignment:\nThere is no active reassignment of partition none-0, but replica set is  rather than 1.\n' +
        'There is no active reassignment of partition x-0, but replica set is 1 rather than 2.\nReassignment of partition x-1 is completed.\n' +
        'Partition x-0 is not found in any live log dir on broker 2. There is likely an offline log directory on the broker.\nReassignment of replica x-1-1 completed successfully.\n',
    )
    expect(exitCode).toBe(0)
    expect((await run('kts', ...args)).exitCode).toBe(1)
    expect((await run('drop-in', '--verify', '--reassignment-json-file', plan({ replicas: [1] }))).stdout).toMatch(
      /completed\.\n\nClearing broker-level throttles on brokers 1,2\nClearing topic-level throttles on topic x\n$/,
    )
    expect(settings()).toHaveLength(8)
    expect(settings().every(([, , value]) => value === null)).toBe(true)
  })

  it('sees replicas between two directories', async () => {
    future = true
    const verify = async (logDir: string) =>
      (
        await run('drop-in', '--verify', '--reassignment-json-file', plan({ replicas: [1], log_dirs: [logDir] }))
      ).stdout.split('\n')[2]
    expect(await verify('/b')).toBe('Reassignment of replica x-0-1 is still in progress.')
    expect(await verify('/c')).toBe('Partition x-0 on broker 1 is being moved to log dir /b instead of /c.')
    future = false
    expect(await verify('/b')).toBe('Partition x-0 on broker 1 is not being moved from log dir /a to /b.')
  })
})

describe('--list and --cancel', () => {
  beforeEach(() => {
    underWay = [
      {
        name: 'x',
        partitions: [
          { partitionIndex: 1, replicas: [1, 2], addingReplicas: [2], removingReplicas: [1] },
          { partitionIndex: 0, replicas: [2, 1], addingReplicas: [2], removingReplicas: [] },
        ],
      },
    ]
  })

  it('reads the plan that a word names', async () => {
    const name = plan({ replicas: [1] })
    expect((await run('kts', 'verify', name)).data).toEqual(
      (await run('kts', '--verify', '--reassignment-json-file', name)).data,
    )
    await expect(async () => await run('kts', 'execute')).rejects.toThrow('execute needs FILE: the plan')
  })

  it('shows what is under way', async () => {
    const { text, table } = await run('drop-in', '--list')
    expect(text).toBe(
      'Current partition reassignments:\nx-0: replicas: 2,1. adding: 2.\nx-1: replicas: 1,2. adding: 2. removing: 1.\n',
    )
    expect(table!.split('\n')[2]!.trim()).toMatch(/^x +1 +1,2 +2 +1$/)
    underWay = []
    expect((await run('drop-in', '--list')).text).toBe('No partition reassignments found.\n')
  })

  it('calls it off, also between directories', async () => {
    future = true
    const { stdout } = await run(
      'drop-in',
      '--cancel',
      '--reassignment-json-file',
      plan({ replicas: [1], log_dirs: ['/b'] }),
      '--preserve-throttles',
    )
    expect(stdout).toBe(
      'Successfully cancelled partition reassignment for: x-0\nSuccessfully started moving log directory to /a for replica x-0 with broker 1 \n',
    )
    expect(sent(AlterPartitionReassignments)).toMatchObject([
      { topics: [{ name: 'x', partitions: [{ partitionIndex: 0, replicas: null }] }] },
    ])
  })

  it('goes on under kts where one cannot be called off, and leaves the throttles', async () => {
    brokers[0]!.on(AlterPartitionReassignments, () => ({
      responses: [
        {
          name: 'x',
          partitions: [
            { partitionIndex: 0, errorCode: ERRORS.INVALID_REQUEST, errorMessage: 'No.' },
            { partitionIndex: 1 },
          ],
        },
      ],
    }))
    const args = ['--cancel', '--reassignment-json-file', plan({ replicas: [1] }, { partition: 1, replicas: [1] })]
    const { data, stdout, stderr, exitCode } = await run('kts', ...args)
    expect(stdout).toBe(
      'Successfully cancelled partition reassignment for: x-1\nNone of the specified partition moves are active.\n',
    )
    expect([stderr, exitCode, settings()]).toEqual([
      'kts reassign: Cannot cancel the reassignment of x-0: No (INVALID_REQUEST)\n',
      1,
      [],
    ])
    expect(data).toMatchObject({ cancelled: [{ topic: 'x', partition: 1 }] })
    await expect(run('drop-in', ...args)).rejects.toThrow('Error cancelling partition reassignment for:\nx-0: No.')
  })

  it('says in a dry run what it would call off', async () => {
    future = true
    const { text, data } = await run(
      'kts',
      '--cancel',
      '--reassignment-json-file',
      plan({ replicas: [1], log_dirs: ['/b'] }),
      '--dry-run',
    )
    expect(text).toBe(
      'Would call off the reassignment of x-0: it would lie on 1.\nWould move the replica x-0-1 to /a.\nWould clear the throttles.\n',
    )
    expect(data).toMatchObject([
      { before: [2, 1], replicas: [1], dryRun: true },
      { logDir: '/a', dryRun: true },
      { dryRun: true },
    ])
    expect([sent(AlterPartitionReassignments), sent(AlterReplicaLogDirs), settings()]).toEqual([[], [], []])
  })

  it('says when there is nothing to call off', async () => {
    underWay = []
    expect((await run('drop-in', '--cancel', '--reassignment-json-file', plan({ replicas: [1] }))).stdout).toBe(
      'None of the specified partition reassignments are active.\n' +
        'None of the specified partition moves are active.Clearing broker-level throttles on brokers 1,2\nClearing topic-level throttles on topic x\n',
    )
  })
})

describe('options', () => {
  it.each([
    [[], 'say what to do'],
    [['--list', '--verify'], 'one thing at a time'],
    [['--verify'], '--verify needs --reassignment-json-file'],
    [['--list', '--throttle', '5'], '--throttle goes with --execute'],
    [['--generate', '--broker-list', '1'], '--generate needs --topics-to-move-json-file'],
    [['--generate', '--topics-to-move-json-file', 'x'], '--generate needs --broker-list'],
    [['--execute', '--reassignment-json-file', 'none.json'], 'none.json cannot be read: there is no such file'],
    [['--execute', '--reassignment-json-file', 'x', '--throttle=-1'], 'cannot be negative'],
    [
      ['--generate', '--topics-to-move-json-file', 'none.json', '--broker-list', 'a'],
      'none.json cannot be read: there is no such file',
    ],
  ])('refuses %j', async (args, message) => {
    const refused = (async () => await run('kts', ...args))()
    await expect(refused).rejects.toThrow(UserError)
    await expect(refused).rejects.toThrow(message)
  })
})
