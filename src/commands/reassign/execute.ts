import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import { listPartitionReassignments } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { currentOfPartitions, requireBrokers } from './current.ts'
import { startMoves } from './moves.ts'
import type { ReassignValues } from './options.ts'
import { plannedDirs, planJson, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { throttleBrokers, throttleLogDirs } from './throttles.ts'

const UNDER_WAY = 'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. '
  + 'The --additional flag can also be used to change the throttle by resubmitting the current reassignment.'

/** Carries a plan out, after showing the way back. Throws KafkaError, Failure. */
export async function execute(client: KafkaClient, plan: readonly PlannedPartition[], values: ReassignValues, context: Context, output?: OutputFormat): Promise<Result> {
  const { additional, throttle, replicaAlterLogDirsThrottle, disallowReplicationFactorChange, timeout = 10_000 } = values
  const report = new Report(context, output)
  const underWay = await listPartitionReassignments(client)
  if (!additional && underWay.length > 0) throw new Failure(UNDER_WAY)
  requireBrokers(client, plan.flatMap(({ replicas }) => replicas))
  const current = await currentOfPartitions(client, plan)
  await report.say(`Current partition replica assignment\n\n${planJson(current)}\n\nSave this to use as the --reassignment-json-file option during rollback`)
  const moves = plannedDirs(plan)
  if (throttle !== undefined || replicaAlterLogDirsThrottle !== undefined) {
    await report.say('Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.')
  }
  if (throttle !== undefined) await throttleBrokers(client, report, throttle, { underWay, plan, current })
  if (replicaAlterLogDirsThrottle !== undefined) await throttleLogDirs(client, report, replicaAlterLogDirsThrottle, new Set(moves.map(({ broker }) => broker)))
  await start(client, plan, { allowReplicationFactorChange: !disallowReplicationFactorChange })
  await report.say(`Successfully started partition reassignment${plan.length === 1 ? '' : 's'} for ${plan.map(partitionName).join(',')}`)
  await startMoves(client, report, moves, { clock: context.clock, timeoutMs: timeout })
  return report.result({ before: current, started: plan.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })), moving: moves })
}

async function start(client: KafkaClient, plan: readonly PlannedPartition[], options: { allowReplicationFactorChange: boolean }): Promise<void> {
  const failed = (await alterPartitionReassignments(client, plan, options)).filter(({ error }) => error)
  if (failed.length > 0) throw new Failure(`Error reassigning partition(s):\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`)
}
