/** Figures of a stretch of time. */
export interface Window {
  readonly records: number
  /** Payloads alone. */
  readonly bytes: number
  readonly elapsedMs: number
  readonly totalLatencyMs: number
  readonly maxLatencyMs: number
}

/** Figures of a whole run, with the latencies that half, 95 %, 99 % and 99.9 % of the records were no later than. */
export interface Total extends Window {
  readonly percentilesMs: readonly [number, number, number, number]
}

/** Of more records than this only every second, third, … is sampled for the percentiles. */
const MOST_SAMPLES = 500_000
const PERCENTILES = [0.5, 0.95, 0.99, 0.999] as const

/** Counts acknowledged records and their latencies, as ProducerPerformance.Stats does. */
export class LatencyStats {
  private records = 0
  private bytes = 0
  private totalLatencyMs = 0
  private maxLatencyMs = 0
  private windowRecords = 0
  private windowBytes = 0
  private windowLatencyMs = 0
  private windowMaxLatencyMs = 0
  private windowStartMs: number
  private readonly every: number
  private readonly samples: Int32Array
  private sampled = 0

  /** `onWindow` gets the figures of each interval that has passed; `isFirst` when none has come before. */
  constructor(
    expectedRecords: number,
    private readonly intervalMs: number,
    private readonly startMs: number,
    private readonly onWindow: (window: Window, isFirst: boolean) => void,
  ) {
    this.windowStartMs = startMs
    this.every = Math.max(Math.floor(expectedRecords / MOST_SAMPLES), 1)
    this.samples = new Int32Array(Math.floor(expectedRecords / this.every) + 1)
  }

  record(latencyMs: number, bytes: number, nowMs: number): void {
    if (this.records % this.every === 0) this.samples[this.sampled++] = latencyMs
    this.records += 1
    this.bytes += bytes
    this.totalLatencyMs += latencyMs
    if (latencyMs > this.maxLatencyMs) this.maxLatencyMs = latencyMs
    this.windowRecords += 1
    this.windowBytes += bytes
    this.windowLatencyMs += latencyMs
    if (latencyMs > this.windowMaxLatencyMs) this.windowMaxLatencyMs = latencyMs
    if (nowMs - this.windowStartMs >= this.intervalMs) this.endWindow(nowMs)
  }

  private endWindow(nowMs: number): void {
    const {
      windowRecords: records,
      windowBytes: bytes,
      windowLatencyMs: totalLatencyMs,
      windowMaxLatencyMs: maxLatencyMs,
    } = this
    this.onWindow(
      { records, bytes, totalLatencyMs, maxLatencyMs, elapsedMs: nowMs - this.windowStartMs },
      records === this.records,
    )
    this.windowStartMs = nowMs
    this.windowRecords = this.windowBytes = this.windowLatencyMs = this.windowMaxLatencyMs = 0
  }

  total(nowMs: number): Total {
    const { records, bytes, totalLatencyMs, maxLatencyMs } = this
    return {
      records,
      bytes,
      totalLatencyMs,
      maxLatencyMs,
      elapsedMs: nowMs - this.startMs,
      percentilesMs: this.percentiles(),
    }
  }

  private percentiles(): Total['percentilesMs'] {
    const sorted = this.samples.subarray(0, this.sampled).sort()
    const [p50, p95, p99, p999] = PERCENTILES.map((part) => sorted[Math.floor(part * sorted.length)] ?? 0)
    return [p50!, p95!, p99!, p999!]
  }
}

/**
 * What the acknowledgement of a record has to know of it, in the one number that a producer keeps for each record: when
 * it was handed over, how long it is, and whether it belongs to the steady state. Bounds: 53 bits, and a sign.
 */
const LENGTHS = 2 ** 29
/** Times are counted round this circle of four hours and a half; no record is under way for so long. */
const CIRCLE_MS = 2 ** 24

/** The longest payload that a stamp can tell. */
export const MAX_LENGTH = LENGTHS - 1

export function stamp(sentMs: number, length: number, isSteady: boolean): number {
  const facts = (sentMs % CIRCLE_MS) * LENGTHS + length
  return isSteady ? -1 - facts : facts
}

export const isSteady = (stamped: number): boolean => stamped < 0

export const lengthOf = (stamped: number): number => facts(stamped) % LENGTHS

/** How long ago, in milliseconds, the record was handed over. */
export function latencyOf(stamped: number, nowMs: number): number {
  return ((nowMs % CIRCLE_MS) - Math.floor(facts(stamped) / LENGTHS) + CIRCLE_MS) % CIRCLE_MS
}

const facts = (stamped: number): number => (stamped < 0 ? -1 - stamped : stamped)
