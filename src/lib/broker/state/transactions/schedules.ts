import { KafkaError } from '../../../errors.ts'
import { timerName } from '../coordination/timers.ts'
import { forget } from './commit.ts'
import { fence } from './end.ts'
import type { TransactionContext } from './transaction-context.ts'
import type { Transaction } from './transaction.ts'

const AT_REST: ReadonlySet<Transaction['status']> = new Set(['Empty', 'CompleteCommit', 'CompleteAbort'])

/** Looks now and then for transactions that take too long, and for transactional ids that nobody uses any more. */
export function scheduleChores(context: TransactionContext): void {
  const { abortTimedOutIntervalMs, removeExpiredIntervalMs } = context.settings
  every(context, 'abort timed out', abortTimedOutIntervalMs, abortTimedOut)
  every(context, 'remove expired', removeExpiredIntervalMs, removeExpired)
}

function every(
  context: TransactionContext,
  what: string,
  intervalMs: number,
  chore: (context: TransactionContext) => void,
): void {
  context.timers.schedule(timerName(what, ''), intervalMs, () => {
    every(context, what, intervalMs, chore)
    chore(context)
  })
}

/** A transaction that is open for longer than its producer asked for is aborted, and the producer shut out. */
function abortTimedOut(context: TransactionContext): void {
  const now = context.clock.now()
  for (const transaction of [...context.transactions.values()]) {
    const isTimedOut = transaction.status === 'Ongoing' && transaction.startTimestamp + transaction.timeoutMs < now
    if (isTimedOut) attempt(() => fence(context, transaction))
  }
}

function removeExpired(context: TransactionContext): void {
  const latest = context.clock.now() - context.settings.idExpirationMs
  for (const { transactionalId, status, lastUpdateTimestamp } of [...context.transactions.values()]) {
    if (AT_REST.has(status) && lastUpdateTimestamp <= latest) attempt(() => forget(context, transactionalId))
  }
}

/** What cannot be written is found again the next time. */
function attempt(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
  }
}
