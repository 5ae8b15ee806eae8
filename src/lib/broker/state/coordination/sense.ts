import { MalformedError } from '../../../errors.ts'

/** The largest time of a Date; what lies beyond is no time, and 64 bits of it do not fit a number. */
const MAX_TIME_MS = 8_640_000_000_000_000n
/** An epoch can go up from here, for as long as anybody lives. */
const MAX_EPOCH = 0x7fff_0000

/** Throws MalformedError, saying what is wrong: whoever acts on such a record could go wrong later. */
export function requireSense(condition: boolean, what: string): void {
  if (!condition) throw new MalformedError(what)
}

/** Milliseconds since the epoch, or -1 for none. */
export function requireTime(name: string, time: bigint): void {
  requireSense(time >= -1n && time <= MAX_TIME_MS, `a ${name} of ${time}`)
}

/** A count of generations or epochs, which may have special values below 0, from `least` on. */
export function requireEpoch(name: string, epoch: number, least = 0): void {
  requireSense(epoch >= least && epoch <= MAX_EPOCH, `a ${name} of ${epoch}`)
}
