import type { Clock, Timer } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { Produce } from '../../protocol/apis/produce.ts'
import type { Hindrances } from '../hindrances.ts'
import type { KafkaClient } from '../types.ts'
import type { Batch, Partition } from './partition.ts'
import { answer, finishBatch, produceRequest, readAnswers, type Answer } from './produce-request.ts'
import type { ProducerSettings } from './settings.ts'
import type { BatchCompletion } from './batch-completion.ts'

/** Says whose a batch is, for producers of which brokers take everything once. */
export interface Signer {
  /** The highest version of Produce that means what the producer means; any when left out. */
  readonly produceVersion?: number | undefined
  /** False while something has to be asked first; the sender is told to drain when the answer is there. */
  sign(batch: Batch): boolean
}

export interface SenderParts {
  readonly client: KafkaClient
  readonly settings: ProducerSettings
  readonly clock: Clock
  readonly completion: BatchCompletion
  readonly hindrances: Hindrances
  /** Null for a producer that is not idempotent. */
  readonly signer: Signer | null
  partitions(): Iterable<Partition>
  /** A partition has no leader, or had another than we thought. */
  onStale(): void
  /** A bug, or damage on the wire: nothing can be relied on any more. */
  onBroken(error: unknown): void
}

/** For how long a broker that enforces a quota is silent before that is worth a word. */
const LONG_THROTTLE_MS = 1000

/** Moves closed batches to the leaders of their partitions: which may go, and how many requests at a time. */
export class Sender {
  /** Nobody will add to the open batches: they go out as they are. */
  isFlushing = false
  /** Memory is used up: open batches go out as they are, to have theirs back. */
  private isStarving = false
  /** Nothing can be sent any more; everything that waits fails with this. */
  private fatal: KafkaError | null = null
  private readonly requests = new Map<number, number>()
  /** Nodes as subjects of hindrances. */
  private readonly nodes = new Map<number, object>()
  /** By node, the last request that waits for its batches to be compressed. */
  private readonly turns = new Map<number, Promise<unknown>>()
  private timer: Timer | null = null
  private timerAt = Infinity
  private turn = 0

  constructor(private readonly parts: SenderParts) {}

  /**
   * Sends whatever may go now. To be called when a batch was closed, when the input pauses, and when anything changed.
   */
  drain(): void {
    const now = this.parts.clock.now()
    const ready = new Map<number, Partition[]>()
    let wakeAt = Infinity
    for (const partition of this.parts.partitions()) {
      if (partition.isIdle) continue
      wakeAt = Math.min(wakeAt, this.expire(partition, now))
      const readyAt = this.readyAt(partition, now)
      if (readyAt > now) wakeAt = Math.min(wakeAt, readyAt)
      else if (partition.leaderId < 0) this.parts.onStale()
      else if (!ready.get(partition.leaderId)?.push(partition)) ready.set(partition.leaderId, [partition])
    }
    for (const [nodeId, partitions] of ready) this.drainNode(nodeId, partitions, now)
    this.isStarving = false
    this.wakeUp(wakeAt, now)
  }

  /** Sends even what is not full, since no memory is left for more. */
  starve(): void {
    this.isStarving = true
    this.drain()
  }

  /** From now on, until `resume`, everything fails with this error. */
  stopWith(error: KafkaError): void {
    this.fatal = error
    this.drain()
  }

  resume(): void {
    this.fatal = null
  }

  /**
   * Gives up batches whose time is over (`delivery.timeout.ms`), or all when nothing works; returns when the next is
   * due.
   */
  private expire(partition: Partition, now: number): number {
    const { deliveryTimeoutMs } = this.parts.settings
    for (let oldest = partition.oldest(); oldest; oldest = partition.oldest()) {
      const dueAt = oldest.createdAt + deliveryTimeoutMs
      if (this.fatal === null && now < dueAt) return dueAt
      partition.drop(oldest)
      this.parts.completion.fail(
        oldest,
        this.fatal ??
          new KafkaError(
            'REQUEST_TIMED_OUT',
            this.explain(`not delivered within ${deliveryTimeoutMs} ms (delivery.timeout.ms)`, partition),
          ),
      )
    }
    return Infinity
  }

  /** When the partition's next batch may leave; Infinity when that depends on something else than time. */
  private readyAt(partition: Partition, now: number): number {
    const head = partition.head()
    if (head === null) return Infinity
    if (head !== partition.open) return head.readyAt
    if (this.isFlushing || this.isStarving) return now
    const { lingerMs } = this.parts.settings
    if (lingerMs !== undefined) return head.createdAt + lingerMs
    // An idle node gets what there is; while it is busy, the batch grows.
    return this.requestsTo(partition.leaderId) === 0 ? now : Infinity
  }

  /** A sentence on what waits in a partition, with the reason why. */
  private explain(sentence: string, partition: Partition): string {
    return this.parts.hindrances.explain(
      sentence,
      partition,
      this.subject(partition.leaderId),
      partition.name,
      this.parts.signer,
    )
  }

  private subject(nodeId: number): object {
    const subject = this.nodes.get(nodeId) ?? {}
    this.nodes.set(nodeId, subject)
    return subject
  }

  private requestsTo(nodeId: number): number {
    return this.requests.get(nodeId) ?? 0
  }

  private drainNode(nodeId: number, partitions: readonly Partition[], now: number): void {
    while (this.requestsTo(nodeId) < this.parts.settings.maxInFlight) {
      const first = this.turn % partitions.length
      const batches = this.take([...partitions.slice(first), ...partitions.slice(0, first)], now)
      if (batches.length === 0) return
      this.requests.set(nodeId, this.requestsTo(nodeId) + 1)
      this.send(nodeId, batches).catch((error: unknown) => this.parts.onBroken(error))
      // The first partition has the first seat in a request, so they take turns: or else some get most of the records.
      this.turn += 1
    }
  }

  /** One batch of each partition that has one ready, up to `max.request.size` together. */
  private take(partitions: readonly Partition[], now: number): Batch[] {
    const { signer } = this.parts
    const batches: Batch[] = []
    let bytes = 0
    for (const partition of partitions) {
      const head = partition.head()
      if (head === null || this.readyAt(partition, now) > now) continue
      if (batches.length > 0 && bytes + head.sizeInBytes > this.parts.settings.maxRequestSize) continue
      if (signer !== null && !signer.sign(head)) continue
      if (head === partition.open) partition.close()
      partition.launch()
      batches.push(head)
      bytes += head.sizeInBytes
    }
    return batches
  }

  private async send(nodeId: number, batches: readonly Batch[]): Promise<void> {
    const answerTo = await this.exchange(nodeId, batches)
    this.requests.set(nodeId, this.requestsTo(nodeId) - 1)
    for (const batch of batches) this.parts.completion.complete(batch, answerTo(batch))
    this.noteNode(nodeId, answerTo(batches[0]!))
    this.drain()
  }

  /** When its batches wait again, so that they count among those that do. */
  private noteNode(nodeId: number, { isLost, message, throttleTimeMs }: Answer): void {
    const { hindrances } = this.parts
    const subject = this.subject(nodeId)
    if (isLost) hindrances.meet(subject, message ?? 'NETWORK_EXCEPTION')
    else if (throttleTimeMs >= LONG_THROTTLE_MS)
      hindrances.meet(subject, `Broker ${nodeId} slows this client down, which is above its quota`, {
        outlook: 'waiting',
      })
    else hindrances.pass(subject)
  }

  private async exchange(nodeId: number, batches: readonly Batch[]): Promise<(batch: Batch) => Answer> {
    const { client, settings, signer } = this.parts
    const finished = batches.map((batch) => finishBatch(batch, settings))
    const request = produceRequest(
      batches,
      finished.every(Buffer.isBuffer) ? finished : await this.inTurn(nodeId, Promise.all(finished)),
      settings,
    )
    try {
      if (settings.acks === 0) {
        await client.send(Produce, request, { nodeId, expectResponse: false })
        return () => answer('NONE')
      }
      // The request itself says how long the broker may take: request.timeout.ms, and that is all the time there is.
      return readAnswers(
        await client.send(Produce, request, { nodeId, timeoutMs: 0, maxVersion: signer?.produceVersion }),
      )
    } catch (error) {
      if (error instanceof EnvironmentError)
        return () => answer('NETWORK_EXCEPTION', { message: error.message, isLost: true })
      if (error instanceof KafkaError) return () => answer(error.code, { message: error.message, isLost: true })
      throw error
    }
  }

  /**
   * Compression ends when it ends: requests leave in the order in which they were made, or else sequence numbers would
   * come out of order.
   */
  private inTurn<T>(nodeId: number, work: Promise<T>): Promise<T> {
    const turn = Promise.allSettled([this.turns.get(nodeId), work]).then(() => work)
    this.turns.set(nodeId, turn)
    return turn
  }

  /** Drains again at a time, unless that is going to happen sooner. */
  private wakeUp(at: number, now: number): void {
    if (at === this.timerAt) return
    this.timer?.cancel()
    this.timerAt = at
    this.timer =
      at === Infinity
        ? null
        : this.parts.clock.after(at - now, () => {
            this.timerAt = Infinity
            this.drain()
          })
  }

  close(): void {
    this.timer?.cancel()
  }
}
