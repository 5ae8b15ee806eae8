import type { Clock } from '../clock.ts'
import type { Api, RequestInput, ResponseOf } from '../protocol/api.ts'
import { Fetch } from '../protocol/apis/fetch.ts'
import { Produce } from '../protocol/apis/produce.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import { ForwardingClient } from './forwarding-client.ts'
import type { KafkaClient, SendOptions } from './types.ts'

/** How many values there were, their sum, and the largest. */
export class Tally {
  count = 0
  total = 0
  max = 0

  add(value: number): void {
    this.count += 1
    this.total += value
    if (value > this.max) this.max = value
  }

  get average(): number {
    return this.total / this.count
  }
}

/**
 * A client that keeps count of what it sends and gets. Requests of one's own are counted, not those by which it finds
 * its way.
 */
export class MeteredClient extends ForwardingClient {
  /** How long answers took, in milliseconds, by the node that was asked. */
  readonly latencyMs = new Map<number, Tally>()
  /** Sizes of the record batches that went out, compressed. */
  readonly batchBytes = new Tally()
  /** Sizes of the records in the answers to Fetch, compressed. */
  readonly fetchBytes = new Tally()
  readonly fetchLatencyMs = new Tally()

  constructor(
    client: KafkaClient,
    private readonly clock: Clock,
  ) {
    super(client)
  }

  override async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options: SendOptions = {},
  ): Promise<Message<S>> {
    const sentMs = this.clock.now()
    if (api.key === Produce.key) this.countBatches(request as RequestInput<typeof Produce>)
    const response = await this.client.send(api, request, options)
    const elapsedMs = this.clock.now() - sentMs
    this.latencyOf(options.nodeId ?? -1).add(elapsedMs)
    if (api.key === Fetch.key) this.countFetch(response as ResponseOf<typeof Fetch>, elapsedMs)
    return response
  }

  private countBatches({ topicData = [] }: RequestInput<typeof Produce>): void {
    for (const { partitionData = [] } of topicData) {
      for (const { records } of partitionData) this.batchBytes.add(records?.length ?? 0)
    }
  }

  private countFetch({ responses }: ResponseOf<typeof Fetch>, elapsedMs: number): void {
    this.fetchLatencyMs.add(elapsedMs)
    const sizes = responses.flatMap(({ partitions }) => partitions.map(({ records }) => records?.length ?? 0))
    this.fetchBytes.add(sizes.reduce((sum, size) => sum + size, 0))
  }

  private latencyOf(nodeId: number): Tally {
    const known = this.latencyMs.get(nodeId)
    if (known) return known
    const tally = new Tally()
    this.latencyMs.set(nodeId, tally)
    return tally
  }
}
