import { describeApiVersions, type BrokerVersions } from '../client/admin/describe-api-versions.ts'
import { describeCluster, type ClusterDescription } from '../client/admin/describe-cluster.ts'
import { METADATA_VERSION, releaseOf } from '../protocol/metadata-version.ts'
import type { KafkaClient } from '../client/types.ts'

export interface DescribedBroker {
  readonly broker: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly controller: boolean
  /**
   * The release of Kafka that it can speak with other brokers, e.g. `4.3`; null where it does not tell (before 3.3).
   */
  readonly version: string | null
  /** How many kinds of requests it answers. */
  readonly apis: number
}

export interface DescribedCluster {
  readonly clusterId: string
  readonly controller: number | null
  /** What the cluster has agreed on, as `4.3-IV0`; null where there is no such agreement. */
  readonly metadataVersion: string | null
  readonly brokers: readonly DescribedBroker[]
}

/** What every broker says of itself and of the cluster, and those that do not answer. */
export async function collectCluster(
  client: KafkaClient,
): Promise<{ cluster: DescribedCluster; silent: readonly BrokerVersions[] }> {
  const [cluster, versions] = await Promise.all([describeCluster(client), describeApiVersions(client)])
  return { cluster: describe(cluster, versions), silent: versions.filter(({ error }) => error !== null) }
}

function describe(cluster: ClusterDescription, versions: readonly BrokerVersions[]): DescribedCluster {
  const agreed = versions
    .map(({ features }) => features.finalized.get(METADATA_VERSION))
    .find((level) => level !== undefined)
  return {
    clusterId: cluster.clusterId,
    controller: cluster.controllerId,
    metadataVersion: agreed === undefined ? null : (releaseOf(agreed) ?? String(agreed)),
    brokers: cluster.nodes.map(({ nodeId, host, port, rack }) => {
      const spoken = versions.find(({ node }) => node.nodeId === nodeId)
      const level = spoken?.features.supported.get(METADATA_VERSION)?.maxVersion
      return {
        broker: nodeId,
        host,
        port,
        rack,
        controller: nodeId === cluster.controllerId,
        version: level === undefined ? null : (releaseOf(level)?.replace(/-.*/, '') ?? `level ${level}`),
        apis: spoken?.apis.filter(({ usable }) => usable !== 'unsupported').length ?? 0,
      }
    }),
  }
}
