import type { Api } from '../../src/lib/protocol/api.ts'
import { Dispatcher } from '../../src/lib/broker/dispatch.ts'
import type { Connection } from '../../src/lib/broker/handle.ts'
import { LocalChannel } from '../../src/lib/broker/local-channel.ts'
import { CONTROLLER_HANDLERS } from '../../src/lib/broker/handlers/controller-handlers.ts'
import { BROKER_HANDLERS } from '../../src/lib/broker/handlers/index.ts'
import type { FileSystem } from '../../src/lib/broker/log/file-system.ts'
import { MemoryDisk } from '../../src/lib/broker/log/memory-disk.ts'
import { parseBrokerConfig } from '../../src/lib/broker/state/configs/parse-broker-config.ts'
import { StandardAuthorizer } from '../../src/lib/broker/security/authorizer/standard-authorizer.ts'
import { openNode, type OpenNode } from '../../src/lib/broker/state/node.ts'
import type { Processes } from '../../src/lib/broker/state/storage/lock.ts'
import { Reader } from '../../src/lib/protocol/bytes.ts'
import { AbortedFilter } from '../../src/lib/client/consumer/aborted-filter.ts'
import { encodeRequest, readResponse } from '../../src/lib/protocol/frame.ts'
import type { Fields, Input, Message } from '../../src/lib/protocol/schema.ts'
import { CreateTopics } from '../../src/lib/protocol/apis/create-topics.ts'
import { Fetch } from '../../src/lib/protocol/apis/fetch.ts'
import { Produce } from '../../src/lib/protocol/apis/produce.ts'
import { batches, buildBatch, RecordReader, type BatchOptions } from '../../src/lib/protocol/records/index.ts'
import { FakeClock } from './fake-clock.ts'

let processes = 0

/** A process of its own for each broker: one that was not closed has died. */
function newProcess(): Processes {
  const pid = (processes += 1)
  return { pid, identity: (asked) => (asked === pid ? 'alive' : null) }
}

export const connection: Connection = {
  listener: 'PLAINTEXT',
  securityProtocol: 'PLAINTEXT',
  principal: 'User:ANONYMOUS',
  clientHost: '/127.0.0.1',
}

interface FetchOptions {
  readonly partition?: number
  readonly partitionMaxBytes?: number
  readonly maxWaitMs?: number
  readonly minBytes?: number
  /** 1 for committed records only. */
  readonly isolationLevel?: number
}

/**
 * A broker without sockets: requests go through its dispatcher as bytes, the disk is in memory, and time stands still.
 */
export class TestBroker {
  readonly clock: FakeClock
  readonly fileSystem: FileSystem
  readonly warnings: string[] = []
  /** What the authorizer tells. */
  readonly denials: string[] = []
  /** For how long each request over a quota muted its client. */
  readonly muted: number[] = []
  readonly node: OpenNode
  readonly dispatcher: Dispatcher

  constructor(options: { properties?: Record<string, string>; fileSystem?: FileSystem; clock?: FakeClock } = {}) {
    this.clock = options.clock ?? new FakeClock()
    this.fileSystem = options.fileSystem ?? new MemoryDisk()
    const properties = { listeners: 'PLAINTEXT://127.0.0.1:9092', 'log.dirs': '/data', ...options.properties }
    const { config, warnings } = parseBrokerConfig(new Map(Object.entries(properties)))
    this.warnings.push(...warnings)
    const authorizerSettings = config.authorizerSettings()
    this.node = openNode({
      config,
      fileSystem: this.fileSystem,
      processes: newProcess(),
      clock: this.clock,
      endpoints: new Map([['PLAINTEXT', { host: '127.0.0.1', port: 9092, securityProtocol: 0 }]]),
      controller: new LocalChannel(() => new Dispatcher(this.node.broker, CONTROLLER_HANDLERS)),
      warn: (line) => this.warnings.push(line),
      openAuthorizer: authorizerSettings
        ? (cluster) => new StandardAuthorizer(authorizerSettings, cluster, (line) => this.denials.push(line))
        : undefined,
    })
    this.dispatcher = new Dispatcher(this.node.broker, BROKER_HANDLERS)
  }

  /** Sends a request as bytes and reads the bytes of the answer; the highest version by default. */
  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version = api.maxVersion,
  ): Promise<Message<S>> {
    return this.sendAs({}, api, request, version)
  }

  /** The same for another client than the usual one. */
  async sendAs<Q extends Fields, S extends Fields>(
    client: Partial<Connection>,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version = api.maxVersion,
  ): Promise<Message<S>> {
    const frame = Buffer.concat(encodeRequest(api, version, 7, 'test', request)).subarray(4)
    const reply = await this.dispatcher.dispatch(frame, { ...connection, ...client }, (throttleTimeMs) => {
      if (throttleTimeMs > 0) this.muted.push(throttleTimeMs)
    })
    if (reply === null) throw new Error('no answer')
    const reader = new Reader(Buffer.concat(reply), 8)
    const response = readResponse(api, version, reader)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes behind the answer`)
    return response
  }

  /** Makes a topic and returns its id. */
  async createTopic(
    name: string,
    options: { partitions?: number; configs?: Record<string, string> } = {},
  ): Promise<string> {
    const configs = Object.entries(options.configs ?? {}).map(([key, value]) => ({ name: key, value }))
    const { topics } = await this.send(CreateTopics, {
      topics: [{ name, numPartitions: options.partitions ?? 1, replicationFactor: 1, configs }],
    })
    if (topics[0]!.errorCode !== 0) throw new Error(topics[0]!.errorMessage ?? String(topics[0]!.errorCode))
    return topics[0]!.topicId
  }

  /** Appends values to a partition by its topic's name; returns the answer for the partition. */
  async produce(
    topic: string,
    values: readonly string[],
    options: BatchOptions & { partition?: number; acks?: number; key?: string | undefined } = {},
  ) {
    const { partition = 0, acks = -1, key, ...batchOptions } = options
    const timestamp = BigInt(this.clock.now())
    const records = buildBatch(
      values.map((value) => ({
        timestamp,
        key: key === undefined ? null : Buffer.from(key),
        value: Buffer.from(value),
      })),
      batchOptions,
    )
    const { responses } = await this.send(
      Produce,
      { acks, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] },
      12,
    )
    return responses[0]!.partitionResponses[0]!
  }

  /** What a consumer gets from an offset on, without waiting. */
  async fetch(topic: string, fetchOffset: bigint, options: FetchOptions = {}) {
    const { responses } = await this.fetchRaw(topic, fetchOffset, options)
    const answer = responses[0]!.partitions[0]!
    const records = answer.records ?? Buffer.alloc(0)
    return { ...answer, values: readValues(records), committed: readValues(records, answer.abortedTransactions ?? []) }
  }

  /** The whole answer to a fetch of one partition. */
  async fetchRaw(topic: string, fetchOffset: bigint, options: FetchOptions = {}) {
    const { partition = 0, partitionMaxBytes = 1 << 20, maxWaitMs = 0, minBytes = 1, isolationLevel = 0 } = options
    return await this.send(
      Fetch,
      {
        maxWaitMs,
        minBytes,
        isolationLevel,
        topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes }] }],
      },
      12,
    )
  }

  close(): void {
    this.node.broker.transactions.close()
    this.node.broker.groups.close()
    this.node.close()
  }
}

/** The values of records; with a list of aborted transactions, of those that hold, and no markers. */
export function readValues(
  chunk: Buffer,
  abortedTransactions: readonly { producerId: bigint; firstOffset: bigint }[] | null = null,
): string[] {
  const values: string[] = []
  const reader = new RecordReader()
  const filter = new AbortedFilter(abortedTransactions ?? [])
  for (const { header, at } of batches(chunk)) {
    if (abortedTransactions && (filter.isAborted(chunk, at, header) || header.isControl)) continue
    reader.open(chunk, at, header)
    while (reader.next())
      values.push(reader.body.toString('utf8', reader.valueStart, reader.valueStart + reader.valueLength))
  }
  return values
}
