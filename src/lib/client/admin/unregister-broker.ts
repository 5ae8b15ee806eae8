import { UnregisterBroker } from '../../protocol/apis/unregister-broker.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

/**
 * Lets the cluster forget a broker that is gone for good (KIP-631). Throws KafkaError UNSUPPORTED_VERSION where brokers
 * do not register.
 */
export async function unregisterBroker(client: KafkaClient, brokerId: number): Promise<ItemError | null> {
  const { errorCode, errorMessage } = await sendToController(
    client,
    (node) => client.send(UnregisterBroker, { brokerId }, node),
    (response) => [response.errorCode],
  )
  return itemError(errorCode, errorMessage)
}
