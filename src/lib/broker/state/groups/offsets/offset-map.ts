/** Something for each group, topic and partition. */
export class OffsetMap<T> {
  private readonly groups = new Map<string, Map<string, Map<number, T>>>()

  get(groupId: string, topic: string, partition: number): T | undefined {
    return this.groups.get(groupId)?.get(topic)?.get(partition)
  }

  /** Topics of a group and what is kept for their partitions; empty for a group that is not known. */
  ofGroup(groupId: string): ReadonlyMap<string, ReadonlyMap<number, T>> {
    return this.groups.get(groupId) ?? new Map()
  }

  groupIds(): Iterable<string> {
    return this.groups.keys()
  }

  put(groupId: string, topic: string, partition: number, value: T): void {
    let topics = this.groups.get(groupId)
    if (!topics) this.groups.set(groupId, (topics = new Map()))
    let partitions = topics.get(topic)
    if (!partitions) topics.set(topic, (partitions = new Map()))
    partitions.set(partition, value)
  }

  remove(groupId: string, topic: string, partition: number): void {
    const topics = this.groups.get(groupId)
    const partitions = topics?.get(topic)
    if (!topics || !partitions?.delete(partition)) return
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.groups.delete(groupId)
  }
}
