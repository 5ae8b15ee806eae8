import { ENDPOINT_TYPES, DescribeCluster, type DescribeClusterResponse } from '../../protocol/apis/describe-cluster.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, onCluster, type ApiHandler, type RequestContext, type Rights } from '../handle.ts'
import { authorizedClusterOperations } from './shared/rights.ts'

type EndpointType = keyof typeof ENDPOINT_TYPES

/** Those that are up; the fenced ones too where they are asked for (KIP-1073). */
export const describeBrokers = describeCluster('broker', 'none', ({ broker: { cluster }, connection }, withFenced) =>
  (withFenced ? cluster.registrations() : cluster.brokers()).flatMap(({ nodeId, rack, endpoints, isFenced }) => {
    const endpoint = endpoints.get(connection.listener)
    return endpoint ? [{ brokerId: nodeId, rack, isFenced, ...endpoint }] : []
  }),
)

/**
 * The nodes that clients find by `--bootstrap-controller` (KIP-919): this one is the only one. It is told to those who
 * may change the cluster (ControllerApis.handleDescribeCluster).
 */
export const describeControllers = describeCluster('controller', onCluster('ALTER'), ({ broker, connection }) => {
  const endpoint = broker.controllerEndpoints.get(connection.listener)
  return endpoint ? [{ brokerId: broker.nodeId, rack: null, ...endpoint }] : []
})

function describeCluster(
  type: EndpointType,
  rights: Rights,
  nodes: (context: RequestContext, withFenced: boolean) => Input<DescribeClusterResponse['brokers'][number]>[],
): ApiHandler {
  const endpointType = ENDPOINT_TYPES[type]
  return handle(DescribeCluster, rights, (request, context) => {
    // Version 0 knows of brokers only.
    const asked = context.header.apiVersion === 0 ? ENDPOINT_TYPES.broker : request.endpointType
    if (asked !== endpointType) {
      return {
        errorCode: ERRORS.MISMATCHED_ENDPOINT_TYPE,
        errorMessage: `The request was sent to an endpoint of type ${type.toUpperCase()}, but we wanted an endpoint of another type`,
        endpointType,
      }
    }
    const { cluster } = context.broker
    return {
      endpointType,
      clusterId: cluster.clusterId,
      controllerId: cluster.controllerId,
      brokers: nodes(context, request.includeFencedBrokers),
      ...(request.includeClusterAuthorizedOperations && {
        clusterAuthorizedOperations: authorizedClusterOperations(context),
      }),
    }
  })
}
