import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import { listPartitionReassignments } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat, Result } from '../../lib/command/define.ts'
import { moveStates, startMoves } from './moves.ts'
import type { ReassignValues } from './options.ts'
import { plannedDirs, sortPartitions, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { clearThrottles } from './throttles.ts'

/** Calls off what is under way of a plan; replicas between two directories go back. Throws KafkaError, Failure. */
export async function cancel(client: KafkaClient, plan: readonly PlannedPartition[], values: ReassignValues, context: Context, output?: OutputFormat): Promise<Result> {
  const report = new Report(context, output)
  const names = new Set(plan.map(partitionName))
  const active = sortPartitions((await listPartitionReassignments(client)).filter((item) => names.has(partitionName(item))))
  if (active.length === 0) await report.say('None of the specified partition reassignments are active.')
  else await callOff(client, report, active)
  const moving = (await moveStates(client, plannedDirs(plan))).filter(({ future }) => future !== null).map(({ topic, partition, broker, current }) => ({ topic, partition, broker, logDir: current! }))
  if (moving.length === 0) await report.sayOpen('None of the specified partition moves are active.')
  else await startMoves(client, report, moving, { clock: context.clock, timeoutMs: values.timeout ?? 10_000 })
  if (!values.preserveThrottles) await clearThrottles(client, report, plan)
  return report.result({ cancelled: active.map(({ topic, partition }) => ({ topic, partition })), movedBack: moving })
}

async function callOff(client: KafkaClient, report: Report, active: readonly { readonly topic: string; readonly partition: number }[]): Promise<void> {
  const failed = (await alterPartitionReassignments(client, active.map((item) => ({ ...item, replicas: null })))).filter(({ error }) => error)
  const plural = (items: readonly unknown[]): string => (items.length === 1 ? '' : 's')
  if (failed.length > 0) throw new Failure(`Error cancelling partition reassignment${plural(failed)} for:\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`)
  await report.say(`Successfully cancelled partition reassignment${plural(active)} for: ${active.map(partitionName).join(',')}`)
}
