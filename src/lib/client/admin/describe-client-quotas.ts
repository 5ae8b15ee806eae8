import {
  DescribeClientQuotas,
  QUOTA_MATCH_TYPES,
  type QuotaEntityType,
} from '../../protocol/apis/describe-client-quotas.ts'
import type { KafkaClient } from '../types.ts'
import { asKafkaError, itemError } from './item-error.ts'

export type { QuotaEntityType }

/** What a quota is for: a name for each of its kinds, null for the default of the kind. */
export type QuotaEntity = ReadonlyMap<QuotaEntityType, string | null>

export interface ClientQuota {
  readonly entity: QuotaEntity
  /** Limits by name, e.g. `producer_byte_rate`. */
  readonly values: ReadonlyMap<string, number>
}

/** The order in which the parts of an entity are shown. */
const SHOWN: readonly QuotaEntityType[] = ['user', 'client-id', 'ip']

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
    matchType: QUOTA_MATCH_TYPES[name === undefined ? 'SPECIFIED' : name === null ? 'DEFAULT' : 'EXACT'],
    match: name ?? null,
  }))
  const response = await client.send(DescribeClientQuotas, { components, strict: true })
  const error = itemError(response.errorCode, response.errorMessage)
  if (error) throw asKafkaError(error, 'Cannot describe quotas')
  return (response.entries ?? []).map(({ entity, values }) => ({
    entity: new Map(
      SHOWN.flatMap((type) => {
        const part = entity.find(({ entityType }) => entityType === type)
        return part ? [[type, part.entityName] as const] : []
      }),
    ),
    values: new Map(values.map(({ key, value }) => [key, value])),
  }))
}
