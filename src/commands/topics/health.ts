import type { PartitionTest } from '../../lib/overview/topics.ts'
import type { TopicsValues } from './options.ts'

/** The test of --under-replicated-partitions and the like: any of those given. Null when none is. */
export function healthFilter(values: TopicsValues, liveBrokers: ReadonlySet<number>): PartitionTest | null {
  const tests: PartitionTest[] = []
  if (values.underReplicatedPartitions) tests.push(({ isr }, { replicationFactor }) => isr.length < replicationFactor)
  if (values.unavailablePartitions) tests.push(({ leader }) => leader === null || !liveBrokers.has(leader))
  if (values.underMinIsrPartitions) tests.push(({ leader, isr }, { minIsr }) => leader === null || isr.length < minIsr)
  if (values.atMinIsrPartitions) tests.push(({ isr }, { minIsr }) => isr.length === minIsr)
  return tests.length === 0 ? null : (partition, wanted) => tests.some((test) => test(partition, wanted))
}
