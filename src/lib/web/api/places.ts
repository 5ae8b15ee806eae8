import { asKafkaError } from '../../client/admin/item-error.ts'
import { listOffsets } from '../../client/admin/list-offsets.ts'
import { topicsNamed } from '../../client/consumer/index.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { findExtents, type Extent } from '../../browse/extents.ts'
import type { Order, Span } from '../../browse/fronts.ts'
import { readMoment } from '../../config/moment.ts'
import { KafkaError, UserError } from '../../errors.ts'
import type { PageCluster } from '../cluster.ts'

/** What is asked for of a topic. */
export interface Place {
  readonly topic: string
  /** All where there are none. */
  readonly partitions: ReadonlySet<number> | undefined
}

/** Reads `partition=0,2` of a query. Throws UserError. */
export function placeOf(topic: string, query: URLSearchParams): Place {
  const words = (query.get('partition') ?? '').split(',').filter((word) => word !== '')
  const wrong = words.find((word) => !/^\d{1,9}$/.test(word))
  if (wrong !== undefined) throw new UserError(`"${wrong}" is not the number of a partition`)
  return { topic, partitions: words.length === 0 ? undefined : new Set(words.map(Number)) }
}

/**
 * What is to be looked through, and from which end: `newest`, `oldest`, `offset:17`, `time:-2h`, or where an answer
 * before has stopped, `next:newest:0=15,2=9`. Throws UserError, KafkaError for what is not there.
 */
export async function spansFrom(
  cluster: PageCluster,
  place: Place,
  from: string,
): Promise<{ readonly order: Order; readonly spans: readonly Span[] }> {
  const extents = await extentsOf(cluster, place)
  const [kind = '', ...rest] = from.split(':')
  const value = rest.join(':')
  switch (kind) {
    case 'newest':
    case 'oldest':
      return { order: kind, spans: extents }
    case 'offset': {
      const offset = readOffset(value)
      return { order: 'oldest', spans: extents.map((extent) => ({ ...extent, from: max(extent.from, offset) })) }
    }
    case 'time':
      return { order: 'oldest', spans: await spansSince(cluster, extents, value) }
    case 'next': {
      const [order = '', places = ''] = value.split(':')
      if (order !== 'newest' && order !== 'oldest') throw new UserError(`from=${from} is no place in a topic`)
      return { order, spans: spansLeft(extents, order, readOffsets(places)) }
    }
    default:
      throw new UserError(`from=${from} is no place in a topic: newest, oldest, offset:17, time:-2h`)
  }
}

/** Throws KafkaError. */
export async function extentsOf({ client, settings }: PageCluster, { topic, partitions }: Place): Promise<Extent[]> {
  const selection = { subscription: topicsNamed([topic]), partitions }
  const extents = await findExtents(client, selection, settings.isReadCommitted)
  if (extents.length === 0)
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no such topic or partition: ${topic}`)
  return extents
}

/** For `from=next:…`: what has not been handed out. */
export const nextPlace = (order: Order, left: readonly Span[]): string | null =>
  left.length === 0
    ? null
    : `next:${order}:${left.map(({ partition, from, to }) => `${partition}=${order === 'newest' ? to : from}`).join(',')}`

/** `0=15,2=9` by partition. Throws UserError. */
export function readOffsets(text: string): ReadonlyMap<number, bigint> {
  return new Map(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [, partition, offset] = /^(\d{1,9})=(\d{1,19})$/.exec(pair) ?? []
        if (partition === undefined) throw new UserError(`"${pair}" is not a partition and an offset`)
        return [Number(partition), BigInt(offset!)]
      }),
  )
}

/** A partition that is not named has been looked through. */
function spansLeft(extents: readonly Extent[], order: Order, offsets: ReadonlyMap<number, bigint>): Span[] {
  return extents.flatMap((extent) => {
    const offset = offsets.get(extent.partition)
    if (offset === undefined) return []
    const span =
      order === 'newest' ? { ...extent, to: min(extent.to, offset) } : { ...extent, from: max(extent.from, offset) }
    return span.from < span.to ? [span] : []
  })
}

async function spansSince(cluster: PageCluster, extents: readonly Extent[], text: string): Promise<Span[]> {
  const timestamp = BigInt(readMoment('time', text, cluster.clock.now()))
  const found = await listOffsets(
    cluster.client,
    extents.map(({ topic, partition }) => ({ topic, partition, timestamp })),
  )
  return extents.map((extent, index) => {
    const { error, offset } = found[index]!
    if (error) throw asKafkaError(error, `Cannot look up a time in ${partitionName(extent)}`)
    // Without a record that late nothing is left.
    return { ...extent, from: offset < 0n ? extent.to : max(extent.from, offset) }
  })
}

function readOffset(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new UserError(`"${text}" is not an offset`)
  return BigInt(text)
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
