import { partitionName, type TopicPartition } from '../topic-partition.ts'
import type { KafkaClient } from '../types.ts'
import { askNodes, type Patience, type Destination, type Question } from './ask-nodes.ts'
import { itemError, type ItemError } from './item-error.ts'

/**
 * Sends each item to the leader of its partition, one request for each leader, and again, with fresh metadata, for the
 * items whose leader has moved or is being elected. A partition that does not exist is an error at once.
 * Answers come in the order of the items.
 */
export async function askLeaders<T extends TopicPartition, A extends { readonly error: ItemError | null }>(
  client: KafkaClient,
  items: readonly T[],
  question: Question<NoInfer<T>, A>,
  patience: Patience = {},
): Promise<A[]> {
  const locate = async (open: readonly T[]): Promise<Destination[]> => {
    const leaders = await findLeaders(client, open)
    return open.map((item) => leaders.get(partitionName(item)) ?? NO_PARTITION)
  }
  return askNodes(client, items, { ...question, locate, isFinal: (error) => error === NO_PARTITION }, patience)
}

/** Node id of the leader of each partition, or why there is none. */
async function findLeaders(client: KafkaClient, items: readonly TopicPartition[]): Promise<Map<string, Destination>> {
  const { topics } = await client.metadata([...new Set(items.map(({ topic }) => topic))])
  const leaders = new Map<string, Destination>()
  for (const { name, errorCode, partitions } of topics) {
    const error = itemError(errorCode)
    if (error)
      items.filter(({ topic }) => topic === name).forEach((item) => leaders.set(partitionName(item), known(error)))
    for (const { partitionIndex, leaderId } of partitions) {
      leaders.set(partitionName({ topic: name ?? '', partition: partitionIndex }), leaderId < 0 ? NO_LEADER : leaderId)
    }
  }
  return leaders
}

const NO_PARTITION = itemError(3)!
const NO_LEADER = itemError(5)!
/**
 * What metadata does not know is not there, and is not worth another try; brokers may say so of what has just been
 * made.
 */
const known = (error: ItemError): ItemError => (error.code === NO_PARTITION.code ? NO_PARTITION : error)
