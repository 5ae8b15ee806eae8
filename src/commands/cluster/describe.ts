import { formatAddress } from '../../lib/address.ts'
import { describeApiVersions, type BrokerVersions } from '../../lib/client/admin/describe-api-versions.ts'
import { describeCluster, type ClusterDescription } from '../../lib/client/admin/describe-cluster.ts'
import { METADATA_VERSION, releaseOf } from '../../lib/protocol/metadata-version.ts'
import type { Result } from '../../lib/command/define.ts'
import { tableOf, type Column } from '../../lib/output/rows.ts'
import type { Work } from '../../lib/work/command.ts'

interface DescribedBroker {
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

interface DescribedCluster {
  readonly clusterId: string
  readonly controller: number | null
  /** What the cluster has agreed on, as `4.3-IV0`; null where there is no such agreement. */
  readonly metadataVersion: string | null
  readonly brokers: readonly DescribedBroker[]
}

/** The cluster at a glance; a broker that does not answer is named on stderr. */
export async function describeAll({ client, voice }: Work<unknown>): Promise<Result> {
  const [cluster, versions] = await Promise.all([describeCluster(client), describeApiVersions(client)])
  const silent = versions.filter(({ error }) => error !== null)
  for (const { node, error } of silent) voice.say(`broker ${node.nodeId} does not answer: ${error}`)
  const data = collect(cluster, versions)
  return { data, text: () => asText(data), exitCode: silent.length > 0 ? 1 : 0 }
}

function collect(cluster: ClusterDescription, versions: readonly BrokerVersions[]): DescribedCluster {
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

function asText({ clusterId, controller, metadataVersion, brokers }: DescribedCluster): string {
  const head = [
    `Cluster ID: ${clusterId}`,
    `Controller: ${controller ?? 'none'}`,
    `Metadata version: ${metadataVersion ?? 'unknown'}`,
  ]
  return `${head.join('\n')}\n\n${tableOf(brokers, COLUMNS, { goes: ['APIS', 'RACK'] })}`
}

const COLUMNS: readonly Column<DescribedBroker>[] = [
  { title: 'BROKER', value: ({ broker }) => broker, isNumber: true },
  { title: 'ADDRESS', value: formatAddress },
  { title: 'RACK', value: ({ rack }) => rack ?? '' },
  { title: 'KAFKA', value: ({ version }) => version ?? 'unknown' },
  { title: 'APIS', value: ({ apis }) => apis || '', isNumber: true },
  { title: 'CONTROLLER', value: ({ controller }) => (controller ? 'yes' : '') },
]
