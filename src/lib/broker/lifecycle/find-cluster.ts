import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { DescribeCluster, ENDPOINT_TYPES } from '../../protocol/apis/describe-cluster.ts'
import type { Network } from '../network/network.ts'
import { Requester } from '../network/requester.ts'

/**
 * The cluster of the controller that listens at an address. Rejects with EnvironmentError when nothing answers there
 * (code ECONNREFUSED), or something else does, and with KafkaError UNSUPPORTED_VERSION for what is no controller.
 */
export async function findCluster(
  options: { readonly network: Network; readonly clock: Clock; readonly address: Address; readonly nodeId: number },
  timeoutMs: number,
): Promise<string | null> {
  const requester = new Requester({ ...options, clientId: String(options.nodeId) })
  try {
    const { errorCode, clusterId } = await requester.ask(
      DescribeCluster,
      { endpointType: ENDPOINT_TYPES.controller },
      timeoutMs,
    )
    return errorCode === 0 ? clusterId : null
  } finally {
    requester.close()
  }
}
