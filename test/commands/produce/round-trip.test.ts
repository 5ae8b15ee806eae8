import fc from 'fast-check'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import { pipeCommand } from '../../../src/commands/pipe/index.ts'
import { produceCommand } from '../../../src/commands/produce/index.ts'
import { createContext } from '../../support/context.ts'
import { shareBroker } from '../../support/shared-broker.ts'
import { runCommand, type Outcome, startCommand } from '../../support/run-command.ts'
import { storedRecords } from '../../support/stored-records.ts'

const PARTITIONS = 3
const ANY_TIME = [{ name: 'message.timestamp.after.max.ms', value: '9223372036854775807' }]

const broker = shareBroker()
const newTopic = (numPartitions = PARTITIONS): Promise<string> => broker.newTopic({ numPartitions, configs: ANY_TIME })

async function consumeJson(topic: string): Promise<string> {
  const { context, stdout } = createContext()
  const args = ['-b', broker.bootstrapServers, '-t', topic, '--to-end', '--json']
  expect(await startCommand(consume, args, context)).toBe(0)
  return stdout()
}

const produceJson = (input: string, ...args: string[]): Promise<Outcome> =>
  runCommand(produceCommand, ['-b', broker.bootstrapServers, '--json', ...args], {
    stdin: Readable.from([Buffer.from(input)]),
  })

const bytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  )
  .map((array) => Buffer.from(array))
const bytesOrNull = fc.option(bytes)
const record = fc.record({
  partition: fc.nat(PARTITIONS - 1),
  timestamp: fc.oneof(
    fc.bigInt({ min: 1_500_000_000_000n, max: 1_600_000_000_000n }),
    fc.constantFrom(-1n, -2n, -1000n, 0n, 253_402_300_799_999n),
  ),
  key: bytesOrNull,
  value: bytesOrNull,
  headers: fc.array(
    fc.record({
      key: fc.oneof(
        fc.constantFrom('h', '', 'trace').map((key) => Buffer.from(key)),
        bytes,
      ),
      value: bytesOrNull,
    }),
    { maxLength: 4 },
  ),
})

test('what kts consume --json prints comes back the same, byte by byte and in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      async (records, isTransactional) => {
        const [from, to] = [await newTopic(), await newTopic()]
        for (let index = 0; index < PARTITIONS; index += 1) {
          const ofPartition = records.filter(({ partition }) => partition === index)
          if (ofPartition.length > 0) await broker.write(from, index, ofPartition)
        }
        const options = isTransactional ? ['--transactional-id', to, '--transaction-size', '7'] : []
        const { data, stderr, exitCode } = await produceJson(await consumeJson(from), '-t', to, ...options)
        expect({ data, stderr, exitCode }).toMatchObject({
          data: { lines: records.length, sent: records.length, failed: 0 },
          stderr: '',
          exitCode: 0,
        })
        expect(await storedRecords(broker.client, to)).toEqual(await storedRecords(broker.client, from))
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)

/** Brokers take times that no clock of ours will show; this one up to a little more than 2^53. */
const oddTime = fc.oneof(
  fc.bigInt({ min: -9_000_000_000_000_000n, max: 2n ** 53n + 1_000_000_000_000n }),
  fc.bigInt({ min: -3000n, max: 3000n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n),
)

test('odd times come back, through documents and through kts pipe', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(oddTime, { minLength: 1, maxLength: 20 }), async (times) => {
      const [from, to, piped] = [await newTopic(1), await newTopic(1), await newTopic(1)]
      for (const timestamp of times)
        await broker.write(from, 0, [{ timestamp, key: null, value: Buffer.from(String(timestamp)) }])
      const { data, stderr } = await produceJson(await consumeJson(from), '-t', to)
      expect({ data, stderr }).toMatchObject({ data: { sent: times.length, failed: 0 }, stderr: '' })
      await runCommand(pipeCommand, [
        '-b',
        broker.bootstrapServers,
        '--from',
        from,
        '--to',
        piped,
        '-g',
        from,
        '--transactional-id',
        from,
        '-c',
        String(times.length),
      ])
      const written = await storedRecords(broker.client, from)
      expect(written[0]!.map(({ timestamp }) => BigInt(timestamp))).toEqual(times)
      expect(await storedRecords(broker.client, to)).toEqual(written)
      expect(await storedRecords(broker.client, piped)).toEqual(written)
    }),
    { numRuns: 3 },
  )
})

test('a dump of several topics finds each of them', async () => {
  const [a, b] = [await newTopic(1), await newTopic(1)]
  await produceJson(`{"topic":"${a}","value":"1"}\n{"topic":"${b}","value":"2"}\n{"topic":"${a}","value":"3"}`)
  const values = async (topic: string): Promise<unknown> =>
    (await storedRecords(broker.client, topic))[0]!.map(({ value }) => Buffer.from(value!, 'hex').toString())
  expect([await values(a), await values(b)]).toEqual([['1', '3'], ['2']])
})

test('a topic with fewer partitions takes what has its partition ignored, each key in one of them', async () => {
  const [from, to] = [await newTopic(), await newTopic(2)]
  for (const partition of [0, 1, 2])
    await broker.write(from, partition, [
      {
        timestamp: 5n,
        key: Buffer.from(`k${partition}`),
        value: Buffer.from('v'),
        headers: [{ key: 'h', value: null }],
      },
    ])
  const dump = await consumeJson(from)
  const refused = await produceJson(dump, '-t', to)
  expect(refused).toMatchObject({
    data: { sent: 2, failed: 1 },
    exitCode: 1,
    stderr: expect.stringMatching(
      /^kts test: line \d was not sent: topic \S+ has no partition 2, only 0 to 1 \(UNKNOWN_TOPIC_OR_PARTITION\)/,
    ),
  })
  const again = await newTopic(2)
  expect(
    await produceJson(dump, '-t', again, '--ignore', 'partition', '--ignore', 'timestamp', '--ignore', 'headers'),
  ).toMatchObject({ data: { sent: 3 }, exitCode: 0 })
  const logs = await storedRecords(broker.client, again)
  expect(
    logs
      .flat()
      .map(({ key }) => Buffer.from(key!, 'hex').toString())
      .sort(),
  ).toEqual(['k0', 'k1', 'k2'])
  expect(logs.flat().every(({ timestamp, headers }) => timestamp > 1000 && headers.length === 0)).toBe(true)
})

test.each([
  [['-t', 't', '--ignore', 'partition'], '--ignore needs --json'],
  [['--json', '--ignore', 'key', '-t', 't'], '--ignore is one of partition, timestamp and headers, not "key"'],
  [[], 'name the topic to send to: kts produce TOPIC'],
  [['--json', '-t', ''], '--topic is empty'],
  [['--json', '--reader-property', 'parse.key=true'], '--json and --reader-property contradict each other'],
  [['--json', '--line-reader', 'a.B'], '--json and --line-reader contradict each other'],
])('%o is refused', async (args, reason) => {
  await expect(runCommand(produceCommand, ['-b', broker.bootstrapServers, ...args])).rejects.toThrow(reason)
})

test('a line that is no document aborts the transaction that it stands in', async () => {
  const to = await newTopic(1)
  const { stderr, exitCode, data } = await produceJson(
    '{"value":"1"}\n{"value":"2"}\nnot this\n{"value":"4"}\n',
    '-t',
    to,
    '--transactional-id',
    to,
    '--transaction-size',
    '2',
  )
  expect(stderr).toMatch(
    /^kts test: line 3 was not sent: INVALID_RECORD: no JSON: .*\nkts test: the transaction of lines 3 to \d was aborted: .*\n$/,
  )
  expect([exitCode, data]).toMatchObject([1, { sent: 2, transactions: 1 }])
})

test('a word is the topic; --value sends records with one key and the same headers', async () => {
  const topic = await newTopic(1)
  const { data, table, exitCode } = await runCommand(produceCommand, [
    topic,
    '-b',
    broker.bootstrapServers,
    ...['-k', '17', '-H', 'source=web', '--value', 'shipped', '--value', ''],
  ])
  const records = (await consumeJson(topic))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  const headers = [{ key: 'source', value: 'web' }]
  expect(records).toMatchObject([
    { key: '17', value: 'shipped', headers },
    { key: '17', value: '', headers },
  ])
  expect([data, table, exitCode]).toMatchObject([
    { lines: 2, sent: 2 },
    expect.stringMatching(/^2 records sent to /),
    0,
  ])
})
