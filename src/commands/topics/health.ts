import type { PartitionDescription } from '../../lib/client/admin/describe-topics.ts'
import type { TopicsValues } from './options.ts'

interface Wanted {
  /** What the partition is meant to have, reassignments aside. */
  readonly replicationFactor: number
  readonly minIsr: number
}

type IsShown = (partition: PartitionDescription, wanted: Wanted) => boolean

/** The test of --under-replicated-partitions and the like: any of those given. Null when none is. */
export function healthFilter(values: TopicsValues, liveBrokers: ReadonlySet<number>): IsShown | null {
  const tests: IsShown[] = []
  if (values.underReplicatedPartitions) tests.push(({ isr }, { replicationFactor }) => isr.length < replicationFactor)
  if (values.unavailablePartitions) tests.push(({ leader }) => leader === null || !liveBrokers.has(leader))
  if (values.underMinIsrPartitions) tests.push(({ leader, isr }, { minIsr }) => leader === null || isr.length < minIsr)
  if (values.atMinIsrPartitions) tests.push(({ isr }, { minIsr }) => isr.length === minIsr)
  return tests.length === 0 ? null : (partition, wanted) => tests.some((test) => test(partition, wanted))
}
