import { UserError } from '../../../errors.ts'
import { rangeAssignor } from './range.ts'
import { roundRobinAssignor } from './round-robin.ts'
import { cooperativeStickyAssignor, stickyAssignor } from './sticky.ts'
import type { Assignor } from './types.ts'

export { type Assignments, type Assignor, type GroupMemberInfo } from './types.ts'

const ASSIGNORS: readonly Assignor[] = [rangeAssignor, roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor]

/** Java's default, in its order of preference. */
export const DEFAULT_ASSIGNORS: readonly string[] = [rangeAssignor.className, cooperativeStickyAssignor.className]

/**
 * Assignors by the names of their Java classes, or by their own names. Throws UserError for one that is not known, and
 * for none.
 */
export function findAssignors(names: readonly string[]): Assignor[] {
  if (names.length === 0) throw new UserError('partition.assignment.strategy names no assignor')
  return names.map((name) => {
    const assignor = ASSIGNORS.find((candidate) => candidate.className === name || candidate.name === name)
    if (!assignor)
      throw new UserError(
        `Unknown assignor ${name} in partition.assignment.strategy; known are ${ASSIGNORS.map(({ className }) => className).join(', ')}`,
      )
    return assignor
  })
}
