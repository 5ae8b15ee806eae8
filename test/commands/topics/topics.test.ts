import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { topics } from '../../../src/commands/topics/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { CreatePartitions } from '../../../src/lib/protocol/apis/create-partitions.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics } from '../../../src/lib/protocol/apis/delete-topics.ts'
import { DescribeConfigs } from '../../../src/lib/protocol/apis/describe-configs.ts'
import { DescribeTopicPartitions } from '../../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { ListPartitionReassignments } from '../../../src/lib/protocol/apis/list-partition-reassignments.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { atTerminal } from '../../support/context.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const ID_A = 'shihK9QrTzexn50XFz6CTQ'
const ID_B = '_5xboy18TlWICV53sXokRg'

interface FakePartition {
  partitionIndex: number
  leaderId: number
  replicaNodes: number[]
  isrNodes: number[]
  offlineReplicas?: number[]
  eligibleLeaderReplicas?: number[]
  lastKnownElr?: number[]
}
interface FakeTopic {
  name: string
  topicId: string
  isInternal?: boolean
  partitions: FakePartition[]
}

const healthy = (partitionIndex: number): FakePartition => ({
  partitionIndex,
  leaderId: 1,
  replicaNodes: [1, 2],
  isrNodes: [1, 2],
})
const ailing = (partitionIndex: number): FakePartition => ({
  partitionIndex,
  leaderId: -1,
  replicaNodes: [1, 2],
  isrNodes: [2],
  offlineReplicas: [1],
  eligibleLeaderReplicas: [1],
  lastKnownElr: [2],
})

let broker: FakeBroker
let cluster: FakeTopic[]

beforeEach(async () => {
  broker = await FakeBroker.start()
  cluster = [
    { name: 'b', topicId: ID_B, partitions: [healthy(0)] },
    { name: 'a', topicId: ID_A, partitions: [healthy(0), ailing(1)] },
    { name: '__consumer_offsets', topicId: 'gyRIwlncThGFQrV2LZaaqQ', isInternal: true, partitions: [healthy(0)] },
  ]
  broker.on(Metadata, ({ topics: asked }) =>
    broker.metadata(
      asked === null
        ? cluster
        : cluster.filter(({ name, topicId }) =>
            asked.some((topic) => topic.name === name || topic.topicId === topicId),
          ),
    ),
  )
  broker.on(DescribeTopicPartitions, ({ topics: asked }) => ({
    topics: cluster.filter(({ name }) => asked.some((topic) => topic.name === name)),
  }))
  broker.on(DescribeConfigs, ({ resources }) => ({
    results: resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      configs: [
        { name: 'min.insync.replicas', value: '2', configSource: resourceName === 'b' ? 5 : 3 },
        { name: 'retention.ms', value: '5', configSource: resourceName === 'b' ? 5 : 1 },
      ],
    })),
  }))
  broker.on(ListPartitionReassignments, () => ({}))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(topics as unknown as Command, ['--bootstrap-server', broker.address, ...args], {
    style,
    program: style === 'kts' ? 'kts topics' : 'kafka-topics',
  })

const asked = (answer: string, ...args: string[]): Promise<Outcome> =>
  runCommand(topics as unknown as Command, ['--bootstrap-server', broker.address, ...args], {
    program: 'kts topics',
    ...atTerminal(answer),
  })
const kts = (...args: string[]) => run('kts', ...args)
const dropIn = (...args: string[]) => run('drop-in', ...args)

describe('--list', () => {
  it('names the topics in order', async () => {
    expect((await dropIn('--list')).text).toBe('__consumer_offsets\na\nb\n')
    expect((await dropIn('--list', '--exclude-internal')).text).toBe('a\nb\n')
    expect((await dropIn('--list', '--topic', '[ac]|x')).text).toBe('a\n')
  })

  it("prints an empty line for nothing under Apache's name only", async () => {
    expect((await dropIn('--list', '--topic', 'none')).text).toBe('\n')
    expect(await kts('--list', '--topic', 'none')).toMatchObject({ text: '', data: [], exitCode: 0 })
  })

  it('has more to say as a table and as data', async () => {
    const { data, table } = await kts('--list', '--topic', 'a')
    expect(data).toEqual([{ topic: 'a', topicId: ID_A, partitions: 2, replicationFactor: 2, internal: false }])
    expect(table).toMatch(/^TOPIC +PARTITIONS +REPLICATION +INTERNAL\na +2 +2\n$/)
  })
})

describe('--describe', () => {
  const topicA = `Topic: a\tTopicId: ${ID_A}\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: min.insync.replicas=2,retention.ms=5\n`
  const partitionA0 = '\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: \n'
  const partitionA1 = '\tTopic: a\tPartition: 1\tLeader: none\tReplicas: 1,2\tIsr: 2\tElr: 1\tLastKnownElr: 2\n'

  it("writes Apache's lines", async () => {
    expect((await dropIn('--describe', '--topic', 'a')).text).toBe(topicA + partitionA0 + partitionA1)
    expect((await dropIn('--describe', '--exclude-internal')).text).toBe(
      topicA +
        partitionA0 +
        partitionA1 +
        `Topic: b\tTopicId: ${ID_B}\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: \n\tTopic: b\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: \n`,
    )
  })

  it('finds a topic by its id, whatever the name says', async () => {
    const { text } = await dropIn('--describe', '--topic-id', ID_A, '--topic', 'b')
    expect(text).toBe(
      topicA +
        partitionA0.replace('Elr: \tLastKnownElr: ', 'Elr: N/A\tLastKnownElr: N/A') +
        partitionA1.replace('Elr: 1\tLastKnownElr: 2', 'Elr: N/A\tLastKnownElr: N/A'),
    )
    await expect(dropIn('--describe', '--topic-id', 'AAAAAAAAAAAAAAAAAAAAAQ')).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_ID',
    })
    await expect(dropIn('--describe', '--topic-id', 'nonsense')).rejects.toThrow(UserError)
    expect((await dropIn('--describe', '--topic-id', 'AAAAAAAAAAAAAAAAAAAAAQ', '--if-exists')).text).toBe('')
  })

  it('takes the zero id for none', async () => {
    expect((await dropIn('--describe', '--topic-id', 'AAAAAAAAAAAAAAAAAAAAAA', '--topic', 'a')).text).toBe(
      topicA + partitionA0 + partitionA1,
    )
  })

  it.each([
    [['--under-replicated-partitions'], partitionA1],
    [['--unavailable-partitions'], partitionA1],
    [['--under-min-isr-partitions'], partitionA1],
    [['--at-min-isr-partitions'], partitionA0],
    [['--at-min-isr-partitions', '--unavailable-partitions'], partitionA0 + partitionA1],
  ])('shows only what %j picks', async (filters, expected) => {
    const { text, data } = await dropIn('--describe', '--topic', 'a', ...filters)
    expect(text).toBe(expected)
    expect(data).toMatchObject([
      {
        topic: 'a',
        partitions: expected.match(/Partition: \d/g)!.map((found) => ({ partition: Number(found.at(-1)) })),
      },
    ])
  })

  it('counts a leader as unavailable that is no live broker', async () => {
    cluster[0]!.partitions[0]!.leaderId = 5
    expect((await dropIn('--describe', '--topic', 'b', '--unavailable-partitions')).text).toContain('Leader: 5')
  })

  it('shows topics with settings of their own without partitions', async () => {
    expect((await dropIn('--describe', '--topics-with-overrides', '--exclude-internal')).text).toBe(topicA)
  })

  it('does not count the replicas that a reassignment adds', async () => {
    cluster[0]!.partitions = [{ ...healthy(0), replicaNodes: [1, 2, 3] }]
    broker.on(ListPartitionReassignments, () => ({
      topics: [
        {
          name: 'b',
          partitions: [{ partitionIndex: 0, replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [1] }],
        },
      ],
    }))
    const { text } = await dropIn('--describe', '--topic', 'b')
    expect(text).toContain('ReplicationFactor: 2')
    expect(text).toContain('\tIsr: 1,2\tAdding Replicas: 3\tRemoving Replicas: 1\tElr: ')
  })

  it('does without reassignments where it may not ask for them', async () => {
    broker.on(ListPartitionReassignments, () => ({ errorCode: 31 }))
    expect((await dropIn('--describe', '--topic', 'a')).text).toBe(topicA + partitionA0 + partitionA1)
  })

  it('calls it an error when nothing fits, unless --if-exists is given', async () => {
    await expect(dropIn('--describe', '--topic', 'none.*')).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
    })
    expect(await dropIn('--describe', '--topic', 'none', '--if-exists')).toMatchObject({ text: '', exitCode: 0 })
  })

  it('goes on with the other topics under kts when one fails', async () => {
    broker.on(DescribeTopicPartitions, () => ({ topics: [cluster[1]!, { name: 'b', errorCode: 29 }] }))
    expect(await kts('--describe', '--topic', 'a|b')).toMatchObject({
      exitCode: 1,
      data: [{ topic: 'a' }],
      stderr: 'kts topics: Cannot describe topic b: Not allowed to access this topic (TOPIC_AUTHORIZATION_FAILED)\n',
    })
    await expect(dropIn('--describe', '--topic', 'a|b')).rejects.toThrow(KafkaError)
  })

  it('draws tables, without columns that say nothing', async () => {
    const { table } = await kts('--describe', '--topic', 'a')
    expect(table).toMatch(
      /^TOPIC +PARTITIONS +REPLICATION +TOPIC ID +CONFIGS\na +2 +2 +\S+ +min.insync.replicas=2 retention.ms=5\n\nTOPIC +PARTITION +LEADER +REPLICAS +IN SYNC +OFFLINE +ELIGIBLE +LAST KNOWN ELR\n/,
    )
    expect((await kts('--describe', '--topic', 'b')).table).toMatch(/IN SYNC\nb +0 +1 +1,2 +1,2\n$/)
    expect((await kts('--describe', '--topic', 'b', '--unavailable-partitions')).table).toBe('')
  })
})

describe('--create', () => {
  beforeEach(
    () =>
      void broker.on(CreateTopics, ({ topics: asked }) => ({
        topics: asked.map(({ name }) =>
          name === 'a'
            ? { name, errorCode: 36, errorMessage: "Topic 'a' already exists." }
            : { name, topicId: ID_B, numPartitions: 3, replicationFactor: 1 },
        ),
      })),
  )

  const sent = () => broker.requests(CreateTopics)[0]?.request.topics as Record<string, unknown>[]

  it('leaves counts to the broker that are not given', async () => {
    expect((await dropIn('--create', '--topic', 'new')).text).toBe('Created topic new.\n')
    expect(sent()).toMatchObject([
      { name: 'new', numPartitions: -1, replicationFactor: -1, configs: [], assignments: [] },
    ])
  })

  it('passes counts and settings on; the last of a repeated setting counts', async () => {
    const { data } = await kts(
      '--create',
      '--topic',
      'new',
      '--partitions',
      '3',
      '--replication-factor',
      '1',
      '--config',
      ' retention.ms = 1 ',
      '--config',
      'a=b=c,d',
      '--config',
      'retention.ms=2',
    )
    expect(sent()).toMatchObject([
      {
        numPartitions: 3,
        replicationFactor: 1,
        configs: [
          { name: 'retention.ms', value: '2' },
          { name: 'a', value: 'b=c,d' },
        ],
      },
    ])
    expect(data).toEqual([
      { topic: 'new', created: true, topicId: ID_B, partitions: 3, replicationFactor: 1, error: null },
    ])
  })

  it('takes several names, by word, by comma and by option', async () => {
    for (const args of [
      ['create', 'x', 'y'],
      ['create', '-t', 'x,y'],
      ['create', '-t', 'x', '-t', 'y'],
    ])
      expect((await kts(...args)).text).toBe('Created topic x.\nCreated topic y.\n')
    await expect(dropIn('--create', '--topic', 'x', '--topic', 'y')).rejects.toThrow('--topic is given 2 times')
  })

  it('has the broker check only, when it is a dry run', async () => {
    expect(await kts('--create', '--topic', 'new', '--dry-run')).toMatchObject({
      text: 'Would create topic new.\n',
      data: [{ created: false, dryRun: true }],
    })
    expect(await kts('--create', '--topic', 'a', '--dry-run')).toMatchObject({ text: '', exitCode: 1 })
    expect(broker.requests(CreateTopics)).toMatchObject([
      { request: { validateOnly: true } },
      { request: { validateOnly: true } },
    ])
  })

  it('takes an assignment in place of the counts', async () => {
    await dropIn('--create', '--topic', 'new', '--replica-assignment', '1:2, 2 : 1')
    expect(sent()).toMatchObject([
      {
        numPartitions: -1,
        assignments: [
          { partitionIndex: 0, brokerIds: [1, 2] },
          { partitionIndex: 1, brokerIds: [2, 1] },
        ],
      },
    ])
  })

  it("warns of names that may collide: on stdout as Apache's tool, on stderr under kts", async () => {
    const [apache, own] = [await dropIn('--create', '--topic', 'x.y'), await kts('--create', '--topic', 'x_y')]
    expect([apache.stdout, apache.stderr]).toEqual([expect.stringMatching(/^WARNING: .*\n$/), ''])
    expect([own.stdout, own.stderr]).toEqual(['', expect.stringMatching(/^WARNING: .*\n$/)])
  })

  it('fails when the topic is there, or keeps quiet when told to', async () => {
    await expect(dropIn('--create', '--topic', 'a')).rejects.toMatchObject({ code: 'TOPIC_ALREADY_EXISTS' })
    expect(await kts('--create', '--topic', 'a')).toMatchObject({
      exitCode: 1,
      stderr: "kts topics: Cannot create topic a: Topic 'a' already exists (TOPIC_ALREADY_EXISTS)\n",
    })
    expect(await dropIn('--create', '--topic', 'a', '--if-not-exists')).toMatchObject({
      text: '',
      exitCode: 0,
      data: [{ created: false }],
    })
  })

  it('takes lengths of time and sizes for settings under kts', async () => {
    await kts('create', 'new', '--config', 'retention.ms=7d', '--config', 'segment.bytes=1GiB')
    expect(sent()).toMatchObject([{ configs: [{ value: '604800000' }, { value: '1073741824' }] }])
  })

  it.each([
    ['--partitions', '0'],
    ['--partitions', '-1'],
    ['--replication-factor', '0'],
    ['--replication-factor', '40000'],
    ['--partitions', 'three'],
    ['--config', 'retention.ms'],
    ['--config', '=1'],
    ['--config', 'a='],
    ['--replica-assignment', 'x'],
    ['--replica-assignment', '1:1'],
    ['--replica-assignment', '1:2,1'],
    ['--replica-assignment', ''],
  ])('refuses %s %s before it asks a broker', async (option, value) => {
    await expect(dropIn('--create', '--topic', 'new', option, value)).rejects.toThrow(UserError)
    expect(broker.received).toEqual([])
  })
})

describe('--alter', () => {
  beforeEach(
    () =>
      void broker.on(CreatePartitions, ({ topics: asked }) => ({
        results: asked.map(({ name, count }) =>
          count < 3 ? { name, errorCode: 37, errorMessage: 'Too few.' } : { name },
        ),
      })),
  )

  it('raises the count of every topic that fits, in silence', async () => {
    expect(await dropIn('--alter', '--topic', 'a,b', '--partitions', '4')).toMatchObject({
      text: '',
      stdout: '',
      exitCode: 0,
      data: [{ topic: 'a', partitions: 4 }, { topic: 'b' }],
    })
    expect(broker.requests(CreatePartitions)).toMatchObject([
      {
        request: {
          topics: [
            { name: 'a', count: 4, assignments: null },
            { name: 'b', count: 4 },
          ],
        },
      },
    ])
  })

  it('assigns only the new partitions', async () => {
    await dropIn('--alter', '--topic', 'a', '--partitions', '3', '--replica-assignment', '1,1,2')
    expect(broker.requests(CreatePartitions)).toMatchObject([
      { request: { topics: [{ assignments: [{ brokerIds: [2] }] }] } },
    ])
  })

  it('tells which topic failed', async () => {
    await expect(dropIn('--alter', '--topic', 'a', '--partitions', '1')).rejects.toMatchObject({
      code: 'INVALID_PARTITIONS',
    })
    expect(await kts('--alter', '--topic', 'a', '--partitions', '1')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Too few (INVALID_PARTITIONS)') as string,
    })
  })

  it('has the broker check only, when it is a dry run', async () => {
    expect(await kts('--alter', '--topic', 'a', '--partitions', '4', '--dry-run')).toMatchObject({
      text: 'Would give topic a 4 partitions.\n',
      data: [{ topic: 'a', altered: false, dryRun: true }],
    })
    expect(broker.requests(CreatePartitions)).toMatchObject([{ request: { validateOnly: true } }])
  })

  it('needs a topic that is there, unless --if-exists is given', async () => {
    await expect(dropIn('--alter', '--topic', 'none', '--partitions', '4')).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
    })
    expect(await dropIn('--alter', '--topic', 'none', '--partitions', '4', '--if-exists')).toMatchObject({
      text: '',
      data: [],
    })
    expect(broker.requests(CreatePartitions)).toEqual([])
  })
})

describe('--delete', () => {
  beforeEach(
    () =>
      void broker.on(DeleteTopics, ({ topics: asked }) => ({
        responses: asked.map(({ name }) => (name === 'b' ? { name, errorCode: 73, errorMessage: 'No.' } : { name })),
      })),
  )

  it('deletes every match in one request', async () => {
    expect(await dropIn('--delete', '--topic', 'a|__.*')).toMatchObject({ text: '', exitCode: 0 })
    expect(broker.requests(DeleteTopics)).toMatchObject([
      { request: { topics: [{ name: '__consumer_offsets' }, { name: 'a' }] } },
    ])
  })

  it('says what has been deleted and what has not', async () => {
    expect(await kts('--delete', '--topic', 'a|b')).toMatchObject({
      exitCode: 1,
      data: [
        { topic: 'a', deleted: true },
        { topic: 'b', deleted: false, error: { code: 'TOPIC_DELETION_DISABLED' } },
      ],
      table: 'Deleted topic a.\n',
      stderr: 'kts topics: Cannot delete topic b: No (TOPIC_DELETION_DISABLED)\n',
    })
    await expect(dropIn('--delete', '--topic', 'a|b')).rejects.toThrow(KafkaError)
  })

  describe('of a name with a dot', () => {
    beforeEach(
      () =>
        void cluster.push(...['a-b', 'a.b', 'aXb'].map((name) => ({ name, topicId: ID_A, partitions: [healthy(0)] }))),
    )
    const asked = () =>
      broker.requests(DeleteTopics).map(({ request }) => (request.topics as { name: string }[]).map(({ name }) => name))

    it('deletes the topic that has it, and says so in text as well', async () => {
      expect(await kts('--delete', '--topic', 'a.b')).toMatchObject({ text: 'Deleted topic a.b.\n', exitCode: 0 })
      expect(await kts('--delete', '--topic', 'a.b,aXb')).toMatchObject({
        text: 'Deleted topic a.b.\nDeleted topic aXb.\n',
      })
      expect(await kts('--delete', '--topic', '(a.b)')).toMatchObject({
        data: [{ topic: 'a-b' }, { topic: 'a.b' }, { topic: 'aXb' }],
      })
      expect(await dropIn('--delete', '--topic', 'a.b')).toMatchObject({ text: '' })
      expect(asked()).toEqual([['a.b'], ['a.b', 'aXb'], ['a-b', 'a.b', 'aXb'], ['a-b', 'a.b', 'aXb']])
    })

    it('deletes nothing where one of several names is not there, or none', async () => {
      await expect(kts('--delete', '--topic', 'a.b,nix,aXb')).rejects.toThrow(
        'There is no topic nix (UNKNOWN_TOPIC_OR_PARTITION)',
      )
      await expect(kts('--delete', '--topic', 'a.X')).rejects.toThrow(
        /^There is no topic a\.X \(UNKNOWN_TOPIC_OR_PARTITION\); did you mean a/,
      )
      await expect(kts('--delete', '--topic', 'a..')).rejects.toThrow(
        'as a regular expression, written (a..), it fits 3 topics',
      )
      expect(await kts('--delete', '--topic', 'a..', '--if-exists')).toMatchObject({ data: [] })
      expect(asked()).toEqual([])
    })

    it('describes and alters just that one', async () => {
      expect(await kts('--describe', '--topic', 'a.b')).toMatchObject({ data: [{ topic: 'a.b' }] })
    })
  })

  it('asks at a terminal, unless --yes is given', async () => {
    expect(await asked('n\n', '--delete', '--topic', 'a')).toMatchObject({
      data: [],
      text: '',
      exitCode: 1,
      stderr: expect.stringContaining('Delete topic a and its records on ') as string,
    })
    expect(broker.requests(DeleteTopics)).toEqual([])
    expect(await asked('y\n', '--delete', '--topic', 'a')).toMatchObject({ table: 'Deleted topic a.\n' })
    expect(await asked('', '--delete', '--topic', 'a', '--yes')).toMatchObject({
      table: 'Deleted topic a.\n',
      stderr: '',
    })
  })

  it('says what it would delete', async () => {
    expect(await kts('--delete', '--topic', 'a|b', '--dry-run')).toMatchObject({
      text: 'Would delete topic a.\nWould delete topic b.\n',
      data: [{ topic: 'a', deleted: false, dryRun: true }, {}],
    })
    expect(broker.requests(DeleteTopics)).toEqual([])
  })
})

describe('a name that is not there', () => {
  const near = 'No topic matches "orers" (UNKNOWN_TOPIC_OR_PARTITION)'
  const known = (): number => broker.requests(Metadata).filter(({ request }) => request.topics === null).length
  beforeEach(() => void cluster.push({ name: 'orders', topicId: ID_A, partitions: [healthy(0)] }))

  it.each([['--describe'], ['--delete'], ['--alter', '--partitions', '9']])(
    'brings the one to mind that is near, with %s',
    async (...args) => {
      await expect(kts(...args, '--topic', 'orers')).rejects.toThrow(
        new KafkaError(
          'UNKNOWN_TOPIC_OR_PARTITION',
          'There is no topic orers (UNKNOWN_TOPIC_OR_PARTITION); did you mean orders?',
        ),
      )
      expect(known()).toBeLessThanOrEqual(2)
    },
  )

  it("does not where none is near, for an expression, nor under Apache's name", async () => {
    await expect(kts('--describe', '--topic', 'faraway')).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\)$/)
    await expect(kts('--describe', '--topic', 'orer.*')).rejects.toThrow(/\(UNKNOWN_TOPIC_OR_PARTITION\)$/)
    await expect(dropIn('--describe', '--topic', 'orers')).rejects.toThrow(near)
    await expect(dropIn('--describe', '--topic', 'orers')).rejects.not.toThrow('did you mean')
  })

  it('does for one that goes away meanwhile, after those that were deleted', async () => {
    broker.on(DeleteTopics, () => {
      cluster = cluster.filter(({ name }) => name !== 'orders')
      cluster.push({ name: 'order', topicId: ID_A, partitions: [healthy(0)] })
      return { responses: [{ name: 'a' }, { name: 'orders', errorCode: 3 }] }
    })
    expect(await kts('--delete', '--topic', 'a|orders')).toMatchObject({
      exitCode: 1,
      data: [
        { topic: 'a', deleted: true },
        { topic: 'orders', deleted: false },
      ],
      stderr:
        'kts topics: Cannot delete topic orders: There is no such topic or partition (UNKNOWN_TOPIC_OR_PARTITION); did you mean order?\n',
    })
  })
})

describe('options', () => {
  it.each([
    ['--list', '--dry-run'],
    ['--create', '--topic', 'x', '--yes'],
    [],
    ['--list', '--create', '--topic', 'x'],
    ['--create'],
    ['--alter', '--topic', 'x'],
    ['--delete'],
    ['--describe', '--if-exists'],
    ['--list', '--partitions', '2'],
    ['--describe', '--config', 'a=b'],
    ['--list', '--if-exists'],
    ['--create', '--topic', 'x', '--if-exists'],
    ['--delete', '--topic', 'x', '--if-not-exists'],
    ['--create', '--topic', 'x', '--exclude-internal'],
    ['--alter', '--topic', 'x', '--partitions', '2', '--config', 'a=b'],
    ['--alter', '--topic', 'x', '--partitions', '2', '--replication-factor', '2'],
    ['--create', '--topic', 'x', '--replica-assignment', '1', '--partitions', '1'],
    ['--describe', '--topics-with-overrides', '--unavailable-partitions'],
    ['--list', '--at-min-isr-partitions'],
    ['--describe', '--topic', 'x', '--topic', 'y'],
  ])('refuses %j', async (...args) => {
    await expect(dropIn(...args)).rejects.toThrow(UserError)
    expect(broker.received).toEqual([])
  })

  it.each([
    ['rm', 'delete'],
    ['ls', 'list'],
    ['get', 'list'],
    ['add', 'create'],
    ['creat', 'create'],
  ])('takes %s for %s', async (word, meant) => {
    await expect(kts(word)).rejects.toThrow(new RegExp(`did you mean ${meant}\\?$`))
  })

  it("says what is missing by the help's word for a verb, and by the option for an option", async () => {
    for (const verb of ['create', 'alter', 'delete']) {
      await expect(kts(verb)).rejects.toThrow(`${verb} needs TOPIC: the topics`)
      await expect(kts(`--${verb}`)).rejects.toThrow(`--${verb} needs --topic`)
    }
    await expect(kts('alter', 'a')).rejects.toThrow(/^alter needs --partitions; .* with kts configs set$/)
    await expect(dropIn('--alter', '--topic', 'a')).rejects.toThrow(/with kafka-configs$/)
  })

  it('refuses under kts what would have no effect', async () => {
    expect((await dropIn('--list', '--topic-id', ID_A, '--partition-size-limit-per-response', '0')).exitCode).toBe(0)
    await expect(kts('--list', '--topic-id', ID_A)).rejects.toThrow('--topic-id goes with --describe')
  })

  it("reports a failure on stdout under Apache's name", () => {
    expect(topics.dropInFailure!(new KafkaError('UNKNOWN_SERVER_ERROR', 'it failed'))).toEqual({
      stdout: 'Error while executing topic command : it failed\n',
      exitCode: 1,
    })
  })
})
