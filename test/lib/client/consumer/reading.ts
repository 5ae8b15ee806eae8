import {
  Consumer,
  consumerSettings,
  Delivery,
  DirectAssignment,
  topicsNamed,
  type DirectReading,
  type RecordSink,
} from '../../../../src/lib/client/consumer/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import type { FakeCluster } from './fake-cluster.ts'

export interface ReadingOptions extends Partial<DirectReading> {
  readonly properties?: Record<string, string>
  readonly maxRecords?: number
  readonly sink?: Partial<RecordSink>
}

/** A reader of topic `t` over a fake cluster, and what it has read as `partition:offset value`. */
export function openReading(cluster: FakeCluster, options: ReadingOptions = {}) {
  const clock = new FakeClock()
  cluster.clock = clock
  const settings = consumerSettings(new Map(Object.entries({ 'auto.offset.reset': 'earliest', ...options.properties })))
  const notices: string[] = []
  const lines: string[] = []
  const { subscription = topicsNamed(['t']), partitions, start, end } = options
  const consumer = new Consumer({
    client: cluster,
    settings,
    clock,
    notice: (line) => notices.push(line),
    waitsForTopics: end === undefined,
    assign: (parts) =>
      new DirectAssignment(parts, { subscription, partitions, start, end, autoOffsetReset: settings.autoOffsetReset }),
  })
  let at = ''
  let base = 0n
  const sink: RecordSink = {
    batch(partition, header) {
      at = `${partition.topic === 't' ? '' : `${partition.topic}-`}${partition.partition}`
      base = header.baseOffset
    },
    record({ body, valueStart, valueLength, offsetDelta }) {
      const value = valueLength < 0 ? 'null' : body.toString('utf8', valueStart, valueStart + valueLength)
      lines.push(`${at}:${base + BigInt(offsetDelta)} ${value}`)
    },
    endBatch() {},
    ready: () => undefined,
    ...options.sink,
  }
  const delivery = new Delivery(sink, {
    ...settings,
    maxRecords: options.maxRecords ?? Infinity,
    isStopped: () => consumer.isStopped,
  })

  /** Reads until so many records are there; time moves on whenever nothing else happens. */
  async function readUntil(count: number): Promise<string[]> {
    const stopTime = keepTime(clock)
    try {
      while (lines.length < count && !delivery.isDone) {
        const records = await consumer.next()
        if (!records) break
        await delivery.deliver(records)
        consumer.release(records)
      }
    } finally {
      stopTime()
    }
    return lines
  }

  return { clock, consumer, delivery, lines, notices, readUntil, settings }
}

/** Lets a fake clock run, a step at a time, while the event loop has nothing else to do. Returns how to stop it. */
export function keepTime(clock: FakeClock, stepMs = 50): () => void {
  let isRunning = true
  const tick = (): void => {
    if (!isRunning) return
    clock.advance(stepMs)
    setImmediate(tick)
  }
  setImmediate(tick)
  return () => {
    isRunning = false
  }
}
