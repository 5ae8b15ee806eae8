import { KafkaError } from '../../../errors.ts'
import type { Cluster } from './cluster.ts'
import type { BrokerRegistration } from './types.ts'

/** Numbers from 0 up to 1. */
export type Random = () => number

/** Brokers that are taken in turn, with another one first in each round. */
class BrokerList {
  private index = 0
  private epoch = 0
  private offset: number

  constructor(
    private readonly nodeIds: number[],
    random: Random,
  ) {
    nodeIds.sort((a, b) => a - b)
    this.offset = indexBelow(nodeIds.length, random)
  }

  /** Undefined when the round has had all of them. */
  next(epoch: number): number | undefined {
    const { length } = this.nodeIds
    if (length === 0) return undefined
    if (this.epoch !== epoch) {
      this.epoch = epoch
      this.index = 0
      this.offset = (this.offset + 1) % length
    }
    if (this.index >= length) return undefined
    return this.nodeIds[(this.index++ + this.offset) % length]
  }

  shuffle(random: Random): void {
    shuffle(this.nodeIds, random)
  }
}

interface Rack {
  readonly unfenced: BrokerList
  readonly fenced: BrokerList
}

/**
 * Where the replicas of `count` new partitions lie (StripedReplicaPlacer): racks go round, brokers go round within
 * their rack, from a random start; whoever is fenced comes last and never leads. Throws KafkaError
 * INVALID_REPLICATION_FACTOR.
 */
export function placeReplicas(
  brokers: readonly BrokerRegistration[],
  count: number,
  replicationFactor: number,
  random: Random,
): number[][] {
  const usable = brokers.filter((broker) => !broker.isInControlledShutdown && takesPartitions(broker))
  const unfencedCount = usable.filter(({ isFenced }) => !isFenced).length
  if (unfencedCount === 0)
    throw unplaceable('All brokers are currently fenced, or have all their log directories cordoned.')
  if (replicationFactor > usable.length)
    throw unplaceable(
      `The target replication factor of ${replicationFactor} cannot be reached because only ${usable.length} broker(s) ` +
        'are registered or some brokers have all their log directories cordoned.',
    )
  const racks = racksOf(usable, random)
  let [epoch, offset] = [0, indexBelow(racks.length, random)]
  return Array.from({ length: count }, () => {
    // Every broker has led one: another order, so that the same replicas do not come together again.
    if (epoch === unfencedCount && unfencedCount > 1) {
      shuffle(racks, random)
      for (const { fenced, unfenced } of racks) for (const list of [fenced, unfenced]) list.shuffle(random)
      epoch = 0
    }
    const replicas = placeOne(racks, offset % racks.length, epoch, replicationFactor)
    epoch += 1
    offset = (offset % racks.length) + 1
    return replicas
  })
}

/** Whether a broker has a directory for new partitions (KIP-1066). */
const takesPartitions = ({ directories, cordonedDirectories }: BrokerRegistration): boolean =>
  directories.length === 0 || directories.some((id) => !cordonedDirectories?.includes(id))

/** Racks by name; brokers without one are in a rack of their own, before the others. */
function racksOf(brokers: readonly BrokerRegistration[], random: Random): Rack[] {
  const byRack = new Map<string | null, BrokerRegistration[]>()
  for (const broker of brokers) byRack.set(broker.rack, [...(byRack.get(broker.rack) ?? []), broker])
  return [...byRack.entries()]
    .sort(([a], [b]) => (a === null || (b !== null && a < b) ? -1 : 1))
    .map(([, members]) => ({
      fenced: new BrokerList(idsOf(members.filter(({ isFenced }) => isFenced)), random),
      unfenced: new BrokerList(idsOf(members.filter(({ isFenced }) => !isFenced)), random),
    }))
}

/** The leader from the first rack that has one for it, the others from the racks after. */
function placeOne(racks: readonly Rack[], first: number, epoch: number, replicationFactor: number): number[] {
  const rack = (index: number): Rack => racks[index % racks.length]!
  let leaderRack = first
  let leader = rack(leaderRack).unfenced.next(epoch)
  while (leader === undefined) leader = rack((leaderRack += 1)).unfenced.next(epoch)
  const replicas = [leader]
  let mayPassOver: number | null = leaderRack % racks.length
  for (let index = first; replicas.length < replicationFactor; index += 1) {
    // The leader's rack has had its turn in this round.
    if (index % racks.length === mayPassOver) {
      mayPassOver = null
      continue
    }
    const next = rack(index).unfenced.next(epoch) ?? rack(index).fenced.next(epoch)
    if (next !== undefined) replicas.push(next)
  }
  return replicas
}

/**
 * Throws KafkaError INVALID_REPLICA_ASSIGNMENT for what cannot be the replicas of a partition
 * (ReplicationControlManager.validateManualPartitionAssignment).
 */
export function checkReplicas(cluster: Cluster, replicas: readonly number[]): void {
  if (replicas.length === 0) throw refusedAssignment('includes an empty replica list.')
  const sorted = [...replicas].sort((a, b) => a - b)
  for (const [index, nodeId] of sorted.entries()) {
    if (!cluster.registration(nodeId))
      throw refusedAssignment(`includes broker ${nodeId}, but no such broker is registered.`)
    if (nodeId === sorted[index - 1]) throw refusedAssignment(`includes the broker ${nodeId} more than once.`)
  }
}

export const refusedAssignment = (reason: string): KafkaError =>
  new KafkaError('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment ${reason}`)

const unplaceable = (reason: string): KafkaError => new KafkaError('INVALID_REPLICATION_FACTOR', reason)

const idsOf = (brokers: readonly BrokerRegistration[]): number[] => brokers.map(({ nodeId }) => nodeId)

const indexBelow = (length: number, random: Random): number => Math.floor(random() * length)

/** Fisher-Yates. */
function shuffle(items: unknown[], random: Random): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = indexBelow(last + 1, random)
    ;[items[last], items[other]] = [items[other], items[last]]
  }
}
