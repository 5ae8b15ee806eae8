import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import type { ReplicaLogDir } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { moveStates, startMoves } from './moves.ts'
import type { ReassignValues } from './options.ts'
import { planCancellation } from './plan.ts'
import { plannedDirs, sortPartitions, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { clearThrottles } from './throttles.ts'

/** Calls off what is under way of a plan; replicas between two directories go back. Throws KafkaError, Failure. */
export async function cancel(
  client: KafkaClient,
  plan: readonly PlannedPartition[],
  values: ReassignValues,
  context: Context,
  output?: OutputFormat,
): Promise<Result> {
  const report = new Report(context, output)
  const names = new Set(plan.map(partitionName))
  const active = sortPartitions(
    (await listPartitionReassignments(client)).filter((item) => names.has(partitionName(item))),
  )
  if (values.dryRun) return planCancellation(active, await movingBack(client, plan), values)
  const cancelled = active.length === 0 ? [] : await callOff(client, report, active, context)
  if (active.length === 0) await report.say('None of the specified partition reassignments are active.')
  const moving = await movingBack(client, plan)
  if (moving.length === 0) await report.sayOpen('None of the specified partition moves are active.')
  const movedBack = await startMoves(client, report, moving, context, { timeoutMs: values.timeout ?? 10_000 })
  const isWhole = movedBack.length === moving.length && cancelled.length === active.length
  // What goes on stays throttled.
  if (!values.preserveThrottles && isWhole) await clearThrottles(client, report, plan)
  return report.result(
    { cancelled: cancelled.map(({ topic, partition }) => ({ topic, partition })), movedBack },
    isWhole ? 0 : 1,
  )
}

/** Replicas on their way between two directories, with the one that they come from. */
async function movingBack(client: KafkaClient, plan: readonly PlannedPartition[]): Promise<ReplicaLogDir[]> {
  const states = await moveStates(client, plannedDirs(plan))
  return states
    .filter(({ future }) => future !== null)
    .map(({ topic, partition, broker, current }) => ({ topic, partition, broker, logDir: current! }))
}

/** Returns what was called off. Apache's tool ends with what cannot be: under its name Failure is thrown. */
async function callOff(
  client: KafkaClient,
  report: Report,
  active: readonly PartitionReassignment[],
  context: Context,
): Promise<readonly TopicPartition[]> {
  const answers = await alterPartitionReassignments(
    client,
    active.map((item) => ({ ...item, replicas: null })),
  )
  const [failed, done] = [answers.filter(({ error }) => error), answers.filter(({ error }) => !error)]
  const plural = (items: readonly unknown[]): string => (items.length === 1 ? '' : 's')
  if (failed.length > 0 && context.style === 'drop-in')
    throw new Failure(
      `Error cancelling partition reassignment${plural(failed)} for:\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`,
    )
  await nameFailures(
    failed.map((item) => ({ what: `Cannot cancel the reassignment of ${partitionName(item)}`, error: item.error! })),
    { client, context },
  )
  if (done.length > 0)
    await report.say(
      `Successfully cancelled partition reassignment${plural(done)} for: ${done.map(partitionName).join(',')}`,
    )
  return done
}
