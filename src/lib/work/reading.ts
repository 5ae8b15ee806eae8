import {
  absence,
  Consumer,
  Delivery,
  IdleLimit,
  type ConsumerOptions,
  type MissingTopic,
  type RecordSink,
} from '../client/consumer/index.ts'
import type { Context } from '../command/define.ts'
import type { Voice } from '../output/voice.ts'
import { NearNames } from './near-names.ts'

type Passed = 'client' | 'settings' | 'assign' | 'waitsForTopics' | 'onClear'

export interface ReadingParts extends Pick<ConsumerOptions, Passed> {
  readonly context: Pick<Context, 'clock' | 'signal' | 'style'>
  readonly voice: Pick<Voice, 'say'>
}

/** A consumer that tells people what it waits for, and which topic may have been meant by one that is not there. */
export function openConsumer({ context, voice, ...options }: ReadingParts): Consumer {
  const say = (line: string): void => void (consumer.isStopped || voice.say(line))
  const consumer: Consumer = new Consumer({
    ...options,
    clock: context.clock,
    notice: voice.say,
    onMissing: (topic) => void describeAbsence(topic).then(say),
  })
  return consumer

  async function describeAbsence({ name, isGone }: MissingTopic): Promise<string> {
    const meant = isGone ? '' : await new NearNames(options.client, context).hint('topic', name)
    return `${absence({ name, isGone })}${meant}${meant === '' ? '; waiting for it' : ' Waiting for it'}`
  }
}

export interface ReadingLimits {
  readonly maxRecords?: number
  /** End when no record has come for so long; Infinity never to. */
  readonly idleMs?: number
}

/** Reads records into a sink, until a limit, the end of what is assigned, `stop` or the signal. */
export class Reading {
  readonly consumer: Consumer
  private readonly delivery: Delivery
  private readonly idle: IdleLimit
  private readonly signal: AbortSignal

  constructor(
    parts: ReadingParts,
    private readonly sink: RecordSink,
    { maxRecords = Infinity, idleMs = Infinity }: ReadingLimits = {},
  ) {
    const { settings, context } = parts
    const consumer = (this.consumer = openConsumer(parts))
    this.signal = context.signal
    this.idle = new IdleLimit(context.clock, idleMs)
    this.delivery = new Delivery(sink, { ...settings, maxRecords, isStopped: () => consumer.isStopped })
    this.signal.addEventListener('abort', this.stop)
    if (this.signal.aborted) this.stop()
  }

  /** Records delivered so far. */
  get count(): number {
    return this.delivery.count
  }

  readonly stop = (): void => this.consumer.stop()

  /**
   * `onWait` is called before every wait for more, `onDelivered` with so many records and bytes. Throws what the
   * consumer and the sink throw.
   */
  async run({ onWait, onDelivered }: Partial<ReadingEvents> = {}): Promise<void> {
    const { consumer, delivery, idle, sink } = this
    while (!delivery.isDone) {
      if (!consumer.hasRecords) onWait?.()
      const records = await consumer.next(idle.deadlineMs)
      if (!records) return
      const { count, seen } = delivery
      await delivery.deliver(records)
      onDelivered?.(delivery.count - count, records.records.length)
      consumer.release(records, (then) => sink.whenUnread?.(then))
      if (delivery.seen > seen) idle.restart()
      else if (idle.isOver) return
    }
  }

  /** See Consumer.close. */
  async close(isPrinted: boolean): Promise<void> {
    const { signal, idle } = this
    signal.removeEventListener('abort', this.stop)
    await this.consumer.close(isPrinted, signal.aborted ? 'hurried' : idle.isOver ? 'idle' : 'unhurried')
  }
}

interface ReadingEvents {
  onWait(): void
  onDelivered(records: number, bytes: number): void
}
