/** What the coordinator needs to know of the cluster's topics. */
export interface TopicLookup {
  partitionCount(topic: string): number | null
  topicId(name: string): string | null
  topicName(id: string): string | null
  names(): Iterable<string>
}
