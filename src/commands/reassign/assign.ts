import { KafkaError } from '../../lib/errors.ts'

export interface Candidate {
  readonly id: number
  readonly rack: string | null
}

/**
 * Spreads partitions over brokers, and over racks where brokers have them, from a place picked by chance
 * (AdminUtils.assignReplicasToBrokers). Throws KafkaError.
 */
export function assignReplicas(
  brokers: readonly Candidate[],
  partitions: number,
  replicationFactor: number,
  pick: (below: number) => number = chance,
): number[][] {
  if (replicationFactor > brokers.length) {
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      `Replication factor: ${replicationFactor} larger than available brokers: ${brokers.length}.`,
    )
  }
  const arranged = alternateRacks(brokers)
  const racks = new Set(brokers.map(({ rack }) => rack)).size
  const [start, firstShift] = [pick(arranged.length), pick(arranged.length)]
  return Array.from({ length: partitions }, (_, partition) => {
    const shift = firstShift + Math.floor(partition / arranged.length)
    return replicasFrom(arranged, (partition + start) % arranged.length, replicationFactor, shift * racks, racks)
  })
}

/** The first replica, and then each broker in turn whose rack has none yet, or has no more right to one than others. */
function replicasFrom(
  brokers: readonly Candidate[],
  first: number,
  replicationFactor: number,
  shift: number,
  racks: number,
): number[] {
  const chosen = [brokers[first]!]
  for (let turn = 0; chosen.length < replicationFactor; turn += 1) {
    const next = brokers[(first + 1 + ((shift + turn) % (brokers.length - 1))) % brokers.length]!
    const taken = new Set(chosen.map(({ rack }) => rack))
    if (!chosen.includes(next) && (!taken.has(next.rack) || taken.size === racks)) chosen.push(next)
  }
  return chosen.map(({ id }) => id)
}

/** One broker of each rack in turn, racks in order of their names; without racks brokers stay in their order. */
function alternateRacks(brokers: readonly Candidate[]): readonly Candidate[] {
  if (brokers.every(({ rack }) => rack === null)) return brokers
  const racks = [...new Set(brokers.map(({ rack }) => rack ?? ''))]
    .sort()
    .map((name) => brokers.filter(({ rack }) => (rack ?? '') === name).sort((a, b) => a.id - b.id))
  const longest = Math.max(...racks.map((members) => members.length))
  return Array.from({ length: longest }, (_, index) =>
    racks.flatMap((members) => members.slice(index, index + 1)),
  ).flat()
}

const chance = (below: number): number => Math.floor(Math.random() * below)
