import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import type { ReplicaLogDir } from '../../lib/client/admin/alter-replica-log-dirs.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { showPlan, type Planned } from '../../lib/work/outcomes.ts'
import { moveStates, plannedMove, startMoves } from './moves.ts'
import { checkPlanned, PLAN, type ReassignValues } from './options.ts'
import { plannedDirs, planOf, sortPartitions, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { clearThrottles } from './throttles.ts'

type Plan = readonly PlannedPartition[]

/** Calls off what is under way of a plan; replicas between two directories go back. Throws KafkaError, Failure. */
export const cancel: Action<ReassignValues, Plan> = {
  about: 'Cancel the moves of a plan that are still running.',
  words: PLAN,
  check: checkPlanned,
  read: planOf,
  run: changing<Work<ReassignValues, Plan>, readonly PartitionReassignment[]>({
    async plan({ client, input: plan }) {
      const names = new Set(plan.map(partitionName))
      return sortPartitions((await listPartitionReassignments(client)).filter((item) => names.has(partitionName(item))))
    },
    preview,
    apply,
  }),
}

async function preview(
  { client, values, input: plan }: Work<ReassignValues, Plan>,
  active: readonly PartitionReassignment[],
): Promise<Result> {
  const moving = await movingBack(client, plan)
  const partitions = active.map(({ topic, partition, replicas, addingReplicas }): Planned => {
    const before = replicas.filter((id) => !addingReplicas.includes(id))
    const sentence = `Would call off the reassignment of ${partitionName({ topic, partition })}: it would lie on ${before.join(',')}.`
    return { data: { topic, partition, before: replicas, replicas: before }, sentence }
  })
  const throttles: Planned[] = values.preserveThrottles
    ? []
    : [{ data: { throttles: 'cleared' }, sentence: 'Would clear the throttles.' }]
  return showPlan([...partitions, ...moving.map(plannedMove), ...throttles])
}

async function apply(work: Work<ReassignValues, Plan>, active: readonly PartitionReassignment[]): Promise<Result> {
  const { client, values, input: plan } = work
  const report = new Report(work)
  const cancelled = active.length === 0 ? [] : await callOff(work, report, active)
  if (active.length === 0) await report.say('None of the specified partition reassignments are active.')
  const moving = await movingBack(client, plan)
  if (moving.length === 0) await report.sayOpen('None of the specified partition moves are active.')
  const movedBack = await startMoves(work, report, moving)
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
  work: Work<ReassignValues, Plan>,
  report: Report,
  active: readonly PartitionReassignment[],
): Promise<readonly TopicPartition[]> {
  const answers = await alterPartitionReassignments(
    work.client,
    active.map((item) => ({ ...item, replicas: null })),
  )
  const [failed, done] = [answers.filter(({ error }) => error), answers.filter(({ error }) => !error)]
  const plural = (items: readonly unknown[]): string => (items.length === 1 ? '' : 's')
  if (failed.length > 0 && work.context.style === 'drop-in')
    throw new Failure(
      `Error cancelling partition reassignment${plural(failed)} for:\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`,
    )
  await nameFailures(
    failed.map((item) => ({ what: `Cannot cancel the reassignment of ${partitionName(item)}`, error: item.error! })),
    work,
  )
  if (done.length > 0)
    await report.say(
      `Successfully cancelled partition reassignment${plural(done)} for: ${done.map(partitionName).join(',')}`,
    )
  return done
}
