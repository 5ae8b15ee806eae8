import { replicaName, type ReplicaLogDir } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import { namedError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { PartitionReassignment } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { showPlan, type Planned } from '../../lib/work/outcomes.ts'
import type { ReassignValues } from './options.ts'
import { plannedDirs, type PlannedPartition } from './plan-file.ts'

/** What --execute would begin. `current` is how the partitions lie now, in the order of the plan. */
export async function planExecution(
  client: KafkaClient,
  plan: readonly PlannedPartition[],
  current: readonly PlannedPartition[],
  values: ReassignValues,
  context: Context,
): Promise<Result> {
  const isRefused = ({ replicas }: PlannedPartition, index: number): boolean =>
    values.disallowReplicationFactorChange && replicas.length !== current[index]!.replicas.length
  const failures = plan
    .filter(isRefused)
    .map((item) => ({ what: `Cannot reassign ${partitionName(item)}`, error: OTHER_FACTOR }))
  const exitCode = await nameFailures(failures, { client, context })
  const partitions = plan.map((item, index): Planned => {
    const { topic, partition, replicas } = item
    const before = current[index]!.replicas
    const data = { topic, partition, before, replicas }
    if (isRefused(item, index)) return { data: { ...data, error: OTHER_FACTOR }, sentence: null }
    const name = partitionName(item)
    if (before.join() === replicas.join()) return { data, sentence: `${name} lies on ${before.join(',')} already.` }
    return { data, sentence: `Would move ${name} from ${before.join(',')} to ${replicas.join(',')}.` }
  })
  return showPlan([...partitions, ...plannedDirs(plan).map(moveTo), ...limits(values)], exitCode)
}

const OTHER_FACTOR = namedError(
  'INVALID_REPLICATION_FACTOR',
  'The plan has another number of replicas, which --disallow-replication-factor-change forbids',
)

const moveTo = (move: ReplicaLogDir): Planned => ({
  data: { ...move },
  sentence: `Would move the replica ${replicaName(move)} to ${move.logDir}.`,
})

function limits({ throttle, replicaAlterLogDirsThrottle }: ReassignValues): Planned[] {
  const limit = (bytesPerSecond: number | undefined, between: string): Planned[] =>
    bytesPerSecond === undefined
      ? []
      : [
          {
            data: { between, bytesPerSecond },
            sentence: `Would limit what goes between ${between} to ${bytesPerSecond} B/s.`,
          },
        ]
  return [...limit(throttle, 'brokers'), ...limit(replicaAlterLogDirsThrottle, 'directories')]
}

/** What --cancel would call off. */
export function planCancellation(
  active: readonly PartitionReassignment[],
  moving: readonly ReplicaLogDir[],
  { preserveThrottles }: ReassignValues,
): Result {
  const partitions = active.map(({ topic, partition, replicas, addingReplicas }): Planned => {
    const before = replicas.filter((id) => !addingReplicas.includes(id))
    const sentence = `Would call off the reassignment of ${partitionName({ topic, partition })}: it would lie on ${before.join(',')}.`
    return { data: { topic, partition, before: replicas, replicas: before }, sentence }
  })
  const throttles: Planned[] = preserveThrottles
    ? []
    : [{ data: { throttles: 'cleared' }, sentence: 'Would clear the throttles.' }]
  return showPlan([...partitions, ...moving.map(moveTo), ...throttles])
}
