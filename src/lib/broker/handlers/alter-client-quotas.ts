import { AlterClientQuotas } from '../../protocol/apis/alter-client-quotas.ts'
import { handle, onCluster } from '../handle.ts'
import { QUOTA_ENTITY_TYPES } from '../../protocol/apis/describe-client-quotas.ts'
import { changeQuota, readQuotaEntity } from '../state/quotas/alter-quotas.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

interface Part {
  readonly entityType: string
  readonly entityName: string | null
}

/** Each entity's changes happen together or not at all (KIP-546). */
export const alterClientQuotas = handle(
  AlterClientQuotas,
  onCluster('ALTER_CONFIGS'),
  async (
    request,
    {
      broker: {
        turns,
        cluster: { clientQuotas },
      },
    },
  ) => ({
    entries: await inTurns(turns, request.entries, ({ entity: asked, ops }) => {
      const parts = asEntity(asked)
      try {
        const entity = readQuotaEntity(parts)
        const values = changeQuota(clientQuotas, entity, ops)
        if (!request.validateOnly) clientQuotas.set(entity, values)
        return { entity: parts, errorMessage: null }
      } catch (error) {
        return { entity: parts, ...refusalOf(error) }
      }
    }),
  }),
)

/**
 * As Kafka reads them, into a map: of a kind that comes twice the last one counts, and the order is not the client's.
 */
function asEntity(parts: readonly Part[]): Part[] {
  const names = new Map(parts.map(({ entityType, entityName }) => [entityType, entityName]))
  const types = new Set([...QUOTA_ENTITY_TYPES.filter((type) => names.has(type)), ...names.keys()])
  return [...types].map((entityType) => ({ entityType, entityName: names.get(entityType)! }))
}
