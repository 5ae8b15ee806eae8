import { CONFIG_RESOURCE_TYPES, type ConfigResourceType } from '../../protocol/apis/describe-configs.ts'
import { ListConfigResources } from '../../protocol/apis/list-config-resources.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

/**
 * Names of the things of a kind that have settings (KIP-1142). Brokers before 4.1 know client metrics only. Throws
 * KafkaError.
 */
export async function listConfigResources(client: KafkaClient, type: ConfigResourceType): Promise<string[]> {
  const isOld = (await client.version(ListConfigResources)) < 1
  const { errorCode, configResources } = await client.send(
    ListConfigResources,
    isOld ? {} : { resourceTypes: [CONFIG_RESOURCE_TYPES[type]] },
  )
  const error = itemError(errorCode)
  if (error) throw asKafkaError(error, 'Cannot list what has settings')
  return configResources
    .filter(({ resourceType }) => resourceType === CONFIG_RESOURCE_TYPES[type])
    .map(({ resourceName }) => resourceName)
}
