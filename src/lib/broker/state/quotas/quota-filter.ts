import { KafkaError } from '../../../errors.ts'
import { nameOf } from '../../../protocol/name-of.ts'
import {
  QUOTA_ENTITY_TYPES,
  QUOTA_MATCH_TYPES,
  type QuotaEntityType,
} from '../../../protocol/apis/describe-client-quotas.ts'
import type { QuotaEntity } from '../cluster/client-quotas.ts'

export interface QuotaFilterComponent {
  readonly entityType: string
  readonly matchType: number
  readonly match: string | null
}

/**
 * Which entities a request is about (ClientQuotasImage.describe); a strict one is about those alone that have no other
 * kinds. Throws KafkaError INVALID_REQUEST, or UNSUPPORTED_VERSION for a kind that nobody knows.
 */
export function quotaFilter(
  components: readonly QuotaFilterComponent[],
  strict: boolean,
): (entity: QuotaEntity) => boolean {
  const wanted = new Map<QuotaEntityType, (name: string | null) => boolean>()
  for (const component of components) {
    const type = typeOf(component)
    if (wanted.has(type)) throw refused(`Entity type ${type} cannot appear more than once in the filter.`)
    wanted.set(type, nameTest(component))
  }
  if (wanted.has('ip') && wanted.size > 1) {
    throw refused(
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    )
  }
  return (entity) =>
    (!strict || Object.keys(entity).length === wanted.size) &&
    [...wanted].every(([type, fits]) => entity[type] !== undefined && fits(entity[type]))
}

function typeOf({ entityType }: QuotaFilterComponent): QuotaEntityType {
  const type = QUOTA_ENTITY_TYPES.find((known) => known === entityType)
  if (type !== undefined) return type
  if (entityType === '') throw refused('Invalid empty entity type.')
  throw new KafkaError('UNSUPPORTED_VERSION', `Unsupported entity type ${entityType}`)
}

function nameTest({ matchType, match }: QuotaFilterComponent): (name: string | null) => boolean {
  const type = nameOf(QUOTA_MATCH_TYPES, matchType)
  if (type === 'UNKNOWN') throw refused(`Unknown match type ${matchType}`)
  if (type === 'EXACT') {
    if (match === null) throw refused('Request specified MATCH_TYPE_EXACT, but set match string to null.')
    return (name) => name === match
  }
  if (match !== null) throw refused(`Request specified MATCH_TYPE_${type}, but also specified a match string.`)
  return type === 'DEFAULT' ? (name) => name === null : () => true
}

const refused = (reason: string): KafkaError => new KafkaError('INVALID_REQUEST', reason)
