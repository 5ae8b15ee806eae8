import { AlterClientQuotas } from '../../protocol/apis/alter-client-quotas.ts'
import type { KafkaClient } from '../types.ts'
import { sendToController } from './controller.ts'
import type { QuotaEntity } from './describe-client-quotas.ts'
import { itemError, type ItemError } from './item-error.ts'

/** Changes the limits of one entity, all of them or none; null removes a limit (KIP-546). */
export async function alterClientQuotas(
  client: KafkaClient,
  entity: QuotaEntity,
  limits: ReadonlyMap<string, number | null>,
  options: { validateOnly?: boolean } = {},
): Promise<ItemError | null> {
  const request = {
    entries: [
      {
        entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
        ops: [...limits].map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
      },
    ],
    validateOnly: options.validateOnly ?? false,
  }
  const { entries } = await sendToController(
    client,
    (node) => client.send(AlterClientQuotas, request, node),
    (response) => response.entries.map(({ errorCode }) => errorCode),
  )
  return (
    entries.map(({ errorCode, errorMessage }) => itemError(errorCode, errorMessage)).find((error) => error !== null) ??
    null
  )
}
