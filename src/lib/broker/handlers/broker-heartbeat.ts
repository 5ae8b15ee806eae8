import { kafkaErrorOf } from '../../errors.ts'
import { BrokerHeartbeat } from '../../protocol/apis/broker-heartbeat.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster, type Connection, type RequestContext } from '../handle.ts'

export const brokerHeartbeat = handle(BrokerHeartbeat, onCluster('CLUSTER_ACTION'), (request, context) => {
  try {
    const answer = context.broker.quorumController.heartbeat(request)
    watch(context, request.brokerId)
    return answer
  } catch (error) {
    return { errorCode: ERRORS[kafkaErrorOf(error).code] }
  }
})

const watched = new WeakSet<Connection>()

/** A process that dies breaks its connection, and nobody listens at its port any more. */
function watch({ broker, connection }: RequestContext, brokerId: number): void {
  const { peers, quorumController, cluster } = broker
  if (watched.has(connection)) return
  watched.add(connection)
  connection.onClose?.(() => {
    const [address] = cluster.registration(brokerId)?.endpoints.values() ?? []
    if (address) peers.whenRefused(address, () => quorumController.connectionLost(brokerId))
  })
}
