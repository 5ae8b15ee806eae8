/** Partitions for a person to read: `orders-0,1 users-3`. */
export function formatPartitions(topics: Iterable<readonly [topic: string, partitions: Iterable<number>]>): string {
  return Array.from(topics, ([topic, partitions]) => `${topic}-${[...partitions].sort((a, b) => a - b).join(',')}`)
    .sort()
    .join(' ')
}
