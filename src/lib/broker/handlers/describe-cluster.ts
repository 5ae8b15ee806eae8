import { DescribeCluster } from '../../protocol/apis/describe-cluster.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { CLUSTER_OPERATIONS } from '../state/authorized-operations.ts'

const BROKERS = 1

export const describeCluster = handle(DescribeCluster, (request, { broker: { cluster }, connection, header }) => {
  if (header.apiVersion >= 1 && request.endpointType !== BROKERS) {
    return {
      errorCode: ERRORS.MISMATCHED_ENDPOINT_TYPE,
      errorMessage: 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of another type',
      endpointType: BROKERS,
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
