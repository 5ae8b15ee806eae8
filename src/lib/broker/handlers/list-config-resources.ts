import { CONFIG_RESOURCE_TYPES } from '../../protocol/apis/describe-configs.ts'
import { ListConfigResources } from '../../protocol/apis/list-config-resources.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'
import type { Broker } from '../state/broker.ts'

/** What can be described of each kind. */
const NAMES: Readonly<Record<number, (broker: Broker) => readonly string[]>> = {
  [CONFIG_RESOURCE_TYPES.topic]: ({ cluster }) => cluster.topicNames(),
  [CONFIG_RESOURCE_TYPES.broker]: brokerIds,
  [CONFIG_RESOURCE_TYPES.brokerLogger]: brokerIds,
  [CONFIG_RESOURCE_TYPES.clientMetrics]: ({ cluster }) => cluster.configNames('client-metrics'),
  [CONFIG_RESOURCE_TYPES.group]: ({ cluster }) => cluster.configNames('group'),
}

/** Names of all that has settings; version 0 knew client metrics only (KIP-1142). */
export const listConfigResources = handle(
  ListConfigResources,
  onCluster('DESCRIBE_CONFIGS'),
  (request, { broker, header }) => {
    const asked = header.apiVersion === 0 ? [CONFIG_RESOURCE_TYPES.clientMetrics] : [...new Set(request.resourceTypes)]
    if (asked.some((type) => !(type in NAMES))) return { errorCode: ERRORS.UNSUPPORTED_VERSION }
    const types = asked.length > 0 ? asked : Object.keys(NAMES).map(Number)
    return {
      configResources: types.flatMap((resourceType) =>
        NAMES[resourceType]!(broker).map((resourceName) => ({ resourceType, resourceName })),
      ),
    }
  },
)

function brokerIds({ cluster }: Broker): string[] {
  return cluster.brokers().map(({ nodeId }) => String(nodeId))
}
