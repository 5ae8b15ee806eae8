import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import { pipeCommand } from '../../../src/commands/pipe/index.ts'
import { routeOf } from '../../../src/commands/pipe/options.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import { parseProducerSettings, Producer } from '../../../src/lib/client/producer/index.ts'
import { parseArguments } from '../../../src/lib/command/register.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import { DescribeGroups } from '../../../src/lib/protocol/apis/describe-groups.ts'
import { OffsetFetch } from '../../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { buildBatch, type RecordInput } from '../../../src/lib/protocol/records/index.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'
import { valuesOf } from '../../support/committed-values.ts'
import { runCommand, type Outcome, startCommand } from '../../support/run-command.ts'
import type { Context } from '../../../src/lib/command/define.ts'

let broker: RunningBroker
let client: KafkaClient
let topics = 0

beforeAll(async () => {
  broker = await startBroker({
    properties: { 'group.consumer.heartbeat.interval.ms': '50', 'group.consumer.min.heartbeat.interval.ms': '50' },
  })
  client = await connectClient({ bootstrapServers: [broker.bootstrapServers], clientId: 'test', properties: new Map() })
})

afterAll(async () => {
  await client.close()
  await broker.stop()
})

async function newTopic(values: readonly (string | null)[] = [], partitions = 1): Promise<string> {
  const name = `topic-${(topics += 1)}`
  await client.send(CreateTopics, { topics: [{ name, numPartitions: partitions, replicationFactor: 1 }] })
  if (values.length > 0)
    await write(
      name,
      values.map((value, index) => ({
        timestamp: 1000n + BigInt(index),
        key: Buffer.from(`k${index}`),
        value: value === null ? null : Buffer.from(value),
      })),
    )
  return name
}

async function write(topic: string, records: RecordInput[]): Promise<void> {
  const { responses } = await client.send(
    Produce,
    {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records: buildBatch(records) }] }],
    },
    { maxVersion: 12 },
  )
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
}

const argsOf = (from: string, to: string, name = 'pipe', property = 'heartbeat.interval.ms=50'): string[] => [
  '-b',
  broker.bootstrapServers,
  '--from',
  from,
  '--to',
  to,
  '-g',
  `${from}-group`,
  '--transactional-id',
  `${from}-${name}`,
  '--command-property',
  property,
]

/** Runs the pipe over everything that is there and that its group has not read yet. */
async function pipe(
  from: string,
  to: string,
  args: readonly string[] = [],
  options: ContextOptions = {},
): Promise<Outcome> {
  const before = await committed(from)
  const left = (await valuesOf(client, from)).length - Number(before < 0n ? 0n : before)
  return runCommand(pipeCommand, [...argsOf(from, to), ...(args[0] === '-c' ? [] : ['-c', String(left)]), ...args], {
    env: { PATH: process.env.PATH! },
    ...options,
  })
}

async function recordsOf(topic: string): Promise<Record<string, unknown>[]> {
  const { context, stdout } = createContext()
  const count = (await valuesOf(client, topic)).length
  await runConsume(
    [
      '-b',
      broker.bootstrapServers,
      '-t',
      topic,
      '--from-beginning',
      '--isolation-level',
      'read_committed',
      '--json',
      '-c',
      String(count),
    ],
    context,
  )
  return stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function runConsume(args: readonly string[], context: Context): Promise<void> {
  await startCommand(consume, args, context)
}

async function committed(topic: string): Promise<bigint> {
  const { groups } = await client.send(
    OffsetFetch,
    { requireStable: true, groups: [{ groupId: `${topic}-group`, topics: [{ name: topic, partitionIndexes: [0] }] }] },
    { maxVersion: 9 },
  )
  return groups[0]!.topics[0]!.partitions[0]!.committedOffset
}

describe('without a command', () => {
  test('records pass unchanged: keys, headers in their order, null values, timestamps', async () => {
    const from = await newTopic()
    const to = await newTopic()
    const bytes = Buffer.from([0, 255, 10, 13])
    await write(from, [
      {
        timestamp: 1n,
        key: Buffer.from('key'),
        value: bytes,
        headers: [
          { key: 'h', value: Buffer.from('1') },
          { key: 'a', value: null },
          { key: 'h', value: Buffer.from('2') },
        ],
      },
      { timestamp: 99_999_999_999n, key: null, value: null },
      { timestamp: 2n, key: Buffer.alloc(0), value: Buffer.alloc(0) },
    ])
    const { data, exitCode, stderr, table } = await pipe(from, to)
    expect(data).toEqual({ from, to, records: 3, written: 3, transactions: 1, repeated: 0 })
    expect([exitCode, stderr, table]).toEqual([
      0,
      '',
      `3 records of ${from} read, 3 records written to ${to} in 1 transaction`,
    ])
    const withoutPlace = ({ topic: _, offset: __, ...record }: Record<string, unknown>): unknown => record
    expect((await recordsOf(to)).map(withoutPlace)).toEqual((await recordsOf(from)).map(withoutPlace))
  })

  test('a pipe goes on where the one before stopped', async () => {
    const from = await newTopic(['a', 'b', 'c', 'd', 'e'])
    const to = await newTopic()
    expect((await pipe(from, to, ['-c', '2'])).data).toMatchObject({ records: 2 })
    expect(await committed(from)).toBe(2n)
    expect((await pipe(from, to, ['--batch-size', '2'])).data).toMatchObject({ records: 3, transactions: 2 })
    expect(await valuesOf(client, to)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await committed(from)).toBe(5n)
  })

  test('what was aborted is not read, also where the same producer has committed after it and a batch begins there', async () => {
    const from = await newTopic()
    const to = await newTopic()
    const { settings } = parseProducerSettings(new Map([['transactional.id', from]]))
    const producer = new Producer(client, settings, { onFailure: () => {} })
    const writer = await producer.topic(from)
    const { transactions } = producer
    for (const [value, isKept] of [
      ['dropped', false],
      ['a', true],
      ['dropped too', false],
      ['b', true],
      ['c', true],
    ] as const) {
      await transactions!.begin()
      writer.append(1, null, 0, 0, Buffer.from(value), 0, value.length, null, 0)
      await producer.flush()
      await (isKept ? transactions!.commit() : transactions!.abort())
    }
    expect((await pipe(from, to, ['--batch-size', '1'])).data).toMatchObject({ records: 3, transactions: 3 })
    expect(await valuesOf(client, to)).toEqual(['a', 'b', 'c'])
  })

  test('a pipe that ends in good order leaves no member behind', async () => {
    const from = await newTopic(['a'])
    await pipe(from, await newTopic())
    const { groups } = await client.send(DescribeGroups, { groups: [`${from}-group`] })
    expect(groups[0]).toMatchObject({ groupState: 'Empty', members: [] })
  })

  test('an interruption commits the batch under way and ends', async () => {
    const from = await newTopic(['a', 'b'])
    const to = await newTopic()
    const stop = new AbortController()
    const endless = runCommand(pipeCommand, argsOf(from, to), { signal: stop.signal })
    await expect.poll(() => valuesOf(client, to)).toEqual(['a', 'b'])
    stop.abort('SIGINT')
    expect((await endless).data).toMatchObject({ records: 2, transactions: 1 })
  })
})

describe('with a command', () => {
  test('it gets the values as lines, and its lines are written', async () => {
    const from = await newTopic(['a', null, 'c'])
    const to = await newTopic()
    const { data } = await pipe(from, to, ['--', 'sh', '-c', 'cat -n; echo end; printf "no line feed"'])
    expect((await valuesOf(client, to)).map((value) => value!.trim())).toEqual([
      '1\ta',
      '2',
      '3\tc',
      'end',
      'no line feed',
    ])
    expect(data).toMatchObject({ records: 3, written: 5, transactions: 1 })
    expect((await recordsOf(to))[0]).toMatchObject({ key: null })
  })

  test('each batch has a command of its own, which need not read or write anything', async () => {
    const from = await newTopic(['a', 'b', 'c'])
    const to = await newTopic()
    await pipe(from, to, ['--batch-size', '1', '--', 'sh', '-c', 'echo started'])
    expect(await valuesOf(client, to)).toEqual(['started', 'started', 'started'])
    const silent = await newTopic(['a', 'b', 'c'])
    expect((await pipe(silent, to, ['--', 'true'])).data).toMatchObject({ records: 3, written: 0, transactions: 1 })
  })

  test('--keep-key gives each line the key, the headers and the moment of its record', async () => {
    const from = await newTopic(['a', 'b'])
    const to = await newTopic()
    await pipe(from, to, ['--keep-key', '--', 'tr', 'a-z', 'A-Z'])
    expect(await recordsOf(to)).toMatchObject([
      { key: 'k0', value: 'A', timestamp: 1000 },
      { key: 'k1', value: 'B', timestamp: 1001 },
    ])
  })

  test.each([
    ['--keep-key', 'head -n 1', 1, '--keep-key: the command has printed 1 lines for 3 records'],
    ['--keep-key', 'cat; echo more', 1, '--keep-key: the command has printed more lines than the 3 records'],
    ['--progress', 'echo half; exit 7', 7, 'the command "sh" ended with exit code 7'],
    ['--progress', 'echo half; kill -9 $$', 137, 'the command "sh" was ended by SIGKILL'],
  ])('%s with "%s" writes nothing and ends the pipe', async (option, script, code, message) => {
    const from = await newTopic(['a', 'b', 'c'])
    const to = await newTopic()
    const { exitCode, stderr, data } = await pipe(from, to, [option, '--', 'sh', '-c', script])
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(message)])
    expect(data).toMatchObject({ records: 0, written: 0, transactions: 0 })
    expect(await valuesOf(client, to)).toEqual([])
    expect(await committed(from)).toBe(-1n)
    // The next one has them all, and nothing of what was aborted.
    await pipe(from, to)
    expect(await valuesOf(client, to)).toEqual(['a', 'b', 'c'])
  })

  test('what it says on stderr is shown; one that is not there is named', async () => {
    const from = await newTopic(['a'])
    const to = await newTopic()
    expect((await pipe(from, to, ['--', 'sh', '-c', 'echo careful >&2'])).stderr).toContain('careful\n')
    await write(from, [{ timestamp: 1n, key: null, value: Buffer.from('b') }])
    expect(await pipe(from, to, ['--', 'no-such-program'])).toMatchObject({
      exitCode: 127,
      stderr: expect.stringContaining('"no-such-program" cannot be started'),
    })
  })
})

test('a pipe of the same name shuts the earlier one out, which says so', async () => {
  const from = await newTopic(['a'])
  const to = await newTopic()
  const first = runCommand(pipeCommand, argsOf(from, to)).catch((error: unknown) => error)
  await expect.poll(() => valuesOf(client, to)).toEqual(['a'])
  const stop = new AbortController()
  const second = runCommand(pipeCommand, argsOf(from, to), { signal: stop.signal })
  expect(await first).toMatchObject({
    code: 'FENCED_INSTANCE_ID',
    message: expect.stringContaining('another member has taken over'),
  })
  stop.abort('SIGTERM')
  expect((await second).exitCode).toBe(0)
  expect(await valuesOf(client, to)).toEqual(['a'])
})

test.each([
  ['classic', 'heartbeat.interval.ms=50'],
  ['consumer', 'group.protocol=consumer'],
])(
  'two pipes of a group of the %s protocol share the partitions, and nothing is lost or doubled when one comes and goes',
  async (_, property) => {
    const from = await newTopic([], 4)
    const to = await newTopic([], 4)
    const values = Array.from({ length: 400 }, (_, index) => `value ${index}`)
    for (let index = 0; index < 4; index += 1) {
      await client.send(
        Produce,
        {
          acks: -1,
          timeoutMs: 1000,
          topicData: [
            {
              name: from,
              partitionData: [
                {
                  index,
                  records: buildBatch(
                    values
                      .slice(index * 100, index * 100 + 100)
                      .map((value) => ({ timestamp: 1n, key: null, value: Buffer.from(value) })),
                  ),
                },
              ],
            },
          ],
        },
        { maxVersion: 12 },
      )
    }
    const stop = new AbortController()
    const one = runCommand(pipeCommand, [...argsOf(from, to, 'one', property), '--batch-size', '7'], {
      signal: stop.signal,
    })
    const two = runCommand(pipeCommand, [...argsOf(from, to, 'two', property), '--batch-size', '7', '-c', '50'], {
      signal: stop.signal,
    })
    await expect.poll(async () => (await valuesOf(client, to)).length, { timeout: 15_000 }).toBe(400)
    stop.abort('SIGINT')
    await Promise.all([one, two])
    expect((await valuesOf(client, to)).sort()).toEqual([...values].sort())
  },
)

test.each([
  ['a b', { from: 'a', to: 'b', command: [] }],
  ['a b -- tr a-z A-Z', { from: 'a', to: 'b', command: ['tr', 'a-z', 'A-Z'] }],
  ['a b tr a-z', { from: 'a', to: 'b', command: ['tr', 'a-z'] }],
  ['a --to b -- cat', { from: 'a', to: 'b', command: ['cat'] }],
  ['--from a --to b -- tr a-z A-Z', { from: 'a', to: 'b', command: ['tr', 'a-z', 'A-Z'] }],
  ['--from a --to b tr a-z', { from: 'a', to: 'b', command: ['tr', 'a-z'] }],
  ['a -- cat', { from: 'a', to: undefined, command: ['cat'] }],
])('kts pipe %s: topics and command by word', (line, route) => {
  const args = line.split(' ')
  const { values, words } = parseArguments(pipeCommand, 'kts', args)
  expect(routeOf({ values, words, context: createContext({ args }).context } as never)).toEqual(route)
})

test.each<[string[], string]>([
  [['--to', 'b', '-g', 'g', '--transactional-id', 't'], '--from is missing'],
  [['--from', 'a', '--to', 'b', '-g', 'g'], '--transactional-id is missing'],
  [['--from', 'a', '--to', 'a', '-g', 'g', '--transactional-id', 't'], 'never come to an end'],
  [['--from', 'a', '--to', 'b', '-g', 'g', '--transactional-id', 't', '--keep-key'], '--keep-key needs a command'],
  [
    ['--from', 'a', '--to', 'b', '-g', 'g', '--transactional-id', 't', '--batch-size', '0'],
    '--batch-size must be 1 or more',
  ],
  [
    [
      '--from',
      'a',
      '--to',
      'b',
      '-g',
      'g',
      '--transactional-id',
      't',
      '--command-property',
      'isolation.level=read_uncommitted',
    ],
    'isolation.level is always read_committed',
  ],
])('%o is refused', async (args, message) => {
  const outcome = runCommand(pipeCommand, ['-b', broker.bootstrapServers, ...args])
  await expect(outcome).rejects.toThrow(UserError)
  await expect(outcome).rejects.toThrow(message)
})
