import { asKafkaError } from '../client/admin/item-error.ts'
import { listOffsets } from '../client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../protocol/apis/list-offsets.ts'
import { partitionName, type TopicPartition } from '../client/topic-partition.ts'
import type { Subscription } from '../client/consumer/index.ts'
import type { KafkaClient } from '../client/types.ts'

export interface Selection {
  readonly subscription: Subscription
  /** All of them when undefined. */
  readonly partitions: ReadonlySet<number> | undefined
}

/** What a partition holds: from an offset up to another one. */
export interface Extent extends TopicPartition {
  readonly from: bigint
  readonly to: bigint
}

/** The extents of those partitions that are there. Throws KafkaError. */
export async function findExtents(
  client: KafkaClient,
  { subscription, partitions }: Selection,
  isReadCommitted: boolean,
): Promise<Extent[]> {
  const { topics } = await client.metadata(subscription.toAsk)
  const chosen = topics
    .filter(({ name, isInternal }) => subscription.matches({ name: name ?? '', isInternal }))
    .flatMap(({ name, partitions: known }) =>
      known.map(({ partitionIndex }) => ({ topic: name!, partition: partitionIndex })),
    )
    .filter(({ partition }) => partitions?.has(partition) ?? true)
  const find = (spec: 'earliest' | 'latest') =>
    listOffsets(
      client,
      chosen.map((partition) => ({ ...partition, timestamp: OFFSET_SPECS[spec].timestamp })),
      { isolationLevel: isReadCommitted ? 1 : 0 },
    )
  const [starts, ends] = await Promise.all([find('earliest'), find('latest')])
  return ends.map(({ topic, partition, offset, error }, index) => {
    const failure = error ?? starts[index]!.error
    if (failure) throw asKafkaError(failure, `Cannot find the end of ${partitionName({ topic, partition })}`)
    return { topic, partition, from: starts[index]!.offset, to: offset }
  })
}
