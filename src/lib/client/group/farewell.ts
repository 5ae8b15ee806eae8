import type { Clock, Timer } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Farewell } from '../consumer/farewell.ts'
import type { Committer } from './committer.ts'
import type { Keeper } from './keeper.ts'

/** The last commit, then the goodbye: 30 s together is what Java's close allows. */
const TIMES: Readonly<Record<Farewell, { commitMs: number; goodbyeMs: number }>> = {
  unhurried: { commitMs: 20_000, goodbyeMs: 10_000 },
  idle: { commitMs: 2000, goodbyeMs: 1000 },
  hurried: { commitMs: 500, goodbyeMs: 300 },
}

/** Commits what was printed, and leaves the group. See Consumer.close for the two flags. */
export async function sayGoodbye(
  { committer, keeper, clock }: { committer: Committer; keeper: Keeper; clock: Clock },
  isPrinted: boolean,
  farewell: Farewell,
): Promise<void> {
  const { commitMs, goodbyeMs } = TIMES[farewell]
  try {
    if (isPrinted) await inTime(clock, commitMs, committer.commitLast(commitMs), 'commit the last offsets')
  } finally {
    await inTime(clock, goodbyeMs, keeper.close(goodbyeMs), 'leave the group')
  }
}

/** A coordinator that is away may be looked for again and again: not for longer than this. Throws EnvironmentError. */
async function inTime(clock: Clock, timeoutMs: number, work: Promise<void>, what: string): Promise<void> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () =>
      reject(new EnvironmentError(`Cannot ${what}: the coordinator has not answered within ${timeoutMs} ms`)),
    )
  })
  await Promise.race([work, late]).finally(() => timer?.cancel())
}
