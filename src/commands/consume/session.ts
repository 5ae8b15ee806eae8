import type { Assignment, ConsumerParts, ConsumerSettings, RecordSink } from '../../lib/client/consumer/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { isExpected, KafkaError } from '../../lib/errors.ts'
import { NO_PROGRESS, startProgress, type Progress } from '../../lib/output/progress.ts'
import { bare } from '../../lib/output/shown.ts'
import { unblocked } from '../../lib/output/unblocked.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { Reading } from '../../lib/work/reading.ts'
import type { RecordFilter } from '../../lib/browse/record-filter.ts'
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
  readonly waitsForTopics: boolean
  readonly maxRecords: number
  /** End when no record has come for so long; Infinity never to. */
  readonly idleMs: number
  readonly skipsBadRecords: boolean
  /** Without it all are printed. */
  readonly filter: RecordFilter | undefined
  /** What a record needs before it is shown: see RecordSink. */
  readonly awaits?: RecordSink['awaits']
  /** A terminal gets control characters as they are. */
  readonly isRaw: boolean
  /** Also where it is not shown by itself. */
  readonly showsProgress: boolean
  /** For Kafka's own system tests: print `shutdown_complete` at the end. */
  readonly announcesEnd: boolean
}

/** Prints records until the limit, the idle time, a signal, or the reader's leaving ends it. Returns the exit code. */
export async function printRecords(session: Session, context: Context, voice: Voice): Promise<number> {
  const { formatter, skipsBadRecords, filter, awaits, maxRecords, announcesEnd } = session
  const { say } = voice
  const progress = progressOf(session, context)
  voice.clear = () => progress.clear()
  const output: Output = new Output(unblocked(session.isRaw ? bare(context.stdout) : context.stdout), () =>
    reading.stop(),
  )
  const reading: Reading = new Reading(
    { ...session, context, voice, assign: (parts) => session.assign(parts, () => output.drain()) },
    new Printer(formatter, output, skipsBadRecords ? say : undefined, filter, awaits),
    session,
  )
  const forgetSignal = onAbort(context, () => context.clock.after(GRACE_MS, () => output.giveUp()))
  let isSettled = false
  try {
    await reading.run({
      // What has been gathered goes out whenever there is nothing to add.
      onWait: () => output.flush(),
      onDelivered(count, bytes) {
        progress.add(count, bytes)
        progress.reach(reading.count / maxRecords)
      },
    })
  } catch (error) {
    // Apache's tool takes an error of the consumer for the end of the topic.
    if (context.style !== 'drop-in' || !(error instanceof KafkaError)) throw error
    say(error.message)
  } finally {
    isSettled = await reading.close(await output.drain()).then(
      () => true,
      (error: unknown) => sayExpected(error, say),
    )
    forgetSignal()
    progress.end()
    announceEnd(output.recordsBeforeFailure() ?? reading.count, announcesEnd, context)
  }
  // What was printed and not committed is read again; Apache's tool is content.
  return isSettled || context.style === 'drop-in' ? 0 : 1
}

const progressOf = ({ showsProgress }: Session, context: Context): Progress =>
  context.style === 'drop-in'
    ? NO_PROGRESS
    : startProgress(context, { verb: 'consumed', unit: 'record', hasOutput: true, forced: showsProgress })

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
