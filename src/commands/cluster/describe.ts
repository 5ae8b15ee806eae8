import { formatAddress } from '../../lib/address.ts'
import type { Result } from '../../lib/command/define.ts'
import { tableOf, type Column } from '../../lib/output/rows.ts'
import { collectCluster, type DescribedBroker, type DescribedCluster } from '../../lib/overview/cluster.ts'
import type { Work } from '../../lib/work/command.ts'

/** The cluster at a glance; a broker that does not answer is named on stderr. */
export async function describeAll({ client, voice }: Work<unknown>): Promise<Result> {
  const { cluster, silent } = await collectCluster(client)
  for (const { node, error } of silent) voice.say(`broker ${node.nodeId} does not answer: ${error}`)
  return { data: cluster, text: () => asText(cluster), exitCode: silent.length > 0 ? 1 : 0 }
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
