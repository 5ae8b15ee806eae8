import { KafkaError } from '../../errors.ts'
import { ListTransactions } from '../../protocol/apis/list-transactions.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

export interface TransactionListing {
  readonly transactionalId: string
  readonly coordinatorId: number
  readonly producerId: bigint
  readonly state: string
}

export interface TransactionFilters {
  readonly producerIds?: readonly bigint[]
  /** Only transactions that have been open for longer; below 0 for all. */
  readonly durationMs?: number | undefined
  /** A regular expression (RE2) that the whole id has to fit. */
  readonly pattern?: string | undefined
}

/** The versions that know a filter, by its name in words. */
const SINCE = { duration: 1, pattern: 2 }

/**
 * The transactional ids that each broker coordinates, broker by broker (KIP-664, KIP-994, KIP-1152). Throws KafkaError.
 */
export async function listTransactions(
  client: KafkaClient,
  filters: TransactionFilters = {},
): Promise<TransactionListing[]> {
  const brokers = (await client.brokers()).map(({ nodeId }) => nodeId).sort((a, b) => a - b)
  return (await Promise.all(brokers.map((nodeId) => listOn(client, nodeId, filters)))).flat()
}

async function listOn(
  client: KafkaClient,
  nodeId: number,
  { producerIds = [], durationMs, pattern }: TransactionFilters,
): Promise<TransactionListing[]> {
  const version = await client.version(ListTransactions, nodeId)
  const [lacking] = Object.entries({ duration: durationMs, pattern }).filter(
    ([name, value]) => value !== undefined && version < SINCE[name as keyof typeof SINCE],
  )
  if (lacking)
    throw new KafkaError(
      'UNSUPPORTED_VERSION',
      `Broker ${nodeId} cannot choose transactions by ${lacking[0]}: it is too old`,
    )
  const { errorCode, transactionStates } = await client.send(
    ListTransactions,
    {
      producerIdFilters: producerIds,
      ...(durationMs !== undefined && { durationFilter: BigInt(durationMs) }),
      ...(pattern !== undefined && { transactionalIdPattern: pattern }),
    },
    { nodeId },
  )
  const error = itemError(errorCode)
  if (error) throw asKafkaError(error, `Broker ${nodeId} does not list its transactions`)
  return transactionStates.map(({ transactionalId, producerId, transactionState }) => ({
    transactionalId,
    coordinatorId: nodeId,
    producerId,
    state: transactionState,
  }))
}
