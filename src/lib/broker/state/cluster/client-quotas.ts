import { QUOTA_ENTITY_TYPES, type QuotaEntityType } from '../../../protocol/apis/describe-client-quotas.ts'

/** What a quota is for: the name for each of its kinds, null for the default of the kind. */
export type QuotaEntity = Readonly<Partial<Record<QuotaEntityType, string | null>>>

export interface ClientQuota {
  readonly entity: QuotaEntity
  /** Limits by name, e.g. `producer_byte_rate`. */
  readonly values: ReadonlyMap<string, number>
}

export interface ClientQuotaChange {
  readonly type: 'clientQuota'
  readonly entity: QuotaEntity
  /** All that holds from now on; nothing removes the quota. */
  readonly values: Record<string, number | null>
}

/** The quotas that admins have set (ClientQuotasImage). */
export class ClientQuotas {
  private readonly byEntity = new Map<string, ClientQuota>()

  constructor(private readonly commit: (change: ClientQuotaChange) => void) {}

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

  set(entity: QuotaEntity, values: ReadonlyMap<string, number>): void {
    this.commit({ type: 'clientQuota', entity, values: Object.fromEntries(values) })
  }

  apply({ entity, values }: ClientQuotaChange): void {
    // JSON has no infinity: it is null there.
    const held = new Map(Object.entries(values).map(([name, limit]) => [name, limit ?? Infinity]))
    if (held.size === 0) this.byEntity.delete(keyOf(entity))
    else this.byEntity.set(keyOf(entity), { entity, values: held })
  }

  snapshot(): ClientQuotaChange[] {
    return [...this.byEntity.values()].map(({ entity, values }) => ({
      type: 'clientQuota',
      entity,
      values: Object.fromEntries(values),
    }))
  }
}

const keyOf = (entity: QuotaEntity): string =>
  JSON.stringify(QUOTA_ENTITY_TYPES.map((type) => (type in entity ? [entity[type]] : [])))
