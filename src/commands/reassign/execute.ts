import { alterPartitionReassignments } from '../../lib/client/admin/alter-partition-reassignments.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import { namedError } from '../../lib/client/admin/item-error.ts'
import type { Result } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { showPlan, type Planned } from '../../lib/work/outcomes.ts'
import { currentOfPartitions, requireBrokers } from './current.ts'
import { plannedMove, startMoves } from './moves.ts'
import { checkExecute, PLAN, type ReassignValues } from './options.ts'
import { checkPlan, plannedDirs, planJson, planOf, type PlannedPartition } from './plan-file.ts'
import { Failure, Report } from './report.ts'
import { throttleBrokers, throttleLogDirs } from './throttles.ts'

const UNDER_WAY =
  'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. ' +
  'The --additional flag can also be used to change the throttle by resubmitting the current reassignment.'

type Plan = readonly PlannedPartition[]

interface Found {
  readonly underWay: readonly PartitionReassignment[]
  /** How the partitions lie now, in the order of the plan. */
  readonly current: Plan
}

/** Carries a plan out, after showing the way back. Throws KafkaError, Failure. */
export const execute: Action<ReassignValues, Plan> = {
  about: 'Start to move replicas as a plan says; shows where they are now, for the way back.',
  words: PLAN,
  check: checkExecute,
  read(order) {
    const plan = planOf(order)
    checkPlan(plan, order.values.reassignmentJsonFile!)
    return plan
  },
  run: changing<Work<ReassignValues, Plan>, Found>({ plan: lookAround, preview, apply }),
}

async function lookAround({ client, values, input: plan }: Work<ReassignValues, Plan>): Promise<Found> {
  const underWay = await listPartitionReassignments(client)
  if (!values.additional && underWay.length > 0) throw new Failure(UNDER_WAY)
  await requireBrokers(
    client,
    plan.flatMap(({ replicas }) => replicas),
  )
  return { underWay, current: await currentOfPartitions(client, plan) }
}

async function preview(work: Work<ReassignValues, Plan>, { current }: Found): Promise<Result> {
  const { values, input: plan } = work
  const isRefused = ({ replicas }: PlannedPartition, index: number): boolean =>
    values.disallowReplicationFactorChange && replicas.length !== current[index]!.replicas.length
  const failures = plan
    .filter(isRefused)
    .map((item) => ({ what: `Cannot reassign ${partitionName(item)}`, error: OTHER_FACTOR }))
  const exitCode = await nameFailures(failures, work)
  const partitions = plan.map((item, index): Planned => {
    const { topic, partition, replicas } = item
    const before = current[index]!.replicas
    const data = { topic, partition, before, replicas }
    if (isRefused(item, index)) return { data: { ...data, error: OTHER_FACTOR }, sentence: null }
    const name = partitionName(item)
    if (before.join() === replicas.join()) return { data, sentence: `${name} lies on ${before.join(',')} already.` }
    return { data, sentence: `Would move ${name} from ${before.join(',')} to ${replicas.join(',')}.` }
  })
  return showPlan([...partitions, ...plannedDirs(plan).map(plannedMove), ...limits(values)], exitCode)
}

const OTHER_FACTOR = namedError(
  'INVALID_REPLICATION_FACTOR',
  'The plan has another number of replicas, which --disallow-replication-factor-change forbids',
)

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

async function apply(work: Work<ReassignValues, Plan>, { underWay, current }: Found): Promise<Result> {
  const { client, values, input: plan } = work
  const { throttle, replicaAlterLogDirsThrottle } = values
  const report = new Report(work)
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
  const failed = await start(work)
  const started = plan.filter((item) => !failed.has(partitionName(item)))
  if (started.length > 0)
    await report.say(
      `Successfully started partition reassignment${started.length === 1 ? '' : 's'} for ${started.map(partitionName).join(',')}`,
    )
  const moving = moves.filter((item) => !failed.has(partitionName(item)))
  const begun = await startMoves(work, report, moving)
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
async function start(work: Work<ReassignValues, Plan>): Promise<ReadonlySet<string>> {
  const options = { allowReplicationFactorChange: !work.values.disallowReplicationFactorChange }
  const failed = (await alterPartitionReassignments(work.client, work.input, options)).filter(({ error }) => error)
  if (failed.length > 0 && work.context.style === 'drop-in')
    throw new Failure(
      `Error reassigning partition(s):\n${failed.map((item) => `${partitionName(item)}: ${item.error!.message}`).join('\n')}`,
    )
  await nameFailures(
    failed.map((item) => ({ what: `Cannot reassign ${partitionName(item)}`, error: item.error! })),
    work,
  )
  return new Set(failed.map(partitionName))
}
