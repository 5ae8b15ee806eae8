import type { TopicPartition } from '../../lib/client/topic-partition.ts'
import { itemError, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { UserError } from '../../lib/errors.ts'

/** A topic, or some of its partitions. */
export interface TopicScope {
  readonly topic: string
  /** Null for all. */
  readonly partitions: readonly number[] | null
}

const HIGHEST_PARTITION = 0x7fff_ffff

/** Reads `topic` or `topic:0,2`. Throws UserError. */
export function readTopicScope(text: string): TopicScope {
  if (!text.includes(':')) return { topic: text, partitions: null }
  const match = /^([^:]+):([^:]+)$/.exec(text)
  if (!match) throw new UserError(`--topic ${text}: write a topic, or a topic and partitions, such as retail:0,2`)
  const [, topic = '', list = ''] = match
  return { topic, partitions: list.split(',').map((number) => readPartition(number, text)) }
}

function readPartition(text: string, whole: string): number {
  const partition = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  if (!(Math.abs(partition) <= HIGHEST_PARTITION))
    throw new UserError(`--topic ${whole}: "${text}" is not the number of a partition`)
  return partition
}

export interface FoundTopics {
  /** Each once, in the order of the scopes. Partitions that were named stand there whether they exist or not. */
  readonly partitions: readonly TopicPartition[]
  /** Topics without named partitions that cannot be looked up. */
  readonly missing: readonly { readonly topic: string; readonly error: ItemError }[]
}

/** The partitions that scopes stand for. */
export async function findPartitions(client: KafkaClient, scopes: readonly TopicScope[]): Promise<FoundTopics> {
  const whole = [...new Set(scopes.filter(({ partitions }) => partitions === null).map(({ topic }) => topic))]
  const { topics } = whole.length === 0 ? { topics: [] } : await client.metadata(whole)
  const known = new Map(topics.map((topic) => [topic.name ?? '', topic]))
  const missing = whole.flatMap((topic) => {
    const error = itemError(known.get(topic)?.errorCode ?? 3)
    return error ? [{ topic, error }] : []
  })
  const found = scopes.flatMap(({ topic, partitions }) =>
    (
      partitions ??
      known
        .get(topic)
        ?.partitions.map(({ partitionIndex }) => partitionIndex)
        .sort((a, b) => a - b) ??
      []
    ).map((partition) => ({ topic, partition })),
  )
  return { partitions: distinct(found), missing }
}

const distinct = (partitions: readonly TopicPartition[]): TopicPartition[] => [
  ...new Map(partitions.map((item) => [`${item.topic}:${item.partition}`, item])).values(),
]
