import { Hindrances } from '../../../lib/client/hindrances.ts'
import {
  Consumer,
  Delivery,
  IdleLimit,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
} from '../../../lib/client/consumer/index.ts'
import type { ClientSettings, KafkaClient } from '../../../lib/client/types.ts'
import { wait } from '../../../lib/client/wait.ts'
import type { Context } from '../../../lib/command/define.ts'
import { connectUnlessAborted } from '../../../lib/work/connect-unless-aborted.ts'
import { sayMissing } from '../../../lib/work/missing-topic.ts'
import { EnvironmentError } from '../../../lib/errors.ts'
import { Voice } from '../../../lib/output/voice.ts'
import type { RecordCounter } from './record-counter.ts'

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
  const { clock, signal } = context
  const { say } = new Voice(context)
  const consumer = new Consumer({
    client,
    settings,
    clock,
    assign: (parts) => options.assign(parts),
    notice: say,
    onMissing: (topic) => void sayMissing(topic, client, context, (line) => void (consumer.isStopped || say(line))),
  })
  const idle = new IdleLimit(clock, options.timeoutMs)
  const delivery = new Delivery(counter, { ...settings, maxRecords: numRecords, isStopped: () => consumer.isStopped })
  const stop = (): void => consumer.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await pass(consumer, delivery, idle)
    return clock.now()
  } finally {
    signal.removeEventListener('abort', stop)
    await consumer.close(true, signal.aborted ? 'hurried' : idle.isOver ? 'idle' : 'unhurried')
  }
}

async function pass(consumer: Consumer, delivery: Delivery, idle: IdleLimit): Promise<void> {
  while (!delivery.isDone) {
    const records = await consumer.next(idle.deadlineMs)
    if (!records) return
    const { seen } = delivery
    await delivery.deliver(records)
    consumer.release(records)
    if (delivery.seen > seen) idle.restart()
    else if (idle.isOver) return
  }
}

/**
 * Connects. Under Apache's name a cluster that is out of reach is asked again until `timeoutMs` is over, and undefined
 * then: to Apache's tool it is one from which no record comes. Under `kts` that is thrown. Undefined too when the
 * signal is raised.
 */
export async function connectFor(
  settings: ClientSettings,
  timeoutMs: number,
  context: Context,
): Promise<KafkaClient | undefined> {
  const { clock, style, signal } = context
  const { say: warn } = new Voice(context)
  const hindrances = new Hindrances({ clock, say: warn })
  const deadlineMs = clock.now() + timeoutMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await connectUnlessAborted(settings, { clock, warn, hindrances }, signal)
    } catch (error) {
      if (style === 'kts' || !(error instanceof EnvironmentError)) throw error
      if (isFirst) warn(`${error.message}; trying again`)
      if (signal.aborted || clock.now() + RECONNECT_MS > deadlineMs) return undefined
      await wait(clock, RECONNECT_MS)
    }
  }
}
