import { KafkaError } from '../../errors.ts'
import { DescribeCluster, ENDPOINT_TYPES } from '../../protocol/apis/describe-cluster.ts'
import type { MetadataResponse } from '../../protocol/apis/metadata.ts'
import type { KafkaClient, Node } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

export interface ClusterDescription {
  readonly clusterId: string
  /** Null while there is none. */
  readonly controllerId: number | null
  /** In the order of their ids. */
  readonly nodes: readonly (Node & { readonly isFenced: boolean })[]
}

/**
 * The cluster and its brokers, or its controllers where the client is connected to controllers. Brokers before 2.8 are
 * asked for their metadata. Throws KafkaError.
 */
export async function describeCluster(
  client: KafkaClient,
  options: { includeFencedBrokers?: boolean; controllers?: boolean } = {},
): Promise<ClusterDescription> {
  const { includeFencedBrokers = false, controllers = false } = options
  try {
    return await ask(client, includeFencedBrokers, controllers)
  } catch (error) {
    if (controllers || includeFencedBrokers || !(error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION'))
      throw error
    return fromMetadata(await client.metadata([]))
  }
}

async function ask(
  client: KafkaClient,
  includeFencedBrokers: boolean,
  controllers: boolean,
): Promise<ClusterDescription> {
  // A field that an old broker does not know must not be sent unless it is meant.
  const request = {
    ...(controllers && { endpointType: ENDPOINT_TYPES.controller }),
    ...(includeFencedBrokers && { includeFencedBrokers }),
  }
  const response = await client.send(DescribeCluster, { endpointType: ENDPOINT_TYPES.broker, ...request })
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot describe the cluster')
  const nodes = response.brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
    nodeId: brokerId,
    host,
    port,
    rack,
    isFenced,
  }))
  return { clusterId: response.clusterId, controllerId: present(response.controllerId), nodes: nodes.sort(byId) }
}

const fromMetadata = ({ clusterId, controllerId, brokers }: MetadataResponse): ClusterDescription => ({
  clusterId: clusterId ?? '',
  controllerId: present(controllerId),
  nodes: brokers.map((node) => ({ ...node, isFenced: false })).sort(byId),
})

const present = (nodeId: number): number | null => (nodeId < 0 ? null : nodeId)
const byId = (a: Node, b: Node): number => a.nodeId - b.nodeId
