import { connectClient } from '../../../lib/client/connect.ts'
import { Consumer, Delivery, type Assignment, type ConsumerParts, type ConsumerSettings } from '../../../lib/client/consumer/index.ts'
import type { ClientSettings, KafkaClient } from '../../../lib/client/types.ts'
import { wait } from '../../../lib/client/wait.ts'
import type { Context } from '../../../lib/command/define.ts'
import { EnvironmentError } from '../../../lib/errors.ts'
import type { RecordCounter } from './record-counter.ts'
import { say } from '../../../lib/output/say.ts'

export interface SessionOptions {
  readonly settings: ConsumerSettings
  assign(parts: ConsumerParts): Assignment
  readonly numRecords: number
  /** End when no record has come for so long. */
  readonly timeoutMs: number
  readonly counter: RecordCounter
}

const RECONNECT_MS = 250

/** Reads until enough records have come, none comes any more, or the signal is raised; returns when that was. */
export async function readRecords(client: KafkaClient, options: SessionOptions, context: Context): Promise<number> {
  const { settings, numRecords, counter } = options
  const { clock, signal, stderr, program } = context
  const consumer = new Consumer({
    client, settings, clock, assign: (parts) => options.assign(parts), notice: (line) => void say({ stderr, program }, line),
  })
  const delivery = new Delivery(counter, { ...settings, maxRecords: numRecords, isStopped: () => consumer.isStopped })
  const stop = (): void => consumer.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await pass(consumer, delivery, options.timeoutMs, () => clock.now())
    return clock.now()
  } finally {
    signal.removeEventListener('abort', stop)
    await consumer.close(true)
  }
}

async function pass(consumer: Consumer, delivery: Delivery, timeoutMs: number, now: () => number): Promise<void> {
  let lastMs = now()
  while (!delivery.isDone) {
    const records = await consumer.next(lastMs + timeoutMs)
    if (!records) return
    await delivery.deliver(records)
    consumer.release(records)
    lastMs = now()
  }
}

/**
 * Connects. Under Apache's name a cluster that is out of reach is asked again until `timeoutMs` is over, and undefined
 * then: to Apache's tool it is one from which no record comes. Under `kts` that is thrown.
 */
export async function connectFor(settings: ClientSettings, timeoutMs: number, context: Context): Promise<KafkaClient | undefined> {
  const { clock, style, stderr, program, signal } = context
  const warn = (sentence: string): void => void say({ stderr, program }, sentence)
  const deadlineMs = clock.now() + timeoutMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await connectClient(settings, { clock, warn })
    } catch (error) {
      if (style === 'kts' || !(error instanceof EnvironmentError)) throw error
      if (isFirst) warn(error.message)
      if (signal.aborted || clock.now() + RECONNECT_MS > deadlineMs) return undefined
      await wait(clock, RECONNECT_MS)
    }
  }
}
