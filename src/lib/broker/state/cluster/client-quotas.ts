import { QUOTA_ENTITY_TYPES, type QuotaEntityType } from '../../../protocol/apis/describe-client-quotas.ts'
import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import type { Commit } from './commit.ts'

/** What a quota is for: the name for each of its kinds, null for the default of the kind. */
export type QuotaEntity = Readonly<Partial<Record<QuotaEntityType, string | null>>>

export interface ClientQuota {
  readonly entity: QuotaEntity
  /** Limits by name, e.g. `producer_byte_rate`. */
  readonly values: ReadonlyMap<string, number>
}

/** The quotas that admins have set (ClientQuotasImage). */
export class ClientQuotas {
  private readonly byEntity = new Map<string, ClientQuota>()

  constructor(private readonly commit: Commit) {}

  get isEmpty(): boolean {
    return this.byEntity.size === 0
  }

  all(): Iterable<ClientQuota> {
    return this.byEntity.values()
  }

  /** Empty when nothing is set for exactly this entity. */
  values(entity: QuotaEntity): ReadonlyMap<string, number> {
    return this.byEntity.get(keyOf(entity))?.values ?? new Map()
  }

  /** All that holds from now on; nothing removes the quota. */
  set(entity: QuotaEntity, values: ReadonlyMap<string, number>): void {
    const before = this.values(entity)
    const removed = [...before.keys()].filter((key) => !values.has(key))
    const changed = [...values].filter(([key, value]) => before.get(key) !== value)
    this.commit([
      ...removed.map((key) => quotaRecord(entity, key, null)),
      ...changed.map(([key, value]) => quotaRecord(entity, key, value)),
    ])
  }

  apply({ entity: parts, key, value, remove }: MetadataRecordOf<'CLIENT_QUOTA_RECORD'>): void {
    const entity: QuotaEntity = Object.fromEntries(parts.map(({ entityType, entityName }) => [entityType, entityName]))
    const values = new Map(this.values(entity))
    if (remove) values.delete(key)
    else values.set(key, value)
    if (values.size === 0) this.byEntity.delete(keyOf(entity))
    else this.byEntity.set(keyOf(entity), { entity, values })
  }

  *records(): Generator<NewMetadataRecord> {
    for (const { entity, values } of this.byEntity.values())
      for (const [key, value] of values) yield quotaRecord(entity, key, value)
  }
}

/** Null removes the limit. */
const quotaRecord = (entity: QuotaEntity, key: string, value: number | null): NewMetadataRecord => ({
  type: 'CLIENT_QUOTA_RECORD',
  entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
  key,
  value: value ?? 0,
  remove: value === null,
})

const keyOf = (entity: QuotaEntity): string =>
  JSON.stringify(QUOTA_ENTITY_TYPES.map((type) => (type in entity ? [entity[type]] : [])))
