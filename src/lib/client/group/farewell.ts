import type { Clock, Timer } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Committer } from './committer.ts'
import type { Keeper } from './keeper.ts'

/** The last commit, then the goodbye: both must be over within a second after Ctrl-C, else within the 30 s of Java's close. */
const HURRIED = { commitMs: 500, goodbyeMs: 300 }
const UNHURRIED = { commitMs: 20_000, goodbyeMs: 10_000 }

/** Commits what was printed, and leaves the group. See Consumer.close for the two flags. */
export async function sayGoodbye(
  { committer, keeper, clock }: { committer: Committer; keeper: Keeper; clock: Clock }, isPrinted: boolean, isHurried: boolean,
): Promise<void> {
  const { commitMs, goodbyeMs } = isHurried ? HURRIED : UNHURRIED
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
    timer = clock.after(timeoutMs, () => reject(new EnvironmentError(`Cannot ${what}: the coordinator has not answered within ${timeoutMs} ms`)))
  })
  await Promise.race([work, late]).finally(() => timer?.cancel())
}
