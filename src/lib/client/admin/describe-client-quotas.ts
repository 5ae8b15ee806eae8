import { DescribeClientQuotas } from '../../protocol/apis/describe-client-quotas.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

/** The kinds of things that a quota can be for, in the words of the protocol (ClientQuotaEntity). */
export const QUOTA_ENTITY_TYPES = ['user', 'client-id', 'ip'] as const
export type QuotaEntityType = (typeof QUOTA_ENTITY_TYPES)[number]

/** What a quota is for: a name for each of its kinds, null for the default of the kind. */
export type QuotaEntity = ReadonlyMap<QuotaEntityType, string | null>

export interface ClientQuota {
  readonly entity: QuotaEntity
  /** Limits by name, e.g. `producer_byte_rate`. */
  readonly values: ReadonlyMap<string, number>
}

/** ClientQuotaFilterComponent's kinds of match. */
const [EXACT, DEFAULT, ANY] = [0, 1, 2]

/**
 * The quotas of the entities that have just these kinds: with the name given, with null the default's, with undefined
 * of whatever name. Throws KafkaError.
 */
export async function describeClientQuotas(
  client: KafkaClient,
  wanted: ReadonlyMap<QuotaEntityType, string | null | undefined>,
): Promise<ClientQuota[]> {
  const components = [...wanted].map(([entityType, name]) => ({
    entityType,
    matchType: name === undefined ? ANY : name === null ? DEFAULT : EXACT,
    match: name ?? null,
  }))
  const response = await client.send(DescribeClientQuotas, { components, strict: true })
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot describe quotas')
  return (response.entries ?? []).map(({ entity, values }) => ({
    entity: new Map(
      QUOTA_ENTITY_TYPES.flatMap((type) => {
        const part = entity.find(({ entityType }) => entityType === type)
        return part ? [[type, part.entityName] as const] : []
      }),
    ),
    values: new Map(values.map(({ key, value }) => [key, value])),
  }))
}
