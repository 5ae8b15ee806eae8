import { alterConfigs, type ConfigChanges } from '../../lib/client/admin/alter-configs.ts'
import type { ConfigResource } from '../../lib/client/admin/describe-configs.ts'
import { asKafkaError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { PartitionReassignment } from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { sortPartitions, type PlannedPartition } from './plan-file.ts'
import type { Report } from './report.ts'

const [LEADER_RATE, FOLLOWER_RATE, LOG_DIRS_RATE] = [
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
] as const
const [LEADER_REPLICAS, FOLLOWER_REPLICAS] = [
  'leader.replication.throttled.replicas',
  'follower.replication.throttled.replicas',
] as const

interface Move {
  readonly topic: string
  readonly partition: number
  readonly sources: readonly number[]
  readonly destinations: readonly number[]
}

/** Throttles what is under way and what a plan adds to it (KIP-73). Throws KafkaError. */
export async function throttleBrokers(
  client: KafkaClient,
  report: Report,
  bytesPerSecond: number,
  {
    underWay,
    plan,
    current,
  }: Record<'plan' | 'current', readonly PlannedPartition[]> & { underWay: readonly PartitionReassignment[] },
): Promise<void> {
  const moves = proposedMoves(underWay, plan, current)
  for (const topic of new Set(moves.map((move) => move.topic))) {
    const own = moves.filter((move) => move.topic === topic)
    await change(
      client,
      { type: 'topic', name: topic },
      {
        set: new Map([
          [LEADER_REPLICAS, throttled(own, ({ sources }) => sources)],
          [FOLLOWER_REPLICAS, throttled(own, ({ destinations }) => destinations)],
        ]),
        delete: [],
      },
    )
  }
  const rate = String(bytesPerSecond)
  const brokers = new Set(moves.flatMap(({ sources, destinations }) => [...sources, ...destinations]))
  for (const broker of brokers)
    await change(client, asBroker(broker), {
      set: new Map([
        [LEADER_RATE, rate],
        [FOLLOWER_RATE, rate],
      ]),
      delete: [],
    })
  await report.say(`The inter-broker throttle limit was set to ${rate} B/s`)
}

/** Throttles moves between directories (KIP-113). Throws KafkaError. */
export async function throttleLogDirs(
  client: KafkaClient,
  report: Report,
  bytesPerSecond: number,
  brokers: ReadonlySet<number>,
): Promise<void> {
  for (const broker of brokers)
    await change(client, asBroker(broker), { set: new Map([[LOG_DIRS_RATE, String(bytesPerSecond)]]), delete: [] })
  await report.say(`The replica-alter-dir throttle limit was set to ${bytesPerSecond} B/s`)
}

/**
 * Takes every throttle away: from all brokers, since nobody knows which ones a plan had to do with, and from its
 * topics. Throws KafkaError.
 */
export async function clearThrottles(
  client: KafkaClient,
  report: Report,
  plan: readonly PlannedPartition[],
): Promise<void> {
  const brokers = [
    ...new Set([...(await client.brokers()).map(({ nodeId }) => nodeId), ...plan.flatMap(({ replicas }) => replicas)]),
  ].sort((a, b) => a - b)
  await report.say(`Clearing broker-level throttles on broker${brokers.length === 1 ? '' : 's'} ${brokers.join(',')}`)
  for (const broker of brokers)
    await change(client, asBroker(broker), { set: new Map(), delete: [LEADER_RATE, FOLLOWER_RATE, LOG_DIRS_RATE] })
  const topics = [...new Set(plan.map(({ topic }) => topic))]
  await report.say(`Clearing topic-level throttles on topic${topics.length === 1 ? '' : 's'} ${topics.join(',')}`)
  for (const topic of topics)
    await change(
      client,
      { type: 'topic', name: topic },
      { set: new Map(), delete: [LEADER_REPLICAS, FOLLOWER_REPLICAS] },
    )
}

/** From where to where everything goes; what is under way keeps its sources. */
function proposedMoves(
  underWay: readonly PartitionReassignment[],
  plan: readonly PlannedPartition[],
  current: readonly PlannedPartition[],
): Move[] {
  const moves = new Map(
    underWay.map(({ topic, partition, replicas, addingReplicas }): [string, Move] => [
      partitionName({ topic, partition }),
      {
        topic,
        partition,
        sources: replicas.filter((id) => !addingReplicas.includes(id)),
        destinations: addingReplicas,
      },
    ]),
  )
  for (const [index, { topic, partition, replicas }] of plan.entries()) {
    const name = partitionName({ topic, partition })
    const sources = moves.get(name)?.sources ?? current[index]!.replicas
    moves.set(name, { topic, partition, sources, destinations: replicas.filter((id) => !sources.includes(id)) })
  }
  return sortPartitions([...moves.values()])
}

/** `0:1,0:2,1:3`, in the order of its characters. */
const throttled = (moves: readonly Move[], side: (move: Move) => readonly number[]): string =>
  [...new Set(moves.flatMap((move) => side(move).map((broker) => `${move.partition}:${broker}`)))].sort().join(',')

async function change(client: KafkaClient, resource: ConfigResource, changes: ConfigChanges): Promise<void> {
  const error = await alterConfigs(client, resource, changes)
  if (error) throw asKafkaError(error, `Cannot change the throttles of ${resource.type} ${resource.name}`)
}

const asBroker = (id: number): ConfigResource => ({ type: 'broker', name: String(id) })
