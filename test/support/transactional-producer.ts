import { AddOffsetsToTxn } from '../../src/lib/protocol/apis/add-offsets-to-txn.ts'
import { AddPartitionsToTxn } from '../../src/lib/protocol/apis/add-partitions-to-txn.ts'
import { EndTxn } from '../../src/lib/protocol/apis/end-txn.ts'
import { InitProducerId } from '../../src/lib/protocol/apis/init-producer-id.ts'
import { OffsetFetch } from '../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../src/lib/protocol/apis/produce.ts'
import { TxnOffsetCommit } from '../../src/lib/protocol/apis/txn-offset-commit.ts'
import { errorName } from '../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../src/lib/protocol/records/index.ts'
import type { TestBroker } from './broker.ts'

/** The versions of the requests of clients that go by `transaction.version` 2, and of those before. */
const VERSIONS = {
  2: { produce: 12, endTxn: 5, txnOffsetCommit: 5 },
  0: { produce: 11, endTxn: 4, txnOffsetCommit: 4 },
} as const

/** A transactional producer by hand, one request at a time. Answers are names of errors. */
export class TestProducer {
  private readonly added = new Set<string>()
  private readonly sequences = new Map<string, number>()

  private constructor(
    private readonly broker: TestBroker,
    readonly transactionalId: string,
    private readonly version: 2 | 0,
    public producerId: bigint,
    public producerEpoch: number,
  ) {}

  static async start(broker: TestBroker, transactionalId: string, version: number): Promise<TestProducer> {
    for (;;) {
      const answer = await broker.send(InitProducerId, { transactionalId, transactionTimeoutMs: 60_000 })
      const error = errorName(answer.errorCode)
      if (error === 'NONE')
        return new TestProducer(broker, transactionalId, version as 2 | 0, answer.producerId, answer.producerEpoch)
      if (error !== 'CONCURRENT_TRANSACTIONS') throw new Error(error)
    }
  }

  /** Writes values; an older producer adds the partition first. */
  async send(topic: string, partition: number, values: readonly string[]): Promise<string> {
    const refusal = this.version === 2 ? 'NONE' : await this.add(topic, partition)
    return refusal === 'NONE' ? this.write(topic, partition, values, VERSIONS[this.version].produce) : refusal
  }

  async add(topic: string, partition: number): Promise<string> {
    const name = `${topic}-${partition}`
    if (this.added.has(name)) return 'NONE'
    this.added.add(name)
    const { resultsByTopicV3AndBelow } = await this.broker.send(
      AddPartitionsToTxn,
      {
        v3AndBelowTransactionalId: this.transactionalId,
        v3AndBelowProducerId: this.producerId,
        v3AndBelowProducerEpoch: this.producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
      },
      3,
    )
    return errorName(resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode)
  }

  async write(
    topic: string,
    partition: number,
    values: readonly string[],
    version: number,
    lies: { transactionalId?: string | null; producerEpoch?: number } = {},
  ): Promise<string> {
    const name = `${topic}-${partition}`
    const timestamp = BigInt(this.broker.clock.now())
    const baseSequence = this.sequences.get(name) ?? 0
    const records = buildBatch(
      values.map((value) => ({ timestamp, key: null, value: Buffer.from(value) })),
      {
        producerId: this.producerId,
        producerEpoch: this.producerEpoch,
        baseSequence,
        isTransactional: true,
        ...lies,
      },
    )
    const { responses } = await this.broker.send(
      Produce,
      {
        transactionalId: this.transactionalId,
        acks: -1,
        topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
        ...lies,
      },
      version,
    )
    const error = errorName(responses[0]!.partitionResponses[0]!.errorCode)
    if (error === 'NONE') this.sequences.set(name, baseSequence + values.length)
    return error
  }

  async end(committed: boolean): Promise<string> {
    const { transactionalId, producerId, producerEpoch } = this
    const answer = await this.broker.send(
      EndTxn,
      { transactionalId, producerId, producerEpoch, committed },
      VERSIONS[this.version].endTxn,
    )
    const error = errorName(answer.errorCode)
    this.added.clear()
    if (error === 'NONE' && this.version === 2) {
      this.producerId = answer.producerId
      this.producerEpoch = answer.producerEpoch
      this.sequences.clear()
    }
    return error
  }

  async commitOffset(
    groupId: string,
    topic: string,
    partition: number,
    committedOffset: bigint,
    options: { isAnnounced?: boolean; version?: number; generationId?: number; memberId?: string } = {},
  ): Promise<string> {
    const { transactionalId, producerId, producerEpoch } = this
    const { isAnnounced = this.version === 0, version = VERSIONS[this.version].txnOffsetCommit, ...member } = options
    if (isAnnounced) await this.broker.send(AddOffsetsToTxn, { transactionalId, producerId, producerEpoch, groupId })
    const { topics } = await this.broker.send(
      TxnOffsetCommit,
      {
        transactionalId,
        producerId,
        producerEpoch,
        groupId,
        ...member,
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, committedOffset }] }],
      },
      version,
    )
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async offsetOf(
    groupId: string,
    name: string,
    partition: number,
    requireStable = false,
  ): Promise<{ offset: bigint; error: string }> {
    const { groups } = await this.broker.send(
      OffsetFetch,
      { requireStable, groups: [{ groupId, topics: [{ name, partitionIndexes: [partition] }] }] },
      9,
    )
    const { committedOffset, errorCode } = groups[0]!.topics[0]!.partitions[0]!
    return { offset: committedOffset, error: errorName(errorCode) }
  }
}
