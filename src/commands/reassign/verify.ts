import { describeTopics } from '../../lib/client/admin/describe-topics.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import { listPartitionReassignments } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { moveSentence, moveStates } from './moves.ts'
import { checkPlanned, PLAN, type ReassignValues } from './options.ts'
import { plannedDirs, planOf, type PlannedPartition } from './plan-file.ts'
import { Report } from './report.ts'
import { clearThrottles } from './throttles.ts'

interface State extends PlannedPartition {
  readonly state: 'completed' | 'in progress' | 'different'
  readonly current: readonly number[]
}

export const verify: Action<ReassignValues, readonly PlannedPartition[]> = {
  about: 'Show the progress of a plan, and remove its throttles when it is done.',
  words: PLAN,
  check: checkPlanned,
  read: planOf,
  run: showProgress,
}

/**
 * How far a plan is; when nothing at all is under way any more, throttles go. Under kts a plan that was not followed
 * exits 1. Throws KafkaError.
 */
async function showProgress(work: Work<ReassignValues, readonly PlannedPartition[]>): Promise<Result> {
  const { client, input: plan, context } = work
  const { preserveThrottles } = work.values
  const report = new Report(work)
  const { states, isUnderWay } = await partitionStates(client, plan)
  await report.say(['Status of partition reassignment:', ...states.map(sentence)].join('\n'))
  const moves = await moveStates(client, plannedDirs(plan))
  await report.say(moves.map(moveSentence).join('\n'))
  const isDone = !isUnderWay && moves.every(({ state }) => state === 'completed' || state === 'not moving')
  if (isDone && !preserveThrottles) await clearThrottles(client, report, plan)
  const isWrong =
    states.some(({ state }) => state === 'different') ||
    moves.some(({ state }) => state === 'not moving' || state === 'elsewhere' || state === 'missing')
  return report.result(
    {
      partitions: states.map(({ logDirs: _, ...state }) => state),
      moves,
      throttlesCleared: isDone && !preserveThrottles,
    },
    isWrong && context.style === 'kts' ? 1 : 0,
  )
}

async function partitionStates(
  client: KafkaClient,
  plan: readonly PlannedPartition[],
): Promise<{ states: State[]; isUnderWay: boolean }> {
  const underWay = await listPartitionReassignments(client)
  const moving = new Map(underWay.map((item) => [partitionName(item), item.replicas]))
  const lying = await replicasOf(
    client,
    plan.filter((item) => !moving.has(partitionName(item))).map(({ topic }) => topic),
  )
  const states = plan.map((item): State => {
    const replicas = moving.get(partitionName(item))
    if (replicas) return { ...item, state: 'in progress', current: replicas }
    const current = lying.get(partitionName(item)) ?? []
    return { ...item, state: current.join() === item.replicas.join() ? 'completed' : 'different', current }
  })
  return { states, isUnderWay: underWay.length > 0 }
}

async function replicasOf(
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const described = await describeTopics(client, topics)
  const failed = described.find(({ error }) => error && error.code !== 'UNKNOWN_TOPIC_OR_PARTITION')
  if (failed) throw asKafkaError(failed.error!, `Cannot describe topic ${failed.name}`)
  return new Map(
    described.flatMap(({ name, partitions }) =>
      partitions.map(({ partition, replicas }) => [partitionName({ topic: name, partition }), replicas] as const),
    ),
  )
}

function sentence(item: State): string {
  const name = partitionName(item)
  if (item.state === 'completed') return `Reassignment of partition ${name} is completed.`
  if (item.state === 'in progress') return `Reassignment of partition ${name} is still in progress.`
  return `There is no active reassignment of partition ${name}, but replica set is ${item.current.join(',')} rather than ${item.replicas.join(',')}.`
}
