import type { KafkaClient } from '../../client/types.ts'
import { collectCluster } from '../../overview/cluster.ts'
import type { MetadataResponse } from '../../protocol/apis/metadata.ts'
import type { ClusterView, TopicLine } from '../wire.ts'

/** Every topic and its partitions, by one request. */
export const allTopics = (client: KafkaClient): Promise<MetadataResponse> => client.metadata(null)

export async function clusterView(client: KafkaClient, { topics }: MetadataResponse): Promise<ClusterView> {
  const { cluster } = await collectCluster(client)
  const partitions = topics.flatMap((topic) => topic.partitions)
  const count = (of: (partition: (typeof partitions)[number]) => boolean): number => partitions.filter(of).length
  const lines = topicLines({ topics })
  return {
    clusterId: cluster.clusterId,
    controller: cluster.controller,
    metadataVersion: cluster.metadataVersion,
    brokers: cluster.brokers.map(({ broker, host, port, rack, controller, version }) => ({
      broker,
      host,
      port,
      rack,
      version,
      isController: controller,
      leads: count(({ leaderId }) => leaderId === broker),
      replicas: count(({ replicaNodes }) => replicaNodes.includes(broker)),
    })),
    topics: topics.length,
    partitions: partitions.length,
    underReplicated: lines.reduce((sum, line) => sum + line.underReplicated, 0),
    offline: lines.reduce((sum, line) => sum + line.offline, 0),
  }
}

/** Sorted by name. */
export const topicLines = ({ topics }: Pick<MetadataResponse, 'topics'>): TopicLine[] =>
  topics
    .map(({ name, isInternal, partitions }) => ({
      topic: name ?? '',
      isInternal,
      partitions: partitions.length,
      replicationFactor: partitions[0]?.replicaNodes.length ?? 0,
      underReplicated: partitions.filter(({ isrNodes, replicaNodes }) => isrNodes.length < replicaNodes.length).length,
      offline: partitions.filter(({ leaderId }) => leaderId < 0).length,
    }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
