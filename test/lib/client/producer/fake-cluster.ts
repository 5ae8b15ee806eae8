import type { KafkaClient, Node, SendOptions } from '../../../../src/lib/client/types.ts'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import { InitProducerId } from '../../../../src/lib/protocol/apis/init-producer-id.ts'
import type { MetadataResponse } from '../../../../src/lib/protocol/apis/metadata.ts'
import { Produce, type ProduceRequest } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { readBatchHeader, RecordReader, type BatchHeader } from '../../../../src/lib/protocol/records/index.ts'
import { blank } from '../../../../src/lib/protocol/schema.ts'

export interface StoredRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { key: string; value: Buffer | null }[]
}

/** What a test wants a broker to do with a batch; nothing for the usual. */
export interface Whim {
  readonly error?: ErrorName
  readonly message?: string
  readonly invalid?: readonly { batchIndex: number; batchIndexErrorMessage: string | null }[]
  /** The batch is dealt with, but the answer is lost. */
  readonly lost?: boolean
  readonly leader?: { leaderId: number; leaderEpoch: number }
}

export interface SentBatch {
  readonly nodeId: number
  readonly partition: number
  readonly header: BatchHeader
  readonly records: StoredRecord[]
}

/** A cluster in memory, with logs that check the sequences of producers as brokers do. One topic. */
export class FakeCluster implements KafkaClient {
  readonly logs: StoredRecord[][] = []
  readonly sent: SentBatch[] = []
  readonly requests: ProduceRequest[] = []
  readonly asked: { topics: readonly string[] | null; create: boolean }[] = []
  /** How the next metadata answers fail, in order. */
  readonly metadataErrors: (ErrorName | 'unreachable')[] = []
  readonly producerIdErrors: (ErrorName | 'unreachable')[] = []
  leaders: number[]
  leaderEpoch = 0
  topicId = 'fake-topic-id-00000000'
  producerIds = 0
  isClosed = false
  private isBroken = false
  /** While true, nothing is answered. */
  holds = false
  private readonly held: (() => void)[] = []
  whim: (batch: SentBatch) => Whim | undefined = () => undefined
  private readonly states = new Map<string, { epoch: number; next: number; last: { first: number; count: number }[] }>()

  constructor(
    readonly topic: string,
    leaders: number[] = [1],
  ) {
    this.leaders = leaders
    for (const _ of leaders) this.logs.push([])
  }

  values(partition = 0): (string | null)[] {
    return this.logs[partition]!.map(({ value }) => value)
  }

  /** Answers held requests, and goes on answering at once. */
  release(): void {
    this.holds = false
    for (const answer of this.held.splice(0)) answer()
  }

  /** As a connection that closes: held requests fail. */
  breakHeld(): void {
    this.isBroken = true
    this.release()
  }

  brokers(): Promise<readonly Node[]> {
    return Promise.resolve(this.nodes())
  }

  nodes(): readonly Node[] {
    return [...new Set(this.leaders)]
      .filter((id) => id >= 0)
      .map((nodeId) => ({ nodeId, host: 'fake', port: 9092, rack: null }))
  }

  controllerId(): number {
    return 1
  }

  async version(): Promise<number> {
    return 13
  }

  async featureLevel(): Promise<number> {
    return 0
  }

  async coordinator(): Promise<number> {
    return 1
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  async metadata(
    topics: readonly string[] | null,
    options: { allowAutoTopicCreation?: boolean } = {},
  ): Promise<MetadataResponse> {
    this.asked.push({ topics, create: options.allowAutoTopicCreation ?? false })
    const error = this.metadataErrors.shift()
    if (error === 'unreachable') throw new EnvironmentError('nobody is there')
    const partitions = error
      ? []
      : this.leaders.map((leaderId, partitionIndex) => ({
          errorCode: 0,
          partitionIndex,
          leaderId,
          leaderEpoch: this.leaderEpoch,
          replicaNodes: [],
          isrNodes: [],
          offlineReplicas: [],
        }))
    return {
      throttleTimeMs: 0,
      brokers: [],
      clusterId: 'fake',
      controllerId: 1,
      clusterAuthorizedOperations: 0,
      errorCode: 0,
      topics: [
        {
          errorCode: ERRORS[error ?? 'NONE'],
          name: this.topic,
          topicId: this.topicId,
          isInternal: false,
          partitions,
          topicAuthorizedOperations: 0,
        },
      ],
    }
  }

  readonly send = (async (api: Api, request: unknown, options: SendOptions = {}) => {
    if (this.isClosed) throw new EnvironmentError('closed')
    if (api.key === InitProducerId.key) return this.initProducerId()
    if (api.key !== Produce.key) throw new Error(`no ${api.name} here`)
    return this.produce(request as ProduceRequest, options)
  }) as unknown as KafkaClient['send']

  private initProducerId(): unknown {
    const error = this.producerIdErrors.shift()
    if (error === 'unreachable') throw new EnvironmentError('nobody is there')
    return {
      throttleTimeMs: 0,
      errorCode: ERRORS[error ?? 'NONE'],
      producerId: error ? -1n : 1000n + BigInt(this.producerIds++),
      producerEpoch: 0,
    }
  }

  private async produce(request: ProduceRequest, options: SendOptions): Promise<unknown> {
    this.requests.push(request)
    // As on a socket: what arrives is what the memory holds now.
    const answers = request.topicData.flatMap(({ partitionData }) =>
      partitionData.map(({ index, records }) => this.take(options.nodeId!, index, Buffer.from(records!))),
    )
    if (this.holds) await new Promise<void>((resolve) => this.held.push(resolve))
    if (this.isBroken) throw new EnvironmentError('closed')
    if (options.expectResponse === false) return blank(Produce.fields.response)
    if (answers.some(({ lost }) => lost)) throw new EnvironmentError('Lost the broker')
    return {
      ...blank(Produce.fields.response),
      // As version 13 answers: by topic id.
      responses: [
        {
          name: '',
          topicId: this.topicId,
          partitionResponses: answers.map(({ index, error, message, invalid, leader }) => ({
            index,
            errorCode: ERRORS[error ?? 'NONE'],
            errorMessage: message ?? null,
            recordErrors: invalid ?? [],
            baseOffset: 0n,
            logAppendTimeMs: -1n,
            logStartOffset: 0n,
            currentLeader: leader ?? { leaderId: -1, leaderEpoch: -1 },
          })),
        },
      ],
    }
  }

  private take(nodeId: number, index: number, bytes: Buffer): Whim & { index: number } {
    const batch = { nodeId, partition: index, ...decode(bytes) }
    this.sent.push(batch)
    const whim = this.whim(batch) ?? {}
    if (whim.error) return { ...whim, index }
    if (this.leaders[index] !== nodeId) return { error: 'NOT_LEADER_OR_FOLLOWER', index }
    const error = this.checkSequence(batch)
    if (error === undefined) this.logs[index]!.push(...batch.records)
    return { ...whim, index, ...(error !== undefined && error !== 'NONE' && { error }) }
  }

  /** As ProducerStateManager: NONE for a duplicate, undefined for what is to be appended. */
  private checkSequence({ partition, header }: SentBatch): ErrorName | undefined {
    if (header.producerId < 0n) return undefined
    const key = `${header.producerId}/${partition}`
    const state = this.states.get(key)
    const { producerEpoch: epoch, baseSequence: first, recordsCount: count } = header
    if (state?.epoch === epoch && state.last.some((batch) => batch.first === first && batch.count === count))
      return 'NONE'
    if (state && epoch < state.epoch) return 'INVALID_PRODUCER_EPOCH'
    const expected = state?.epoch === epoch ? state.next : 0
    if (first !== expected) return 'OUT_OF_ORDER_SEQUENCE_NUMBER'
    const last = state?.epoch === epoch ? state.last : []
    this.states.set(key, { epoch, next: first + count, last: [...last, { first, count }].slice(-5) })
    return undefined
  }
}

function decode(bytes: Buffer): { header: BatchHeader; records: StoredRecord[] } {
  const header = readBatchHeader(bytes)
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  const records: StoredRecord[] = []
  const text = (start: number, length: number): string | null =>
    length < 0 ? null : reader.body.toString('utf8', start, start + length)
  while (reader.next())
    records.push({
      key: text(reader.keyStart, reader.keyLength),
      value: text(reader.valueStart, reader.valueLength),
      headers: reader.headers(),
    })
  return { header, records }
}

/** Lets everything happen that needs no time to pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
