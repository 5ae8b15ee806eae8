import { ListConfigResources } from '../../protocol/apis/list-config-resources.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { RESOURCE_TYPES } from '../state/resources/config-target.ts'

/** What can be described of each kind. */
const NAMES: Readonly<Record<number, (broker: Broker) => readonly string[]>> = {
  [RESOURCE_TYPES.TOPIC]: ({ cluster }) => cluster.topicNames(),
  [RESOURCE_TYPES.BROKER]: brokerIds,
  [RESOURCE_TYPES.BROKER_LOGGER]: brokerIds,
  [RESOURCE_TYPES.CLIENT_METRICS]: ({ cluster }) => cluster.configNames('client-metrics'),
  [RESOURCE_TYPES.GROUP]: ({ cluster }) => cluster.configNames('group'),
}

/** Names of all that has settings; version 0 knew client metrics only (KIP-1142). */
export const listConfigResources = handle(ListConfigResources, (request, { broker, header }) => {
  const asked = header.apiVersion === 0 ? [RESOURCE_TYPES.CLIENT_METRICS] : [...new Set(request.resourceTypes)]
  if (asked.some((type) => !(type in NAMES))) return { errorCode: ERRORS.UNSUPPORTED_VERSION }
  const types = asked.length > 0 ? asked : Object.keys(NAMES).map(Number)
  return {
    configResources: types.flatMap((resourceType) =>
      NAMES[resourceType]!(broker).map((resourceName) => ({ resourceType, resourceName })),
    ),
  }
})

function brokerIds({ cluster }: Broker): string[] {
  return cluster.brokers().map(({ nodeId }) => String(nodeId))
}
