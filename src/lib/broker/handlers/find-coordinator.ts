import { KafkaError } from '../../errors.ts'
import { COORDINATOR_TYPES, FindCoordinator } from '../../protocol/apis/find-coordinator.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { OFFSETS_TOPIC, TRANSACTION_TOPIC } from '../../protocol/topic-names.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { coordinated } from './shared/coordinated.ts'
import { endpointOf } from './shared/leader-endpoints.ts'
import { requireRight } from './shared/rights.ts'
import { inTurns } from '../state/turns.ts'

/** From this version on one request asks for many (KIP-699). */
const BATCHED_FROM = 4

interface Address {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

type Found = Address & { errorCode: number; errorMessage: string }

/** What a coordinator's key is the name of. */
const KINDS = new Map<number, 'GROUP' | 'TRANSACTIONAL_ID'>([
  [COORDINATOR_TYPES.group, 'GROUP'],
  [COORDINATOR_TYPES.transaction, 'TRANSACTIONAL_ID'],
])

const NO_NODE: Address = { nodeId: -1, host: '', port: -1 }

export const findCoordinator = handle(FindCoordinator, 'each', async (request, context) => {
  const { keyType } = request
  if (context.header.apiVersion >= BATCHED_FROM) {
    return {
      coordinators: await inTurns(context.broker.turns, request.coordinatorKeys, async (key) => ({
        key,
        ...(await find(context, keyType, key)),
      })),
    }
  }
  const found = await find(context, keyType, request.key)
  // Kafka says NONE in words here, and some clients show it.
  return { ...found, errorMessage: found.errorCode === ERRORS.NONE ? 'NONE' : found.errorMessage }
})

function find(context: RequestContext, keyType: number, key: string): Found | Promise<Found> {
  return coordinated<Found>(
    () => {
      const kind = KINDS.get(keyType)
      if (kind) requireRight(context, 'DESCRIBE', kind, key)
      return { ...locate(context, keyType, key), errorCode: ERRORS.NONE as number, errorMessage: '' }
    },
    ({ errorCode, errorMessage }) => ({ ...NO_NODE, errorCode, errorMessage: errorMessage ?? '' }),
  )
}

/** The leader of the partition of the state topic that the key belongs to; the topic is made when it is missing. */
function locate(context: RequestContext, keyType: number, key: string): Address {
  const { broker } = context
  const [topic, partition] = statePartition(broker, keyType, key)
  const leader = broker.cluster.topic(topic)?.partitions[partition]?.leader ?? NO_NODE.nodeId
  const endpoint = endpointOf(context, leader)
  if (!endpoint) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  return { nodeId: leader, host: endpoint.host, port: endpoint.port }
}

function statePartition(
  { groups, transactions }: Broker,
  keyType: number,
  key: string,
): [topic: string, partition: number] {
  switch (keyType) {
    case COORDINATOR_TYPES.group:
      return [OFFSETS_TOPIC, groups.partitionFor(key)]
    case COORDINATOR_TYPES.transaction:
      return [TRANSACTION_TOPIC, transactions.partitionFor(key)]
    default:
      throw new KafkaError('INVALID_REQUEST', `There is no coordinator of type ${keyType}.`)
  }
}
