import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { listOffsets } from '../../lib/client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../../lib/protocol/apis/list-offsets.ts'
import { asError } from '../../lib/work/failures.ts'
import type { Strategy } from './strategy.ts'
import type { Work } from './work.ts'

/** A partition of a group whose new offset is looked for. */
export interface Request extends TopicPartition {
  /** An offset that was asked for, to be kept within the log. */
  readonly wanted?: bigint
  /** The new offset where it is known already. */
  readonly settled?: bigint | undefined
}

export interface Targets {
  /** One for each request, in their order. */
  readonly offsets: readonly bigint[]
  readonly clamped: readonly string[]
  readonly endsTaken: readonly TopicPartition[]
}

type Offsets = ReadonlyMap<string, bigint>

/**
 * The new offsets. Each partition is looked up once, whatever the number of groups. Throws KafkaError where one cannot
 * be.
 */
export async function findTargets(work: Work, requests: readonly Request[], strategy: Strategy): Promise<Targets> {
  const partitions = distinct(requests)
  const { earliest, latest } = OFFSET_SPECS
  const lookUp = (timestamp: bigint, items = partitions): Promise<Offsets> => lookUpAll(work, items, timestamp)
  const none = { clamped: [], endsTaken: [] }
  switch (strategy.to) {
    case 'earliest':
      return { ...none, offsets: pick(requests, await lookUp(earliest.timestamp)) }
    case 'latest':
      return { ...none, offsets: pick(requests, await lookUp(latest.timestamp)) }
    case 'current':
      return { ...none, offsets: pick(requests, await lookUp(latest.timestamp)) }
    case 'moment': {
      const found = await lookUp(strategy.timestamp)
      const endsTaken = partitions.filter((partition) => found.get(partitionName(partition))! < 0n)
      const ends = await lookUp(latest.timestamp, endsTaken)
      return { clamped: [], endsTaken, offsets: pick(requests, new Map([...found, ...ends])) }
    }
    default: {
      const [starts, ends] = await Promise.all([lookUp(earliest.timestamp), lookUp(latest.timestamp)])
      return { endsTaken: [], ...clamp(requests, starts, ends) }
    }
  }
}

const distinct = (requests: readonly Request[]): TopicPartition[] => [
  ...new Map(
    requests.map(({ topic, partition }) => [partitionName({ topic, partition }), { topic, partition }]),
  ).values(),
]

async function lookUpAll(
  { client, context }: Work,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
): Promise<Offsets> {
  if (partitions.length === 0) return new Map()
  const found = await listOffsets(
    client,
    partitions.map((partition) => ({ ...partition, timestamp })),
    { clock: context.clock },
  )
  const failed = found.find(({ error }) => error)
  if (failed)
    throw await asError(
      {
        what: `Cannot look up the offsets of partition ${partitionName(failed)}`,
        error: failed.error!,
        topic: failed.topic,
      },
      { client, context },
    )
  return new Map(found.map((item) => [partitionName(item), item.offset]))
}

const pick = (requests: readonly Request[], found: Offsets): bigint[] =>
  requests.map((request) => request.settled ?? found.get(partitionName(request))!)

/** Offsets outside of the log are moved to its nearer end. */
function clamp(requests: readonly Request[], starts: Offsets, ends: Offsets): Pick<Targets, 'offsets' | 'clamped'> {
  const clamped = new Set<string>()
  const offsets = requests.map(({ wanted, ...partition }) => {
    const name = partitionName(partition)
    const [start, end] = [starts.get(name)!, ends.get(name)!]
    if (wanted! > end) clamped.add(`offset ${wanted} is past the end of partition ${name}: ${end} is taken`)
    if (wanted! < start) clamped.add(`offset ${wanted} is before the start of partition ${name}: ${start} is taken`)
    return wanted! > end ? end : wanted! < start ? start : wanted!
  })
  return { offsets, clamped: [...clamped] }
}
