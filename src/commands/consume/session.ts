import {
  Consumer,
  Delivery,
  IdleLimit,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type CloseTimeout,
} from '../../lib/client/consumer/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { sayMissing } from '../../lib/work/missing-topic.ts'
import { isExpected, KafkaError } from '../../lib/errors.ts'
import { NO_PROGRESS, startProgress } from '../../lib/output/progress.ts'
import { bare } from '../../lib/output/shown.ts'
import { unblocked } from '../../lib/output/unblocked.ts'
import { Voice } from '../../lib/output/voice.ts'
import type { RecordFilter } from './filter.ts'
import type { Formatter } from './formatters/index.ts'
import { Output } from './output.ts'
import { announceEnd, Printer } from './printer.ts'

/** How long a reader that has stopped reading may hold up the end after Ctrl-C. */
const GRACE_MS = 500

export interface Session {
  readonly client: KafkaClient
  readonly settings: ConsumerSettings
  readonly formatter: Formatter
  /** `printed` resolves to true once everything handed out so far has left the process. */
  assign(parts: ConsumerParts, printed: () => Promise<boolean>): Assignment
  /** Whether a topic that is not there is waited for. */
  readonly waitsForTopics?: boolean
  readonly maxRecords: number
  /** End when no record has come for so long; Infinity never to. */
  readonly idleMs: number
  readonly skipsBadRecords: boolean
  /** Without it all are printed. */
  readonly filter?: RecordFilter | undefined
  /** A terminal gets control characters as they are. */
  readonly isRaw?: boolean
  /** Also where it is not shown by itself. */
  readonly showsProgress?: boolean
  /** For Kafka's own system tests: print `shutdown_complete` at the end. */
  readonly announcesEnd: boolean
  /** Where notices go, when others use it as well. */
  readonly voice?: Voice
}

/** Prints records until the limit, the idle time, a signal, or the reader's leaving ends it. Returns the exit code. */
export async function printRecords(session: Session, context: Context): Promise<number> {
  const { client, settings } = session
  const progress =
    context.style === 'kts'
      ? startProgress(context, {
          verb: 'consumed',
          unit: 'record',
          hasOutput: true,
          forced: session.showsProgress ?? false,
        })
      : NO_PROGRESS
  const { voice = new Voice(context) } = session
  const { say } = voice
  voice.clear = () => progress.clear()
  const output: Output = new Output(unblocked(session.isRaw ? bare(context.stdout) : context.stdout), () =>
    consumer.stop(),
  )
  const consumer = new Consumer({
    client,
    settings,
    clock: context.clock,
    waitsForTopics: session.waitsForTopics ?? true,
    notice: say,
    onMissing: (topic) => void sayMissing(topic, client, context, (line) => void (consumer.isStopped || say(line))),
    assign: (parts) => session.assign(parts, () => output.drain()),
  })
  const delivery = new Delivery(
    new Printer(session.formatter, output, session.skipsBadRecords ? say : undefined, session.filter),
    {
      ...settings,
      maxRecords: session.maxRecords,
      isStopped: () => consumer.isStopped,
    },
  )
  const forgetSignal = onAbort(context, () => {
    consumer.stop()
    context.clock.after(GRACE_MS, () => output.giveUp())
  })
  const idle = new IdleLimit(context.clock, session.idleMs)
  let isSettled = false
  try {
    await pass(consumer, delivery, output, {
      idle,
      onDelivered(count, bytes) {
        progress.add(count, bytes)
        progress.reach(delivery.count / session.maxRecords)
      },
    })
  } catch (error) {
    // Apache's tool takes an error of the consumer for the end of the topic.
    if (context.style !== 'drop-in' || !(error instanceof KafkaError)) throw error
    say(error.message)
  } finally {
    const isPrinted = await output.drain()
    isSettled = await consumer.close(isPrinted, closeTimeoutOf(idle, context)).then(
      () => true,
      (error: unknown) => sayExpected(error, say),
    )
    forgetSignal()
    progress.end()
    announceEnd(output.recordsBeforeFailure() ?? delivery.count, session.announcesEnd, context)
  }
  // What was printed and not committed is read again; Apache's tool is content.
  return isSettled || context.style === 'drop-in' ? 0 : 1
}

/** From the brokers to the output. What has been gathered goes out whenever there is nothing to add. */
async function pass(
  consumer: Consumer,
  delivery: Delivery,
  output: Output,
  { idle, onDelivered }: { readonly idle: IdleLimit; onDelivered(count: number, bytes: number): void },
): Promise<void> {
  while (!delivery.isDone) {
    if (!consumer.hasRecords) output.flush()
    const records = await consumer.next(idle.deadlineMs)
    if (!records) return
    const { count, seen } = delivery
    await delivery.deliver(records)
    onDelivered(delivery.count - count, records.records.length)
    consumer.release(records)
    if (delivery.seen > seen) idle.restart()
    else if (idle.isOver) return
  }
}

const closeTimeoutOf = (idle: IdleLimit, { signal }: Context): CloseTimeout =>
  signal.aborted ? 'hurried' : idle.isOver ? 'idle' : 'unhurried'

/** The end goes on whatever goes wrong in it, unless that is a bug. */
function sayExpected(error: unknown, say: (line: string) => void): false {
  if (!isExpected(error)) throw error
  say(error.message)
  return false
}

function onAbort({ signal }: Context, action: () => void): () => void {
  if (signal.aborted) action()
  signal.addEventListener('abort', action)
  return () => signal.removeEventListener('abort', action)
}
