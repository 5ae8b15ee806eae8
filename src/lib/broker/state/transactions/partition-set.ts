/** Partitions by topic, each once. Not changed once made. */
export class PartitionSet {
  static readonly empty = new PartitionSet(new Map())

  private constructor(private readonly topics: ReadonlyMap<string, ReadonlySet<number>>) {}

  static of(topics: Iterable<readonly [topic: string, partitions: Iterable<number>]>): PartitionSet {
    return PartitionSet.empty.with(topics)
  }

  get isEmpty(): boolean {
    return this.topics.size === 0
  }

  has(topic: string, partition: number): boolean {
    return this.topics.get(topic)?.has(partition) ?? false
  }

  byTopic(): Iterable<[topic: string, partitions: ReadonlySet<number>]> {
    return this.topics.entries()
  }

  *[Symbol.iterator](): Generator<[topic: string, partition: number]> {
    for (const [topic, partitions] of this.topics) for (const partition of partitions) yield [topic, partition]
  }

  includes(other: PartitionSet): boolean {
    return [...other].every(([topic, partition]) => this.has(topic, partition))
  }

  with(added: Iterable<readonly [topic: string, partitions: Iterable<number>]>): PartitionSet {
    const topics = new Map(this.topics)
    const own = new Map<string, Set<number>>()
    for (const [topic, partitions] of added) {
      const all = own.get(topic) ?? new Set(topics.get(topic))
      for (const partition of partitions) all.add(partition)
      if (all.size > 0) topics.set(topic, all)
      own.set(topic, all)
    }
    return new PartitionSet(topics)
  }
}
