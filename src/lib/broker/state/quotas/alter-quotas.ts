import { isIP } from 'node:net'
import { KafkaError } from '../../../errors.ts'
import { QUOTA_ENTITY_TYPES, type QuotaEntityType } from '../../../protocol/apis/describe-client-quotas.ts'
import type { ClientQuotas, QuotaEntity } from '../cluster/client-quotas.ts'

export interface QuotaOperation {
  readonly key: string
  readonly value: number
  readonly remove: boolean
}

interface QuotaDefinition {
  /** Null where fractions are allowed. */
  readonly max: number | null
  readonly type: 'LONG' | 'INT' | 'DOUBLE'
}

/** What can be limited of users and clients, and of addresses (QuotaConfig). */
const OF_CLIENTS: ReadonlyMap<string, QuotaDefinition> = new Map<string, QuotaDefinition>([
  ['producer_byte_rate', { type: 'LONG', max: 2 ** 63 }],
  ['consumer_byte_rate', { type: 'LONG', max: 2 ** 63 }],
  ['request_percentage', { type: 'DOUBLE', max: null }],
  ['controller_mutation_rate', { type: 'DOUBLE', max: null }],
])
const OF_ADDRESSES: ReadonlyMap<string, QuotaDefinition> = new Map<string, QuotaDefinition>([
  ['connection_creation_rate', { type: 'INT', max: 2 ** 31 - 1 }],
])

/** Throws KafkaError INVALID_REQUEST unless a quota can be for this (ClientQuotaControlManager.validateEntity). */
export function readQuotaEntity(
  parts: readonly { readonly entityType: string; readonly entityName: string | null }[],
): QuotaEntity {
  if (parts.length === 0) throw refused('Invalid empty client quota entity')
  const entity: Partial<Record<QuotaEntityType, string | null>> = {}
  for (const { entityType, entityName } of parts) {
    const type = QUOTA_ENTITY_TYPES.find((known) => known === entityType)
    if (type === undefined) throw refused(`Unhandled client quota entity type: ${entityType}`)
    if (entityName === '') throw refused(`Empty ${entityType} not supported`)
    entity[type] = entityName
  }
  checkAddress(entity)
  return entity
}

/** What is set for an entity after some changes. Throws KafkaError INVALID_REQUEST for a limit that it cannot have. */
export function changeQuota(
  quotas: ClientQuotas,
  entity: QuotaEntity,
  operations: readonly QuotaOperation[],
): ReadonlyMap<string, number> {
  const definitions = 'ip' in entity ? OF_ADDRESSES : OF_CLIENTS
  const next = new Map(quotas.values(entity))
  const seen = new Set<string>()
  for (const { key, value, remove } of operations) {
    if (seen.has(key)) throw refused(`Duplicate quota key ${key} not updating quota for this entity`)
    seen.add(key)
    if (remove) next.delete(key)
    else next.set(key, checkValue(key, value, definitions.get(key)))
  }
  return next
}

/**
 * Kafka asks the name service as well; here an address is one that is written as such, or a host name of the usual
 * form.
 */
function checkAddress(entity: QuotaEntity): void {
  if (!('ip' in entity)) return
  if ('user' in entity || 'client-id' in entity) {
    throw refused('Invalid quota entity combination, IP entity should not be combined with User or ClientId')
  }
  const { ip } = entity
  if (typeof ip !== 'string' || isIP(ip) !== 0 || /^(?=.*[a-z])[a-z\d-]+(\.[a-z\d-]+)*$/i.test(ip)) return
  throw refused(`${ip} is not a valid IP or resolvable host.`)
}

function checkValue(key: string, value: number, definition: QuotaDefinition | undefined): number {
  if (!definition) throw refused(`Invalid configuration key ${key}`)
  if (!(value > 0)) throw refused(`Quota ${key} must be greater than 0`)
  if (definition.max === null) return value
  if (value > definition.max) throw refused(`Proposed value for ${key} is too large for a ${definition.type}.`)
  if (Math.abs(value % 1) > 1e-6) throw refused(`${key} cannot be a fractional value.`)
  return value
}

const refused = (reason: string): KafkaError => new KafkaError('INVALID_REQUEST', reason)
