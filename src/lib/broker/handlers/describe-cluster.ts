import { ENDPOINT_TYPES, DescribeCluster } from '../../protocol/apis/describe-cluster.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { CLUSTER_OPERATIONS } from '../state/authorized-operations.ts'

export const describeCluster = handle(DescribeCluster, (request, { broker: { cluster }, connection, header }) => {
  if (header.apiVersion >= 1 && request.endpointType !== ENDPOINT_TYPES.broker) {
    return {
      errorCode: ERRORS.MISMATCHED_ENDPOINT_TYPE,
      errorMessage: 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of another type',
      endpointType: ENDPOINT_TYPES.broker,
    }
  }
  const brokers = cluster.brokers().flatMap(({ nodeId, rack, endpoints }) => {
    const endpoint = endpoints.get(connection.listener)
    return endpoint ? [{ brokerId: nodeId, rack, ...endpoint }] : []
  })
  return {
    clusterId: cluster.clusterId,
    controllerId: cluster.controllerId,
    brokers,
    ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
  }
})
