import { resolve } from 'node:path'
import {
  DescribeLogDirs,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
} from '../../protocol/apis/describe-log-dirs.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, onCluster } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import type { Partition } from '../state/partition.ts'
import { refusalOf } from '../state/refusal.ts'
import { firstByKey } from './shared/repeated.ts'

type DirectoryAnswer = Input<DescribeLogDirsResponse['results'][number]>
type TopicAnswer = Input<DescribeLogDirsResponse['results'][number]['topics'][number]>

/**
 * What lies in which folder of this node, how large it is, and how far it is behind what is committed. No replica is on
 * its way to another folder (KIP-113).
 */
export const describeLogDirs = handle(DescribeLogDirs, onCluster('DESCRIBE'), (request, { broker }) => {
  const partitions = [...askedFor(broker, request)]
  return { results: broker.directories.paths.map((path) => describe(broker, path, partitions)) }
})

function describe({ directories }: Broker, path: string, partitions: readonly Partition[]): DirectoryAnswer {
  const logDir = resolve(path)
  try {
    const topics = byTopic(partitions.filter(({ topic, partition }) => directories.pathOf(topic, partition) === path))
    return { logDir, topics, ...directories.spaceAt(path) }
  } catch (error) {
    return { logDir, errorCode: refusalOf(error).errorCode }
  }
}

function* askedFor({ partitions }: Broker, { topics }: DescribeLogDirsRequest): Generator<Partition> {
  if (topics === null) return yield* partitions.all()
  for (const { topic, partitions: indexes } of firstByKey(topics, (asked) => asked.topic)) {
    for (const index of new Set(indexes)) {
      const partition = partitions.get(topic, index)
      if (partition) yield partition
    }
  }
}

function byTopic(partitions: readonly Partition[]): TopicAnswer[] {
  const topics = new Map<string, { partitionIndex: number; partitionSize: bigint; offsetLag: bigint }[]>()
  for (const { topic, partition, log, offsetLag } of partitions) {
    const described = topics.get(topic) ?? []
    topics.set(topic, described)
    described.push({ partitionIndex: partition, partitionSize: BigInt(log.sizeInBytes), offsetLag })
  }
  return [...topics].map(([name, described]) => ({ name, partitions: described }))
}
