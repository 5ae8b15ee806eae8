export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** `topic-partition`, as Kafka writes it; no two partitions have the same. */
export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** Items under their topics, as requests want them; topics in the order of their first item. */
export function groupByTopic<T extends TopicPartition>(items: Iterable<T>): { topic: string; items: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const item of items) {
    const group = topics.get(item.topic)
    if (group) group.push(item)
    else topics.set(item.topic, [item])
  }
  return [...topics].map(([topic, group]) => ({ topic, items: group }))
}

/** What a response says of each partition, by partitionName. */
export function byPartition<P extends { partitionIndex: number }>(
  topics: readonly { readonly name: string; readonly partitions: readonly P[] }[],
): ReadonlyMap<string, P> {
  return new Map(
    topics.flatMap(({ name, partitions }) =>
      partitions.map((answer) => [partitionName({ topic: name, partition: answer.partitionIndex }), answer] as const),
    ),
  )
}
