import { systemClock, type Clock } from '../../clock.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { wait } from '../wait.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** The answer for one partition: its error, or null. */
interface Answer {
  readonly error: ItemError | null
}

/** How to ask the leader of some items, and what the answer is for an item that has no leader to ask. */
export interface Question<T, A> {
  ask(nodeId: number, items: readonly T[]): Promise<readonly A[]>
  fail(item: T, error: ItemError): A
}

const BACKOFF_MS = 100
const ATTEMPTS = 20

/**
 * Sends each item to the leader of its partition, one request for each leader, and again, with fresh metadata, for the
 * items whose leader has moved or is being elected. A partition that does not exist is an error at once.
 * Answers come in the order of the items.
 */
export async function askLeaders<T extends TopicPartition, A extends Answer>(
  client: KafkaClient, items: readonly T[], question: Question<NoInfer<T>, A>, clock: Clock = systemClock,
): Promise<A[]> {
  const answers = new Map<T, A>()
  for (let attempt = 1; answers.size < items.length; attempt += 1) {
    const open = items.filter((item) => !answers.has(item))
    for (const [item, answer] of await askOnce(client, open, question)) {
      const isOver = !answer.error || !isRetriable(answer.error.code) || attempt === ATTEMPTS || answer.error === NO_PARTITION
      if (isOver) answers.set(item, answer)
    }
    if (answers.size < items.length) await wait(clock, BACKOFF_MS)
  }
  return items.map((item) => answers.get(item)!)
}

async function askOnce<T extends TopicPartition, A extends Answer>(
  client: KafkaClient, items: readonly T[], { ask, fail }: Question<T, A>,
): Promise<[T, A][]> {
  const leaders = await findLeaders(client, items)
  const byLeader = new Map<number, T[]>()
  const failed: [T, A][] = []
  for (const item of items) {
    const leader = leaders.get(partitionName(item)) ?? NO_PARTITION
    const group = typeof leader === 'number' ? byLeader.get(leader) : undefined
    if (typeof leader !== 'number') failed.push([item, fail(item, leader)])
    else if (group) group.push(item)
    else byLeader.set(leader, [item])
  }
  const answered = await Promise.all([...byLeader].map(async ([nodeId, group]) => pairUp(group, await ask(nodeId, group))))
  return [...failed, ...answered.flat()]
}

/** Node id of the leader of each partition, or why there is none. */
async function findLeaders(client: KafkaClient, items: readonly TopicPartition[]): Promise<Map<string, number | ItemError>> {
  const { topics } = await client.metadata([...new Set(items.map(({ topic }) => topic))])
  const leaders = new Map<string, number | ItemError>()
  for (const { name, errorCode, partitions } of topics) {
    const error = itemError(errorCode)
    if (error) items.filter(({ topic }) => topic === name).forEach((item) => leaders.set(partitionName(item), known(error)))
    for (const { partitionIndex, leaderId } of partitions) {
      leaders.set(partitionName({ topic: name ?? '', partition: partitionIndex }), leaderId < 0 ? NO_LEADER : leaderId)
    }
  }
  return leaders
}

const pairUp = <T, A>(items: readonly T[], answers: readonly A[]): [T, A][] => items.map((item, index) => [item, answers[index]!])

const NO_PARTITION = itemError(3)!
const NO_LEADER = itemError(5)!
/** What metadata does not know is not there, and is not worth another try; brokers may say so of what has just been made. */
const known = (error: ItemError): ItemError => (error.code === NO_PARTITION.code ? NO_PARTITION : error)

/** `topic-partition`, as Kafka writes it; no two partitions have the same. */
export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** What a response says of each partition, by partitionName. */
export function byPartition<P extends { partitionIndex: number }>(
  topics: readonly { readonly name: string; readonly partitions: readonly P[] }[],
): ReadonlyMap<string, P> {
  return new Map(topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => [partitionName({ topic: name, partition: partition.partitionIndex }), partition] as const)))
}

/** Items under their topics, as requests want them. */
export function groupByTopic<T extends TopicPartition>(items: readonly T[]): { topic: string; items: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const item of items) {
    const group = topics.get(item.topic)
    if (group) group.push(item)
    else topics.set(item.topic, [item])
  }
  return [...topics].map(([topic, group]) => ({ topic, items: group }))
}
