import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transactions } from '../../../src/commands/transactions/index.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { parseProducerSettings, Producer, type Transactions } from '../../../src/lib/client/producer/index.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { DescribeProducers } from '../../../src/lib/protocol/apis/describe-producers.ts'
import { DescribeTransactions } from '../../../src/lib/protocol/apis/describe-transactions.ts'
import { FindCoordinator } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { ListTransactions } from '../../../src/lib/protocol/apis/list-transactions.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { WriteTxnMarkers } from '../../../src/lib/protocol/apis/write-txn-markers.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import apacheOptions from '../../conformance/options.json' with { type: 'json' }
import { valuesOf } from '../../support/committed-values.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { runCommand, type Outcome, readValues } from '../../support/run-command.ts'

type Style = 'kts' | 'drop-in'
let server: string

const run = (style: Style, line: string, options: Parameters<typeof runCommand>[2] = {}): Promise<Outcome> =>
  runCommand(transactions as unknown as Command, ['--bootstrap-server', server, ...line.split(' ').filter(Boolean)], {
    style,
    ...options,
  })

describe('against the bundled broker', () => {
  let broker: RunningBroker
  let client: KafkaClient

  beforeAll(async () => {
    broker = await startBroker()
    client = await connectClient({
      bootstrapServers: [broker.bootstrapServers],
      clientId: 'test',
      properties: new Map(),
    })
  })
  beforeEach(() => void (server = broker.bootstrapServers))
  afterAll(async () => {
    await client.close()
    await broker.stop()
  })

  /** A producer that has a transaction open in its topic of the same name. */
  async function openTransaction(
    id: string,
  ): Promise<{ transactions: Transactions; send: (value: string) => Promise<void> }> {
    const { settings } = parseProducerSettings(new Map([['transactional.id', id]]))
    const producer = new Producer(client, settings, { onFailure: () => {} })
    const writer = await producer.topic(id)
    const send = async (value: string): Promise<void> => {
      writer.append(Date.now(), null, 0, 0, Buffer.from(value), 0, value.length, null, 0)
      await producer.flush()
    }
    await producer.transactions!.begin()
    return { transactions: producer.transactions!, send }
  }

  it('lists ids with their states, all or some', async () => {
    const one = await openTransaction('listed-one')
    await one.send('open')
    const two = await openTransaction('listed-two')
    await two.send('done')
    await two.transactions.commit()
    const { text } = await run('drop-in', 'list --transactional-id-pattern listed-.*')
    expect(text).toMatch(
      /^TransactionalId\tCoordinator\tProducerId\tTransactionState\t\nlisted-two {5}\t\d+ *\t\d+ *\tComplete(Commit)? *\t\nlisted-one {5}\t\d+ *\t\d+ *\tOngoing *\t\n$/,
    )
    expect((await run('kts', '--duration-filter 3600000')).data).toEqual([])
    expect((await run('kts', 'list --duration-filter -1')).data).toEqual((await run('kts', '')).data)
    await expect(run('kts', 'list --transactional-id-pattern [')).rejects.toThrow(/INVALID_REGULAR_EXPRESSION/)
    await one.transactions.abort()
  })

  it('describes an id', async () => {
    const { transactions: open, send } = await openTransaction('described')
    await send('open')
    const clock = new FakeClock()
    const { text, data, table } = await run('drop-in', 'describe --transactional-id described', { clock })
    const { startMs } = data as { startMs: number }
    expect(text.split('\n')[0]).toBe(
      'CoordinatorId\tTransactionalId\tProducerId\tProducerEpoch\tTransactionState\tTransactionTimeoutMs\tCurrentTransactionStartTimeMs\tTransactionDurationMs\tTopicPartitions\t',
    )
    expect(
      text
        .split('\n')[1]!
        .split('\t')
        .map((cell) => cell.trim())
        .slice(4),
    ).toEqual(['Ongoing', '60000', `${startMs}`, `${clock.now() - startMs}`, 'described-0', ''])
    expect(table).toContain('described-0')
    await open.abort()
    expect((await run('kts', 'describe --transactional-id described')).data).toMatchObject({
      state: 'CompleteAbort',
      partitions: [],
    })
    await expect(run('kts', 'describe --transactional-id nobody')).rejects.toThrow(
      'Cannot describe the transactional id "nobody": There is no such transactional id (TRANSACTIONAL_ID_NOT_FOUND)',
    )
  })

  it('describes the producers of a partition, through its leader or a replica', async () => {
    const { transactions: open, send } = await openTransaction('produced')
    await send('open')
    for (const broker of ['', ` --broker-id ${client.nodes()[0]!.nodeId}`]) {
      const { text } = await run('drop-in', `describe-producers --topic produced --partition 0${broker}`)
      expect(text).toMatch(
        /^ProducerId\tProducerEpoch\tLatestCoordinatorEpoch\tLastSequence\tLastTimestamp\tCurrentTransactionStartOffset\t\n\d+ *\t0 *\t-1 *\t0 *\t\d{13}\t0 *\t\n$/,
      )
    }
    await open.commit()
    expect((await run('kts', 'describe-producers -t produced -p 0')).table).toMatch(/ -\n$/)
    await expect(run('kts', 'describe-producers -t produced -p 7')).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
    })
  })

  it('ends a transaction in its partition, whoever coordinates it', async () => {
    const { send } = await openTransaction('aborted')
    await send('open')
    await expect(run('kts', 'abort -t aborted -p 0 --start-offset 3')).rejects.toThrow(
      'No open transaction begins at offset 3 of aborted-0',
    )
    expect((await run('kts', 'describe-producers -t aborted -p 0')).data).toMatchObject([{ transactionStart: 0n }])
    expect((await run('drop-in', 'abort --topic aborted --partition 0 --start-offset 0')).text).toBe('')
    expect((await run('kts', 'describe-producers -t aborted -p 0')).data).toMatchObject([{ transactionStart: null }])
  })

  it.each<[Style, string]>([
    ['drop-in', 'forceTerminateTransaction --transactionalId'],
    ['kts', 'force-terminate-transaction --transactional-id'],
  ])('under %s: %s aborts and shuts out', async (style, words) => {
    const id = `forced-${style}`
    const { transactions: open, send } = await openTransaction(id)
    await send('open')
    expect((await run(style, `${words} ${id}`)).text).toBe('')
    expect(await valuesOf(client, id)).toEqual([])
    await send('late')
    await expect(open.commit()).rejects.toThrow('another producer with this id has taken over')
    await expect(run('kts', 'force-terminate-transaction --transactional-id nobody')).rejects.toMatchObject({
      code: 'TRANSACTIONAL_ID_NOT_FOUND',
    })
  })

  it('finds nothing that hangs where nothing does', async () => {
    const { transactions: open, send } = await openTransaction('healthy')
    await send('open')
    const header =
      'Topic\tPartition\tProducerId\tProducerEpoch\tCoordinatorEpoch\tStartOffset\tLastTimestamp\tDuration(min)\t\n'
    for (const where of ['--topic healthy', `--broker-id ${client.nodes()[0]!.nodeId}`]) {
      expect((await run('drop-in', `find-hanging ${where} --max-transaction-timeout -1`)).text).toBe(header)
    }
    await open.commit()
    await expect(run('kts', 'find-hanging -t no-such-topic')).rejects.toThrow(KafkaError)
  })
})

describe('what hangs', () => {
  const clock = new FakeClock()
  const minutesAgo = (minutes: number): bigint => BigInt(clock.now() - minutes * 60_000)
  let fake: FakeBroker

  beforeEach(async () => {
    fake = await FakeBroker.start()
    server = fake.address
    const partition = (partitionIndex: number, replicaNodes: number[]) => ({
      partitionIndex,
      leaderId: 1,
      replicaNodes,
      isrNodes: [1],
    })
    fake.on(Metadata, ({ topics }) =>
      fake.metadata(topics?.length === 0 ? [] : [{ name: 't', partitions: [partition(0, [1]), partition(1, [2])] }]),
    )
    const producer = (producerId: bigint, age: number, currentTxnStartOffset: bigint) => ({
      producerId,
      producerEpoch: 3,
      lastSequence: 1,
      lastTimestamp: minutesAgo(age),
      coordinatorEpoch: 2,
      currentTxnStartOffset,
    })
    fake.on(DescribeProducers, ({ topics }) => ({
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          activeProducers:
            partitionIndex === 1
              ? []
              : [
                  producer(1n, 20, 100n),
                  producer(2n, 20, 200n),
                  producer(3n, 20, 300n),
                  producer(4n, 20, -1n),
                  producer(5n, 10, 500n),
                  producer(6n, 20, 600n),
                ],
        })),
      })),
    }))
    // 1 is known and writes to the partition, 2 writes to another, 3 is not known, 6 has been forgotten meanwhile.
    fake.on(ListTransactions, () => ({
      transactionStates: [
        ['one', 1n],
        ['two', 2n],
        ['six', 6n],
      ].map(([transactionalId, producerId]) => ({
        transactionalId: transactionalId as string,
        producerId: producerId as bigint,
        transactionState: 'Ongoing',
      })),
    }))
    fake.on(FindCoordinator, ({ coordinatorKeys }) => ({
      coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 1, host: '127.0.0.1', port: fake.port })),
    }))
    fake.on(DescribeTransactions, ({ transactionalIds }) => ({
      transactionStates: transactionalIds.map((transactionalId) => ({
        transactionalId,
        errorCode: transactionalId === 'six' ? ERRORS.TRANSACTIONAL_ID_NOT_FOUND : 0,
        transactionState: 'Ongoing',
        topics: [{ topic: 't', partitions: [transactionalId === 'one' ? 0 : 1] }],
      })),
    }))
  })
  afterEach(() => fake.stop())

  it('is what no coordinator will end', async () => {
    const { text, data } = await run('drop-in', 'find-hanging --topic t', { clock })
    expect((data as { producerId: bigint }[]).map(({ producerId }) => producerId)).toEqual([2n, 3n, 6n])
    expect(text.split('\n')[1]).toBe(
      `t    \t0        \t2         \t3            \t2               \t200        \t${minutesAgo(20)}\t20           \t`,
    )
    expect(fake.requests(ListTransactions)[0]!.request).toMatchObject({ producerIdFilters: [1n, 2n, 3n, 6n] })
  })

  it('is looked for in one partition, in those of a broker, or among older transactions', async () => {
    expect((await run('kts', 'find-hanging --broker-id 1', { clock })).data).toHaveLength(3)
    expect(fake.requests(DescribeProducers)[0]!.request).toEqual({ topics: [{ name: 't', partitionIndexes: [0] }] })
    expect((await run('kts', 'find-hanging -t t -p 1', { clock })).data).toEqual([])
    expect((await run('kts', 'find-hanging -t t --max-transaction-timeout 30', { clock })).table).toBe(
      'No transaction hangs.\n',
    )
    expect((await run('kts', 'find-hanging -t t --max-transaction-timeout 5', { clock })).data).toHaveLength(4)
  })

  it('is ended as it was found, or as older brokers want it to be named', async () => {
    fake.on(WriteTxnMarkers, ({ markers }) => ({
      markers: markers.map(({ producerId, topics }) => ({
        producerId,
        topics: topics.map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            errorCode: producerId === 9n ? ERRORS.INVALID_PRODUCER_EPOCH : 0,
          })),
        })),
      })),
    }))
    await run('kts', 'abort -t t -p 0 --start-offset 300')
    await run('drop-in', 'abort --topic t --partition 0 --producer-id 8 --producer-epoch 1 --coordinator-epoch -1')
    const marker = { transactionResult: false, topics: [{ name: 't', partitionIndexes: [0] }] }
    expect(fake.requests(WriteTxnMarkers).map(({ request }) => (request.markers as unknown[])[0])).toMatchObject([
      { ...marker, producerId: 3n, producerEpoch: 3, coordinatorEpoch: 2 },
      { ...marker, producerId: 8n, producerEpoch: 1, coordinatorEpoch: 0 },
    ])
    await expect(
      run('kts', 'abort -t t -p 0 --producer-id 9 --producer-epoch 1 --coordinator-epoch 1'),
    ).rejects.toThrow('Cannot abort the transaction of producer 9 in t-0: INVALID_PRODUCER_EPOCH')
  })

  it('needs brokers that know the filters', async () => {
    const old = await FakeBroker.start({ versions: { ListTransactions: [0, 0] } })
    server = old.address
    await expect(run('kts', 'list --duration-filter 5')).rejects.toThrow('cannot choose transactions by duration')
    await expect(run('kts', 'list --transactional-id-pattern a')).rejects.toThrow(
      'cannot choose transactions by pattern',
    )
    await old.stop()
  })
})

describe('the options', () => {
  const SOUND: Record<string, string> = {
    '--transactional-id': 'a',
    '--transactionalId': 'a',
    '--topic': 't',
    '--partition': '0',
    '--start-offset': '1',
    '--producer-id': '1',
    '--producer-epoch': '1',
    '--coordinator-epoch': '1',
    '--duration-filter': '1',
    '--transactional-id-pattern': 'a',
    '--broker-id': '1',
    '--max-transaction-timeout': '1',
  }
  const { commands } = apacheOptions.tools['kafka-transactions'] as unknown as {
    commands: Record<string, { name: string; argument: string }[]>
  }
  function check(style: Style, line: string): void {
    readValues(transactions, line.split(' ').filter(Boolean), style)
  }

  it.each(Object.keys(commands))('of "%s" are those of Apache\'s tool', (command) => {
    const options = commands[command]!.filter(({ name }) => !['-h', '--help'].includes(name))
    expect(options.length).toBeGreaterThan(0)
    expect(() =>
      check('drop-in', `${command} ${options.map(({ name }) => `${name} ${SOUND[name]}`).join(' ')}`),
    ).not.toThrow()
  })

  it.each<[Style, string, RegExp]>([
    ['drop-in', '', /say what to do/],
    ['kts', 'show', /"show" is none of list/],
    ['kts', 'list -t t', /--topic goes with describe-producers or abort or find-hanging, not with list/],
    ['kts', 'describe', /describe needs ID: the name of the producer/],
    ['kts', 'describe-producers -t t', /--partition is missing/],
    ['kts', 'abort -t t -p 0', /abort needs --start-offset/],
    ['kts', 'abort -t t -p 0 --producer-id 1', /--producer-id needs --producer-epoch/],
    ['kts', 'abort -t t -p 0 --producer-id 1 --producer-epoch 1', /--producer-id needs --coordinator-epoch/],
    ['kts', 'find-hanging -p 0', /find-hanging needs --topic or --broker-id/],
    ['kts', 'find-hanging -p 0 --broker-id 1', /--partition needs --topic/],
    ['kts', 'describe a --transactional-id a', /"a" and --transactional-id say the same/],
    ['kts', 'list a', /unexpected argument "a"/],
    ['drop-in', 'terminate --transactional-id a', /"terminate" is none of list/],
  ])('under %s "%s" is refused', (style, line, message) => {
    expect(() => check(style, line)).toThrow(UserError)
    expect(() => check(style, line)).toThrow(message)
  })

  it('stand as words after the verbs of kts', () => {
    const values = (line: string): Readonly<Record<string, unknown>> => readValues(transactions, line.split(' '))
    expect(values('describe loader')).toMatchObject({ transactionalId: 'loader' })
    expect(values('abort retail -p 0 --start-offset 5')).toMatchObject({ topic: 'retail', partition: 0 })
    expect(values('find-hanging retail')).toMatchObject({ topic: 'retail' })
    expect(values('terminate loader')).toEqual(values('force-terminate-transaction --transactional-id loader'))
  })
})
