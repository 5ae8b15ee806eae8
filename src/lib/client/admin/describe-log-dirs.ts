import { DescribeLogDirs } from '../../protocol/apis/describe-log-dirs.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError, type ItemError } from './item-error.ts'
import type { TopicPartition } from '../topic-partition.ts'

export interface LogDirReplica extends TopicPartition {
  readonly sizeInBytes: bigint
  /** How far it is behind the end of the log that it copies; 0 for a leader. */
  readonly offsetLag: bigint
  /** Whether it is being moved here from another folder of the same broker. */
  readonly isFuture: boolean
}

export interface LogDir {
  readonly path: string
  readonly error: ItemError | null
  /** Of the volume; null from brokers that do not tell (before 3.3). */
  readonly totalBytes: bigint | null
  readonly usableBytes: bigint | null
  readonly replicas: readonly LogDirReplica[]
}

/** What lies in the folders of one broker (KIP-113). Throws KafkaError. */
export async function describeLogDirs(client: KafkaClient, nodeId: number): Promise<LogDir[]> {
  const response = await client.send(DescribeLogDirs, { topics: null }, { nodeId })
  const failed = itemError(response.errorCode)
  if (failed) throw asKafkaError(failed, `Cannot describe the log directories of broker ${nodeId}`)
  // Before version 3 a refusal was an empty answer.
  if (response.results.length === 0)
    throw asKafkaError(
      itemError(ERRORS.CLUSTER_AUTHORIZATION_FAILED)!,
      `Cannot describe the log directories of broker ${nodeId}`,
    )
  return response.results.map(({ logDir, errorCode, totalBytes, usableBytes, topics }) => ({
    path: logDir,
    error: itemError(errorCode),
    totalBytes: totalBytes < 0n ? null : totalBytes,
    usableBytes: usableBytes < 0n ? null : usableBytes,
    replicas: topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
        topic: name,
        partition: partitionIndex,
        sizeInBytes: partitionSize,
        offsetLag,
        isFuture: isFutureKey,
      })),
    ),
  }))
}
