import { KafkaError } from '../../errors.ts'
import { CONFIG_RESOURCE_TYPES } from '../../protocol/apis/describe-configs.ts'
import { CONFIG_OPERATIONS, IncrementalAlterConfigs } from '../../protocol/apis/incremental-alter-configs.ts'
import type { KafkaClient } from '../types.ts'
import type { ConfigResource } from './describe-configs.ts'
import { sendToController } from './controller.ts'
import { itemError, type ItemError } from './item-error.ts'

export interface ConfigChanges {
  readonly set: ReadonlyMap<string, string>
  /** A setting that is not set is no error. */
  readonly delete: readonly string[]
}

/** Changes single settings of one resource, all of them or none (KIP-339). A broker is asked for its own itself. */
export async function alterConfigs(
  client: KafkaClient,
  { type, name }: ConfigResource,
  changes: ConfigChanges,
  options: { validateOnly?: boolean } = {},
): Promise<ItemError | null> {
  const configs = [
    ...[...changes.set].map(([config, value]) => ({ name: config, configOperation: CONFIG_OPERATIONS.SET, value })),
    ...changes.delete.map((config) => ({ name: config, configOperation: CONFIG_OPERATIONS.DELETE, value: null })),
  ]
  const request = {
    resources: [{ resourceType: CONFIG_RESOURCE_TYPES[type], resourceName: name, configs }],
    validateOnly: options.validateOnly ?? false,
  }
  const send = (node: { nodeId?: number }) => client.send(IncrementalAlterConfigs, request, node)
  const isOwn =
    (type === 'broker' || type === 'brokerLogger') &&
    name !== '' &&
    (await client.brokers()).some(({ nodeId }) => nodeId === Number(name))
  const {
    responses: [answer],
  } = isOwn
    ? await send({ nodeId: Number(name) })
    : await sendToController(client, send, ({ responses }) => responses.map(({ errorCode }) => errorCode))
  if (!answer) throw new KafkaError('UNKNOWN_SERVER_ERROR', `The broker has not answered for ${type} ${name}`)
  return itemError(answer.errorCode, answer.errorMessage)
}
