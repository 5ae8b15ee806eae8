import { describe, expect, it } from 'vitest'
import { type Fault, MemoryDisk, PowerCutError, type Survivors } from '../../../../src/lib/broker/log/index.ts'
import { DeleteRecords } from '../../../../src/lib/protocol/apis/delete-records.ts'
import { DeleteTopics } from '../../../../src/lib/protocol/apis/delete-topics.ts'
import { OffsetCommit } from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { coin, readAll, recordsIn, settle } from '../log/support.ts'

const PROPERTIES = {
  'offsets.topic.num.partitions': '1',
  'log.cleaner.backoff.ms': '100',
  'log.retention.check.interval.ms': '100',
  'log.segment.bytes': '1048576',
}
const TOPICS: Readonly<Record<string, Record<string, string>>> = {
  plain: {},
  flushed: { 'flush.messages': '1' },
  compacted: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0', 'file.delete.delay.ms': '10' },
  short: { 'retention.bytes': '1000000', 'file.delete.delay.ms': '10' },
}
const LARGE = 'x'.repeat(400_000)

/** What a client knows: what was acknowledged, and what it was waiting for when the broker died. */
class Client {
  readonly disk = new MemoryDisk()
  readonly clock = new FakeClock()
  /** Values by topic and offset. */
  readonly acknowledged = new Map<string, Map<bigint, string>>()
  readonly deletedBelow = new Map<string, bigint>()
  /** Values that were refused: those of a batch that was written but could not be flushed may be there all the same. */
  readonly refused = new Set<string>()
  committed = -1n
  inDoubt: unknown = null
  broker!: TestBroker

  constructor() {
    this.disk.makeDirectory('/data')
    this.disk.syncDirectory('/')
    this.start()
  }

  start(): void {
    this.broker = new TestBroker({ fileSystem: this.disk, clock: this.clock, properties: PROPERTIES })
  }

  /** Everything that touches the disk: metadata, records, offsets, retention, compaction, deletion. */
  readonly steps: readonly (() => Promise<void>)[] = [
    ...Object.keys(TOPICS).map((topic) => () => this.create(topic)),
    ...Array.from({ length: 6 }, (_, n) => [
      () => this.produce('plain', `plain ${n}`),
      () => this.produce('flushed', `flushed ${n}`),
      () => this.produce('compacted', `${n} ${LARGE}`, 'key'),
      () => this.produce('short', `${n} ${LARGE}`),
      () => this.commit(BigInt(n)),
      () => this.wait(50),
    ]).flat(),
    () => this.deleteRecords('plain', 3n),
    () => this.deleteTopic('plain'),
    () => this.create('plain'),
    () => this.produce('plain', 'again'),
    () => this.wait(200),
    () => this.deleteTopic('short'),
    () => this.produce('flushed', 'last'),
  ]

  /** A step that the disk refuses is taken again, once. */
  async run(): Promise<number> {
    let refused = 0
    for (const step of this.steps) {
      try {
        await step()
      } catch (error) {
        if (error instanceof PowerCutError || this.disk.isDown) throw error
        refused += 1
        await step()
      }
      await settle()
    }
    return refused
  }

  private async create(topic: string): Promise<void> {
    this.inDoubt = { created: topic }
    await this.broker.createTopic(topic, { configs: TOPICS[topic]! })
    this.acknowledged.set(topic, new Map())
    this.inDoubt = null
  }

  private async produce(topic: string, value: string, key?: string): Promise<void> {
    this.inDoubt = { produced: topic, value }
    const { errorCode, baseOffset } = await this.broker.produce(topic, [value], { key })
    if (errorCode !== ERRORS.NONE) this.refused.add(value)
    if (errorCode !== ERRORS.NONE) throw new Error(`refused: ${errorCode}`)
    this.acknowledged.get(topic)!.set(baseOffset, value)
    this.inDoubt = null
  }

  private async commit(offset: bigint): Promise<void> {
    this.inDoubt = { committed: offset }
    const topics = [{ name: 'flushed', partitions: [{ partitionIndex: 0, committedOffset: offset }] }]
    const answer = await this.broker.send(OffsetCommit, { groupId: 'g', topics }, 8)
    if (answer.topics[0]!.partitions[0]!.errorCode !== ERRORS.NONE) throw new Error('refused')
    this.committed = offset
    this.inDoubt = null
  }

  private async deleteRecords(topic: string, offset: bigint): Promise<void> {
    this.inDoubt = { deletedBelow: offset, of: topic }
    const answer = await this.broker.send(DeleteRecords, {
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }],
    })
    if (answer.topics[0]!.partitions[0]!.errorCode !== ERRORS.NONE) throw new Error('refused')
    this.deletedBelow.set(topic, offset)
    this.inDoubt = null
  }

  private async deleteTopic(name: string): Promise<void> {
    this.inDoubt = { deleted: name }
    const { responses } = await this.broker.send(DeleteTopics, { topicNames: [name] }, 5)
    if (responses[0]!.errorCode !== ERRORS.NONE) throw new Error('refused')
    this.acknowledged.delete(name)
    this.deletedBelow.delete(name)
    this.inDoubt = null
  }

  private wait(ms: number): Promise<void> {
    this.clock.advance(ms)
    return settle()
  }

  /** What a topic holds, by offset. */
  private values(topic: string): Map<bigint, string> {
    const { log } = this.broker.node.broker.partitions.get(topic, 0)!
    return new Map(
      recordsIn(readAll(log))
        .filter(({ offset }) => offset >= log.logStartOffset)
        .map(({ offset, value }) => [offset, value!]),
    )
  }

  private async committedOffset(): Promise<bigint> {
    const { groups } = await this.broker.send(
      OffsetFetch,
      { groups: [{ groupId: 'g', topics: [{ name: 'flushed', partitionIndexes: [0] }] }] },
      8,
    )
    return groups[0]!.topics[0]!.partitions[0]!.committedOffset
  }

  /** `isComplete` where nothing that was acknowledged may be missing; of a topic that is flushed, it never may. */
  async check(isComplete: boolean, isStarted = true): Promise<void> {
    const { cluster, partitions } = this.broker.node.broker
    const doubt = (this.inDoubt ?? {}) as {
      created?: string
      deleted?: string
      produced?: string
      value?: string
      committed?: bigint
      of?: string
    }
    for (const topic of Object.keys(TOPICS)) {
      const acknowledged = this.acknowledged.get(topic)
      if (topic !== doubt.created && topic !== doubt.deleted)
        expect([topic, cluster.topic(topic) !== undefined]).toEqual([topic, acknowledged !== undefined])
      if (!cluster.topic(topic)) continue
      const found = this.values(topic)
      const { logStartOffset, logEndOffset } = partitions.get(topic, 0)!.log
      if (doubt.of !== topic && topic !== 'short')
        expect([topic, logStartOffset]).toEqual([
          topic,
          isComplete ? (this.deletedBelow.get(topic) ?? 0n) : logStartOffset,
        ])
      for (const [offset, value] of found)
        expect([
          acknowledged?.get(offset),
          doubt.produced === topic ? doubt.value : undefined,
          ...this.refused,
        ]).toContain(value)
      const newest = BigInt((acknowledged?.size ?? 0) - 1)
      if (isComplete || topic === 'flushed') expect(logEndOffset).toBeGreaterThan(newest)
      for (const [offset] of acknowledged ?? []) {
        const mayBeGone =
          offset < logStartOffset || offset >= logEndOffset || (topic === 'compacted' && offset < newest)
        if (!mayBeGone) expect([topic, offset, found.has(offset)]).toEqual([topic, offset, true])
      }
    }
    const offset = await this.committedOffset()
    if (isComplete) expect([this.committed, doubt.committed]).toContain(offset)
    expect(offset).toBeLessThanOrEqual(doubt.committed ?? this.committed)
    if (isStarted) this.checkFolders()
  }

  /** A folder that could not be removed stays until the next start. */
  private checkFolders(): void {
    const folders = this.disk.listFolders('/data')
    expect(folders.filter((name) => !name.startsWith('__')).sort()).toEqual(
      [...this.broker.node.broker.cluster.topicNames()]
        .filter((name) => !name.startsWith('__'))
        .map((name) => `${name}-0`),
    )
  }
}

async function countOperations(): Promise<number> {
  const client = new Client()
  const before = client.disk.operations
  await client.run()
  const operations = client.disk.operations - before
  await client.check(true)
  return operations
}

const operations = await countOperations()
const every = (stride: number, from: number): number[] =>
  Array.from({ length: Math.floor((operations - from) / stride) + 1 }, (_, n) => from + n * stride)

describe('a broker that dies', () => {
  it.each<[string, boolean, number, Survivors]>([
    ['with the power, so that nothing is left that was not synced', false, 1, {}],
    ['with the power, but the names of files stay', false, 2, { keepNames: true }],
    ['with the power, and half of all blocks stay', false, 3, { survives: coin(4) }],
    ['alone, so that all is as it was written', true, 4, { keepUnsynced: true }],
  ])('%s, comes back with what it promised and nothing else', async (_, isComplete, from, survivors) => {
    for (const nth of every(43, from)) {
      const client = new Client()
      client.disk.failAt(nth, 'crash')
      await Promise.race([client.run().catch(() => {}), downOf(client)])
      expect(client.disk.isDown).toBe(true)
      client.disk.restart(survivors)
      client.start()
      await client.check(isComplete)
      client.broker.close()
      client.start()
      await client.check(isComplete)
    }
  })
})

/** A power cut in the background is the last that anybody hears of it. */
async function downOf({ disk }: Client): Promise<void> {
  while (!disk.isDown) await settle()
}

describe('a broker whose disk refuses', () => {
  it.each<Fault>(['EIO', 'ENOSPC', 'short-write'])(
    '(%s) says so, goes on, and loses nothing that was acknowledged',
    async (fault) => {
      for (const nth of every(53, 5)) {
        const client = new Client()
        client.disk.failAt(nth, fault)
        const refused = await client.run()
        client.disk.heal()
        expect(refused + client.broker.warnings.length).toBeGreaterThan(0)
        await client.check(true, false)
        client.broker.close()
        client.start()
        await client.check(true)
      }
    },
  )
})
