import type { LogContext } from '../log-context.ts'
import { offsetsOf, SUFFIX } from '../names.ts'
import { ProducerSnapshots } from '../producer-snapshots.ts'
import { ProducerState } from '../producer-state.ts'
import type { Segment } from '../segment.ts'
import { replayBatches } from './replay-batches.ts'
import type { AbortedTransaction } from './transaction-index.ts'

/**
 * What the transaction indexes of some segments have to hold, found again in the log. A transaction may have begun
 * segments before its marker, so what was open where the first of them begins is taken from the snapshot there, or from
 * the log. See replayBatches for `recovered`.
 */
export function findAborted(
  context: LogContext,
  segments: readonly Segment[],
  wanted: readonly Segment[],
  recovered: ReadonlySet<Segment>,
): ReadonlyMap<Segment, readonly AbortedTransaction[]> {
  const found = new Map(wanted.map((segment): [Segment, AbortedTransaction[]] => [segment, []]))
  const [first] = wanted
  if (!first) return found
  const { fileSystem, directory, log, clock, onWarning } = context
  const state = new ProducerState(log, Infinity)
  const snapshots = new ProducerSnapshots(
    fileSystem,
    directory,
    onWarning,
    offsetsOf(fileSystem.list(directory), SUFFIX.snapshot),
  )
  const from = snapshots.loadUpTo(state, first.baseOffset, clock.now())
  const upToLast = segments.slice(0, segments.indexOf(wanted.at(-1)!) + 1)
  for (const { segment, header, marker } of replayBatches(upToLast, from, { onDamage: onWarning, recovered })) {
    const aborted = marker && state.abortedBy(header, marker)
    if (aborted) found.get(segment)?.push(aborted)
    state.update(header, marker)
  }
  return found
}
