import type { Clock } from '../../../../src/lib/clock.ts'
import type { Api, ApiId } from '../../../../src/lib/protocol/api.ts'
import { Fetch, type FetchRequest, type FetchResponse } from '../../../../src/lib/protocol/apis/fetch.ts'
import {
  ListOffsets,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from '../../../../src/lib/protocol/apis/list-offsets.ts'
import type { MetadataResponse } from '../../../../src/lib/protocol/apis/metadata.ts'
import { Reader, Writer } from '../../../../src/lib/protocol/bytes.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { buildBatch, readBatchHeader, type BatchOptions } from '../../../../src/lib/protocol/records/index.ts'
import { blank, type Fields, type Input, type Message } from '../../../../src/lib/protocol/schema.ts'
import type { KafkaClient, Node, SendOptions } from '../../../../src/lib/client/types.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

export interface Sent {
  readonly api: string
  readonly request: unknown
  readonly options: SendOptions
}

class FakePartition {
  leaderId = 1
  leaderEpoch = 0
  startOffset = 0n
  readonly batches: Buffer[] = []
  /** What compaction has left in front of the end: offsets without records. */
  gapAtEnd = 0n
  aborted: { producerId: bigint; firstOffset: bigint }[] = []
  /** Answered to the next fetches, one each. */
  readonly fetchErrors: ErrorName[] = []
  readonly listErrors: ErrorName[] = []

  get endOffset(): bigint {
    const last = this.batches.at(-1)
    return (last ? readBatchHeader(last).lastOffset + 1n : this.startOffset) + this.gapAtEnd
  }
}

type Handler = (request: never, options: SendOptions) => unknown

/**
 * A cluster in memory behind the KafkaClient interface. A fetch at the end of every log waits for something to be
 * appended, or for its time to pass.
 */
export class FakeCluster implements KafkaClient {
  readonly sent: Sent[] = []
  readonly topics = new Map<string, { id: string; isInternal: boolean; partitions: FakePartition[] }>()
  private readonly handlers = new Map<string, Handler>()
  private readonly waiting: (() => void)[] = []
  isClosed = false
  clock: Clock = new FakeClock()

  constructor() {
    this.on(ListOffsets, (request) => this.listOffsets(request))
    this.on(Fetch, (request) => this.fetch(request))
  }

  /** Sets, or replaces, what is answered to an API. */
  on<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    handler: (request: Message<Q>, options: SendOptions) => Input<Message<S>> | Promise<Input<Message<S>>>,
  ): this {
    this.handlers.set(api.name, handler as unknown as Handler)
    return this
  }

  addTopic(name: string, partitions = 1, isInternal = false): this {
    const id = Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url')
    this.topics.set(name, { id, isInternal, partitions: Array.from({ length: partitions }, () => new FakePartition()) })
    return this
  }

  growTopic(name: string): this {
    this.topics.get(name)!.partitions.push(new FakePartition())
    return this
  }

  partition(topic: string, partition = 0): FakePartition {
    return this.topics.get(topic)!.partitions[partition]!
  }

  append(
    topic: string,
    partition: number,
    values: readonly (string | null)[],
    options: BatchOptions & { key?: string } = {},
  ): this {
    const target = this.partition(topic, partition)
    const { key, ...rest } = options
    const records = values.map((value) => ({
      timestamp: 1000n,
      key: key === undefined ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    }))
    target.batches.push(
      Buffer.from(
        buildBatch(records, { baseOffset: target.endOffset, partitionLeaderEpoch: target.leaderEpoch, ...rest }),
      ),
    )
    for (const wake of this.waiting.splice(0)) wake()
    return this
  }

  requests<Q extends Fields>(api: Api<Q>): Message<Q>[] {
    return this.sent.filter((sent) => sent.api === api.name).map((sent) => sent.request as Message<Q>)
  }

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options: SendOptions = {},
  ): Promise<Message<S>> {
    // Through bytes and back, so that defaults are filled in and nothing passes that the wire cannot carry.
    const version = api.maxVersion
    const bytes = new Writer()
    api.request(version).write(bytes, request)
    const complete = api.request(version).read(new Reader(bytes.toBuffer()))
    this.sent.push({ api: api.name, request: complete, options })
    const handler = this.handlers.get(api.name)
    if (!handler) throw new Error(`nobody answers ${api.name}`)
    const answer = (await handler(complete as never, options)) as Input<Message<S>>
    const writer = new Writer()
    api.response(version).write(writer, { ...blank(api.fields.response), ...(answer as object) } as Input<Message<S>>)
    return api.response(version).read(new Reader(writer.toBuffer()))
  }

  async version(api: ApiId): Promise<number> {
    return api.maxVersion
  }

  async metadata(names: readonly string[] | null): Promise<MetadataResponse> {
    this.sent.push({ api: 'Metadata', request: names, options: {} })
    const topics = (names ?? [...this.topics.keys()]).map((name) => {
      const topic = this.topics.get(name)
      if (!topic)
        return {
          errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
          name,
          topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
          isInternal: false,
          partitions: [],
          topicAuthorizedOperations: 0,
        }
      const partitions = topic.partitions.map(({ leaderId, leaderEpoch }, partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId,
        leaderEpoch,
        replicaNodes: [1],
        isrNodes: [1],
        offlineReplicas: [],
      }))
      return {
        errorCode: 0,
        name,
        topicId: topic.id,
        isInternal: topic.isInternal,
        partitions,
        topicAuthorizedOperations: 0,
      }
    })
    return {
      throttleTimeMs: 0,
      brokers: [],
      clusterId: 'fake',
      controllerId: 1,
      topics,
      clusterAuthorizedOperations: 0,
      errorCode: 0,
    }
  }

  brokers(): Promise<readonly Node[]> {
    return Promise.resolve(this.nodes())
  }

  nodes(): readonly Node[] {
    return [{ nodeId: 1, host: 'fake', port: 1, rack: null }]
  }

  controllerId(): number {
    return 1
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

  private listOffsets({ topics }: ListOffsetsRequest): Input<ListOffsetsResponse> {
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => {
          const partition = this.partition(name, partitionIndex)
          const error = partition.listErrors.shift()
          const offset =
            timestamp === -2n
              ? partition.startOffset
              : timestamp === -1n
                ? partition.endOffset
                : timestamp <= 1000n
                  ? partition.startOffset
                  : -1n
          return error
            ? { partitionIndex, errorCode: ERRORS[error] }
            : { partitionIndex, offset, timestamp, leaderEpoch: partition.leaderEpoch }
        }),
      })),
    }
  }

  private async fetch(request: FetchRequest): Promise<Input<FetchResponse>> {
    let isOver = false
    this.clock.after(request.maxWaitMs, () => {
      isOver = true
      for (const wake of this.waiting.splice(0)) wake()
    })
    for (;;) {
      const responses = request.topics.map((topic) => this.fetchTopic(topic))
      const hasNews = responses.some(({ partitions }) =>
        partitions.some(({ errorCode, records }) => errorCode !== 0 || records.length > 0),
      )
      if (hasNews || isOver) return { responses }
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private fetchTopic({ topicId, partitions }: FetchRequest['topics'][number]) {
    const [name] = [...this.topics].find(([, topic]) => topic.id === topicId) ?? []
    if (name === undefined) {
      const unknown = {
        errorCode: ERRORS.UNKNOWN_TOPIC_ID,
        records: Buffer.alloc(0),
        abortedTransactions: [],
        highWatermark: -1n,
        lastStableOffset: -1n,
      }
      return { topicId, partitions: partitions.map(({ partition }) => ({ partitionIndex: partition, ...unknown })) }
    }
    return {
      topicId,
      partitions: partitions.map(({ partition, fetchOffset, partitionMaxBytes }) =>
        this.fetchPartition(name, partition, fetchOffset, partitionMaxBytes),
      ),
    }
  }

  /**
   * As a broker: whole batches from the one that holds the offset, the last cut off at the limit, but never the first.
   */
  private fetchPartition(name: string, index: number, fetchOffset: bigint, maxBytes: number) {
    const partition = this.partition(name, index)
    const error =
      partition.fetchErrors.shift() ??
      (fetchOffset < partition.startOffset || fetchOffset > partition.endOffset ? 'OFFSET_OUT_OF_RANGE' : 'NONE')
    const wanted = partition.batches.filter((batch) => readBatchHeader(batch).lastOffset >= fetchOffset)
    const all = Buffer.concat(error === 'NONE' ? wanted : [])
    const records = all.subarray(0, Math.max(maxBytes, wanted[0]?.length ?? 0))
    return {
      partitionIndex: index,
      errorCode: ERRORS[error],
      records,
      abortedTransactions: partition.aborted,
      highWatermark: partition.endOffset,
      lastStableOffset: partition.endOffset,
    }
  }
}
