import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import { parseProducerSettings, Producer } from '../../../src/lib/client/producer/index.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { readBuffers } from '../../../src/lib/protocol/read-buffers.ts'
import type { RecordInput } from '../../../src/lib/protocol/records/index.ts'
import { Voice } from '../../../src/lib/output/voice.ts'
import { createContext } from '../../support/context.ts'
import { shareBroker } from '../../support/shared-broker.ts'
import { FakeCluster } from '../../lib/client/consumer/fake-cluster.ts'
import { readLast } from '../../../src/lib/browse/read-last.ts'
import { consumerSettings, topicsNamed } from '../../../src/lib/client/consumer/index.ts'
import { startCommand } from '../../support/run-command.ts'

const broker = shareBroker()
const newTopic = (numPartitions: number): Promise<string> => broker.newTopic({ numPartitions })

async function read(...args: string[]): Promise<string[]> {
  const { context, stdout } = createContext()
  expect(await startCommand(consume, ['-b', broker.bootstrapServers, ...args], context)).toBe(0)
  return stdout().split('\n').slice(0, -1)
}

const numbered = (count: number, timestamp = 1000n): RecordInput[] =>
  Array.from({ length: count }, (_, index) => ({
    timestamp: timestamp + BigInt(index),
    key: Buffer.from(`k${index}`),
    value: Buffer.from(`v${index}`),
  }))

describe('kts consume --last', () => {
  it('prints the newest of all partitions, the oldest first, however the records lie', async () => {
    const record = fc.record({ partition: fc.nat(2), gapMs: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 60 }), fc.integer({ min: 1, max: 70 }), async (records, count) => {
        const topic = await newTopic(3)
        let timestamp = 1000n
        const written = records.map(({ partition, gapMs }, index) => ({
          partition,
          timestamp: (timestamp += BigInt(gapMs)),
          key: null,
          value: Buffer.from(`${index}`),
        }))
        for (const partition of [0, 1, 2]) {
          const ofPartition = written.filter((of) => of.partition === partition)
          if (ofPartition.length > 0) await broker.write(topic, partition, ofPartition)
        }
        // Of records of the same moment those of the higher partition count as newer.
        const expected = [...written]
          .sort((a, b) => Number(a.timestamp - b.timestamp) || a.partition - b.partition)
          .slice(-count)
        expect(await read('-t', topic, '--last', String(count))).toEqual(expected.map(({ value }) => value.toString()))
      }),
      { numRuns: 20 },
    )
  })

  it('prints the same as reading it all does: keys, headers, nulls, offsets', async () => {
    const topic = await newTopic(1)
    const headers = Array.from({ length: 70 }, (_, index) => ({
      key: `h${index}`,
      value: index % 2 ? null : Buffer.from([255, index]),
    }))
    await broker.write(topic, 0, [
      ...numbered(3),
      { timestamp: 2000n, key: null, value: null, headers },
      { timestamp: 1n, key: Buffer.from([255]), value: Buffer.alloc(0), headers: headers.slice(0, 2) },
    ])
    expect(await read('-t', topic, '--last', '4', '--json')).toEqual(
      (await read('-t', topic, '--to-end', '--json')).slice(1),
    )
  })

  it('finds the newest that fit, in some partitions, of several topics', async () => {
    const [a, b] = [await newTopic(2), await newTopic(1)]
    await broker.write(a, 0, numbered(500))
    await broker.write(a, 1, numbered(5, 5000n))
    await broker.write(b, 0, numbered(3, 1499n))
    expect(await read('-t', a, '--last', '2', '--grep', '^v1.$')).toEqual(['v18', 'v19'])
    expect(await read('-t', a, '-p', '0', '--last', '1')).toEqual(['v499'])
    expect(await read('--include', `${a}|${b}`, '--last', '7')).toEqual(['v1', 'v2', 'v0', 'v1', 'v2', 'v3', 'v4'])
    expect(await read('-t', a, '--last', '3', '--grep', 'none fits')).toEqual([])
  })

  it('leaves out what was rolled back, and counts no marker', async () => {
    const topic = await newTopic(1)
    await broker.write(topic, 0, numbered(3))
    const { settings } = parseProducerSettings(new Map([['transactional.id', topic]]))
    const producer = new Producer(broker.client, settings, { onFailure: () => {} })
    const writer = await producer.topic(topic)
    const send = (value: string): boolean =>
      writer.append(3000, null, 0, 0, Buffer.from(value), 0, value.length, null, 1)
    for (const [value, isCommitted] of [
      ['yes', true],
      ['no', false],
      ['nor this', false],
    ] as const) {
      await producer.transactions!.begin()
      send(value)
      await producer.flush()
      if (isCommitted) await producer.transactions!.commit()
      else await producer.transactions!.abort()
    }
    producer.close()
    expect(await read('-t', topic, '--last', '2', '--isolation-level', 'read_committed')).toEqual(['v2', 'yes'])
    expect(await read('-t', topic, '--last', '3')).toEqual(['yes', 'no', 'nor this'])
  })

  it('names a topic that is not there, and ends at once with an empty one', async () => {
    await expect(read('-t', 'no-such-topic', '--last', '1')).rejects.toThrow('Topic "no-such-topic" does not exist')
    expect(await read('-t', await newTopic(3), '--last', '5')).toEqual([])
  })
})

describe('reading backwards', () => {
  const settings = consumerSettings(new Map([['auto.offset.reset', 'earliest']]))

  async function lastOf(cluster: FakeCluster, count: number): Promise<string[]> {
    const { context } = createContext({ clock: cluster.clock })
    const records = await readLast(
      { client: cluster, voice: new Voice(context), settings, context },
      { subscription: topicsNamed(['t']), partitions: undefined, count, filter: undefined },
    )
    return records.map(({ place: { body, valueStart, valueLength } }) =>
      body.toString('utf8', valueStart, valueStart + valueLength),
    )
  }

  it('goes over gaps that compaction has left, and no further than it has to', async () => {
    const cluster = new FakeCluster().addTopic('t')
    for (let batch = 0; batch < 50; batch += 1)
      cluster.append('t', 0, [`${batch}`], { baseOffset: BigInt(batch * 1000) })
    expect(await lastOf(cluster, 3)).toEqual(['47', '48', '49'])
    const lowest = cluster
      .requests(Fetch)
      .flatMap(({ topics: [topic] }) => topic!.partitions.map(({ fetchOffset }) => Number(fetchOffset)))
      .reduce((a, b) => Math.min(a, b))
    expect(lowest).toBeGreaterThan(40_000)
    expect(await lastOf(cluster, 500)).toHaveLength(50)
  })

  it('gives the memory of each answer back for the next, and keeps what it has found in its own', async () => {
    const givenBack = vi.spyOn(readBuffers, 'giveBack').mockImplementation((records) => void records.fill(0))
    const cluster = new FakeCluster().addTopic('t')
    for (let batch = 0; batch < 50; batch += 1) cluster.append('t', 0, [`${batch}`])
    expect(await lastOf(cluster, 3)).toEqual(['47', '48', '49'])
    expect(givenBack).toHaveBeenCalled()
    givenBack.mockRestore()
  })
})
