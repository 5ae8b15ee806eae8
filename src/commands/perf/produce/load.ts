import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Producer, ProducerOptions, TopicWriter } from '../../../lib/client/producer/index.ts'
import { type Clock, wait } from '../../../lib/clock.ts'
import { LatencyStats, type Total, type Window, isSteady, latencyOf, lengthOf, stamp } from './latencies.ts'
import type { KafkaError } from '../../../lib/errors.ts'
import type { Payloads } from './payloads.ts'
import { Rounds, Throttle } from './pace.ts'

export interface LoadOptions {
  /** Of all producers together. */
  readonly records: number
  /** How many of them come before the steady state; 0 for a run without one. */
  readonly warmupRecords: number
  /** The most records a second of one producer; negative for no limit. */
  readonly perSecond: number
  readonly reportingIntervalMs: number
  /** How old a transaction becomes, for producers with a transactional id. */
  readonly transactionDurationMs: number
  readonly clock: Clock
  /** Ends the sending early. */
  readonly signal: AbortSignal
  readonly failures: Failures
  /** Figures of an interval that has passed; whether it is the first of the steady state. */
  onWindow(this: void, window: Window, beginsSteadyState: boolean): void
}

/** Between two looks at the network no more is appended than this. */
const TURN_BYTES = 256 * 1024
/** The longest nap: a signal is noticed after it. */
const NAP_MS = 200

/**
 * Sends records as fast as it may, through any number of producers, and measures how long each takes
 * (ProducerPerformance).
 */
export class Load {
  private readonly startMs: number
  private readonly stats: LatencyStats
  private steadyStats: LatencyStats | undefined
  /** Records handed to producers so far. */
  private started = 0

  constructor(private readonly options: LoadOptions) {
    const { clock, records, reportingIntervalMs, onWindow } = options
    this.startMs = clock.now()
    this.stats = new LatencyStats(records, reportingIntervalMs, this.startMs, (window) => {
      // From here on the windows are those of the steady state.
      if (!this.steadyStats) onWindow(window, false)
    })
  }

  /** What a producer of this load has to call. */
  get events(): Pick<ProducerOptions, 'onSent' | 'onFailure'> {
    return {
      onSent: (stamps) => this.count(stamps),
      onFailure: (stamps, error) => this.options.failures.add(stamps.length, error),
    }
  }

  /** Sends so many records through one producer, and waits until all of them have been answered. */
  async send(producer: Producer, writer: TopicWriter, records: number, payloads: Payloads): Promise<void> {
    const { clock, perSecond, signal, transactionDurationMs } = this.options
    const rounds = producer.transactions && new Rounds(producer.transactions, transactionDurationMs)
    const throttle = new Throttle(perSecond, this.startMs)
    let turnBytes = 0
    for (let sent = 0; sent < records && !signal.aborted; sent += 1) {
      payloads.next()
      const nowMs = clock.now()
      if (rounds) await rounds.beforeRecord(nowMs)
      // The first record has waited for the connection and the topic, as in Java's send().
      const stamped = this.stamp(payloads.end - payloads.start, sent === 0 ? this.startMs : nowMs)
      if (!append(writer, nowMs, payloads, stamped)) await this.appendLater(producer, writer, payloads, stamped)
      if (rounds?.isOver(nowMs)) await rounds.commit()
      if (throttle.delayMs(sent + 1, nowMs) > 0) await this.rest(producer, throttle, sent + 1)
      turnBytes += payloads.end - payloads.start
      if (turnBytes < TURN_BYTES) continue
      turnBytes = 0
      producer.drain()
      await nextTurn()
    }
    await (rounds ? rounds.commit() : producer.flush())
  }

  private stamp(length: number, sentMs: number): number {
    const { warmupRecords } = this.options
    const isSteady = warmupRecords > 0 && this.started >= warmupRecords
    if (isSteady) this.steadyStats ??= this.beginSteadyState()
    this.started += 1
    return stamp(sentMs, length, isSteady)
  }

  private beginSteadyState(): LatencyStats {
    const { clock, records, warmupRecords, reportingIntervalMs, onWindow } = this.options
    return new LatencyStats(records - warmupRecords, reportingIntervalMs, clock.now(), onWindow)
  }

  private async appendLater(
    producer: Producer,
    writer: TopicWriter,
    payloads: Payloads,
    stamped: number,
  ): Promise<void> {
    do {
      if (await producer.room()) continue
      return producer.refuse(stamped, producer.roomError())
    } while (!append(writer, this.options.clock.now(), payloads, stamped))
  }

  /** Waits until the rate allows another record; what has been appended leaves meanwhile. */
  private async rest(producer: Producer, throttle: Throttle, sent: number): Promise<void> {
    const { clock, signal } = this.options
    producer.drain()
    for (let delayMs = 1; delayMs > 0 && !signal.aborted; delayMs = throttle.delayMs(sent, clock.now())) {
      await wait(clock, Math.min(delayMs, NAP_MS))
    }
  }

  private count(stamps: Float64Array): void {
    const { stats, steadyStats } = this
    const nowMs = this.options.clock.now()
    for (const stamped of stamps) {
      const [latencyMs, length] = [latencyOf(stamped, nowMs), lengthOf(stamped)]
      stats.record(latencyMs, length, nowMs)
      if (isSteady(stamped)) steadyStats!.record(latencyMs, length, nowMs)
    }
  }

  /** The figures of the run so far, and of its steady state where it has come to one. */
  totals(): { all: Total; steady: Total | undefined } {
    const nowMs = this.options.clock.now()
    return { all: this.stats.total(nowMs), steady: this.steadyStats?.total(nowMs) }
  }
}

/** False when there is no memory for the record. */
function append(writer: TopicWriter, nowMs: number, { buffer, start, end }: Payloads, stamped: number): boolean {
  return writer.append(nowMs, null, 0, 0, buffer, start, end, null, stamped)
}

/**
 * Says of each reason once that records are not sent for it, and at the end how many there were. What differs in
 * numbers alone, a partition or a size, is one reason.
 */
export class Failures {
  /** Records that failed so far. */
  count = 0
  private readonly reasons = new Map<string, { readonly first: string; isAlone: boolean; records: number }>()

  /** `say` writes a line to stderr. */
  constructor(private readonly say: (line: string) => void) {}

  add(records: number, { code, message }: KafkaError): void {
    const reason = message.includes(code) ? message : `${code}: ${message}`
    const kind = reason.replace(/\d+/g, '0')
    const known = this.reasons.get(kind) ?? { first: reason, isAlone: true, records: 0 }
    if (known.records === 0) this.say(`records are not sent: ${reason}`)
    if (known.first !== reason) known.isAlone = false
    known.records += records
    this.reasons.set(kind, known)
    this.count += records
  }

  end(): void {
    for (const { first, isAlone, records } of this.reasons.values())
      this.say(`${records} records were not sent: ${first}${isAlone ? '' : ', and the like'}`)
  }
}
