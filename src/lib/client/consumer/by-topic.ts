import type { TopicPartition } from './partition-state.ts'

/** Gathers partitions by topic, as requests want them; topics in order of their first partition. */
export function byTopic<P extends TopicPartition>(partitions: Iterable<P>): { topic: string; partitions: P[] }[] {
  const topics = new Map<string, P[]>()
  for (const partition of partitions) {
    const list = topics.get(partition.topic)
    if (list) list.push(partition)
    else topics.set(partition.topic, [partition])
  }
  return [...topics].map(([topic, list]) => ({ topic, partitions: list }))
}
