import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import { listPartitionReassignments } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { currentOfPartitions, requireBrokers } from './current.ts'
import { startMoves } from './moves.ts'
import type { ReassignValues } from './options.ts'
import { planExecution } from './plan.ts'
import { plannedDirs, planJson, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { throttleBrokers, throttleLogDirs } from './throttles.ts'

const UNDER_WAY =
  'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. ' +
  'The --additional flag can also be used to change the throttle by resubmitting the current reassignment.'

/** Carries a plan out, after showing the way back. Throws KafkaError, Failure. */
export async function execute(
  client: KafkaClient,
  plan: readonly PlannedPartition[],
  values: ReassignValues,
  context: Context,
  output?: OutputFormat,
): Promise<Result> {
  const {
    additional,
    throttle,
    replicaAlterLogDirsThrottle,
    disallowReplicationFactorChange,
    timeout = 10_000,
  } = values
  const report = new Report(context, output)
  const underWay = await listPartitionReassignments(client)
  if (!additional && underWay.length > 0) throw new Failure(UNDER_WAY)
  await requireBrokers(
    client,
    plan.flatMap(({ replicas }) => replicas),
  )
  const current = await currentOfPartitions(client, plan)
  if (values.dryRun) return planExecution(client, plan, current, values, context)
  await report.say(
    `Current partition replica assignment\n\n${planJson(current)}\n\nSave this to use as the --reassignment-json-file option during rollback`,
  )
  const moves = plannedDirs(plan)
  if (throttle !== undefined || replicaAlterLogDirsThrottle !== undefined) {
    await report.say(
      'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.',
    )
  }
  if (throttle !== undefined) await throttleBrokers(client, report, throttle, { underWay, plan, current })
  if (replicaAlterLogDirsThrottle !== undefined)
    await throttleLogDirs(client, report, replicaAlterLogDirsThrottle, new Set(moves.map(({ broker }) => broker)))
  const failed = await start(client, plan, { allowReplicationFactorChange: !disallowReplicationFactorChange }, context)
  const started = plan.filter((item) => !failed.has(partitionName(item)))
  if (started.length > 0)
    await report.say(
      `Successfully started partition reassignment${started.length === 1 ? '' : 's'} for ${started.map(partitionName).join(',')}`,
    )
  const moving = moves.filter((item) => !failed.has(partitionName(item)))
  const begun = await startMoves(client, report, moving, context, { timeoutMs: timeout })
  return report.result(
    {
      before: current,
      started: started.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })),
      moving: begun,
    },
    failed.size > 0 || begun.length < moving.length ? 1 : 0,
  )
}

/**
 * Returns the partitions that stay as they are, by name. Apache's tool ends with them: under its name Failure is
 * thrown.
 */
async function start(
  client: KafkaClient,
  plan: readonly PlannedPartition[],
  options: { allowReplicationFactorChange: boolean },
  context: Context,
): Promise<ReadonlySet<string>> {
  const failed = (await alterPartitionReassignments(client, plan, options)).filter(({ error }) => error)
  if (failed.length > 0 && context.style === 'drop-in')
    throw new Failure(
      `Error reassigning partition(s):\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`,
    )
  await nameFailures(
    failed.map((item) => ({ what: `Cannot reassign ${partitionName(item)}`, error: item.error! })),
    { client, context },
  )
  return new Set(failed.map(partitionName))
}
