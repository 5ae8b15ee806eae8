import { Consumer, Delivery, type Assignment, type ConsumerParts, type ConsumerSettings } from '../../lib/client/consumer/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { NearNames } from '../../lib/config/near-names.ts'
import { isExpected, KafkaError } from '../../lib/errors.ts'
import { NO_PROGRESS, startProgress } from '../../lib/output/progress.ts'
import { say as tell } from '../../lib/output/say.ts'
import { bare } from '../../lib/output/shown.ts'
import { unblocked } from '../../lib/output/unblocked.ts'
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
}

/** Prints records until the limit, the idle time, a signal, or the reader's leaving ends it. Returns the exit code. */
export async function printRecords(session: Session, context: Context): Promise<number> {
  const { client, settings } = session
  const progress = context.style === 'kts'
    ? startProgress(context, { verb: 'consumed', unit: 'record', hasOutput: true, forced: session.showsProgress ?? false }) : NO_PROGRESS
  const say = (line: string): void => {
    progress.clear()
    void tell(context, line)
  }
  const offer = async (missing: string): Promise<void> => {
    const meant = await new NearNames(client, context).find('topic', missing)
    if (meant !== undefined && !consumer.isStopped) say(`did you mean ${meant}?`)
  }
  const output: Output = new Output(unblocked(session.isRaw ? bare(context.stdout) : context.stdout), () => consumer.stop())
  const consumer = new Consumer({
    client, settings, clock: context.clock, waitsForTopics: session.waitsForTopics ?? true,
    notice(line, missing) {
      say(line)
      if (missing !== undefined) void offer(missing)
    },
    assign: (parts) => session.assign(parts, () => output.drain()),
  })
  const delivery = new Delivery(new Printer(session.formatter, output, session.skipsBadRecords ? say : undefined, session.filter), {
    ...settings, maxRecords: session.maxRecords, isStopped: () => consumer.isStopped,
  })
  const forgetSignal = onAbort(context, () => {
    consumer.stop()
    context.clock.after(GRACE_MS, () => output.giveUp())
  })
  try {
    await pass(consumer, delivery, output, {
      deadline: () => context.clock.now() + session.idleMs,
      onDelivered(count, bytes) {
        progress.add(count, bytes)
        progress.reach(delivery.count / session.maxRecords)
      },
    })
    return 0
  } catch (error) {
    // Apache's tool takes an error of the consumer for the end of the topic.
    if (context.style !== 'drop-in' || !(error instanceof KafkaError)) throw error
    say(error.message)
    return 0
  } finally {
    const isPrinted = await output.drain()
    await consumer.close(isPrinted, context.signal.aborted).catch((error: unknown) => sayExpected(error, say))
    forgetSignal()
    progress.end()
    announceEnd(output.recordsBeforeFailure() ?? delivery.count, session.announcesEnd, context)
  }
}

/** From the brokers to the output. What has been gathered goes out whenever there is nothing to add. */
async function pass(
  consumer: Consumer, delivery: Delivery, output: Output,
  { deadline, onDelivered }: { deadline(): number; onDelivered(count: number, bytes: number): void },
): Promise<void> {
  while (!delivery.isDone) {
    if (!consumer.hasRecords) output.flush()
    const records = await consumer.next(deadline())
    if (!records) return
    const before = delivery.count
    await delivery.deliver(records)
    onDelivered(delivery.count - before, records.records.length)
    consumer.release(records)
  }
}

/** The end goes on whatever goes wrong in it, unless that is a bug. */
function sayExpected(error: unknown, say: (line: string) => void): void {
  if (!isExpected(error)) throw error
  say(error.message)
}

function onAbort({ signal }: Context, action: () => void): () => void {
  if (signal.aborted) action()
  signal.addEventListener('abort', action)
  return () => signal.removeEventListener('abort', action)
}
