import { KafkaError } from '../../errors.ts'
import type { PartitionRegistration } from '../state/cluster/types.ts'

/** The replicas of a partition, and those that come and go (PartitionReassignmentReplicas). */
export interface ReassignmentReplicas {
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

export const isReassigning = ({ addingReplicas, removingReplicas }: Omit<ReassignmentReplicas, 'replicas'>): boolean =>
  addingReplicas.length > 0 || removingReplicas.length > 0

/** What a partition has on its way from its replicas to others: the target first, and those that leave it behind. */
export function reassign(current: readonly number[], target: readonly number[]): ReassignmentReplicas {
  const removingReplicas = difference(current, target)
  return {
    replicas: [...target, ...removingReplicas],
    addingReplicas: difference(target, current),
    removingReplicas,
  }
}

/**
 * What is left when the reassignment is over; undefined while replicas that were added are not in sync, or while there
 * would be fewer in sync afterwards than there could be.
 */
export function complete(
  { replicas, addingReplicas, removingReplicas }: ReassignmentReplicas,
  isr: readonly number[],
): { readonly replicas: readonly number[]; readonly isr: readonly number[] } | undefined {
  if (!isReassigning({ addingReplicas, removingReplicas })) return undefined
  const left = { replicas: without(replicas, removingReplicas), isr: without(isr, removingReplicas) }
  if (removingReplicas.length > 0 && (left.isr.length === 0 || left.replicas.length === 0)) return undefined
  if (!includesAll(left.isr, addingReplicas)) return undefined
  if (addingReplicas.length < removingReplicas.length && !includesAll(left.isr, left.replicas)) return undefined
  return left
}

/**
 * What a partition goes back to when its reassignment is cancelled (PartitionReassignmentRevert): unclean where nobody
 * who stays is in sync. Throws KafkaError INVALID_REPLICA_ASSIGNMENT.
 */
export function revert({ replicas, addingReplicas, isr }: PartitionRegistration): {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly isUnclean: boolean
} {
  const original = without(replicas, addingReplicas)
  const left = without(isr, addingReplicas)
  if (left.length > 0) return { replicas: original, isr: left, isUnclean: false }
  const [first] = original
  if (first === undefined)
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      'Invalid replica assignment: addingReplicas contains all replicas.',
    )
  return { replicas: original, isr: [first], isUnclean: true }
}

export const without = (all: readonly number[], some: readonly number[]): number[] =>
  all.filter((id) => !some.includes(id))

export const includesAll = (all: readonly number[], some: readonly number[]): boolean =>
  some.every((id) => all.includes(id))

const difference = (all: readonly number[], some: readonly number[]): number[] =>
  without(all, some).sort((a, b) => a - b)
