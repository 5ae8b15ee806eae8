import { AlterClientQuotas } from '../../protocol/apis/alter-client-quotas.ts'
import { handle } from '../handle.ts'
import { changeQuota, readQuotaEntity } from '../state/quotas/alter-quotas.ts'
import { refusalOf } from '../state/refusal.ts'

/** Each entity's changes happen together or not at all (KIP-546). */
export const alterClientQuotas = handle(AlterClientQuotas, (request, { broker: { cluster: { clientQuotas } } }) => ({
  entries: request.entries.map(({ entity: parts, ops }) => {
    try {
      const entity = readQuotaEntity(parts)
      const values = changeQuota(clientQuotas, entity, ops)
      if (!request.validateOnly) clientQuotas.set(entity, values)
      return { entity: parts, errorMessage: null }
    } catch (error) {
      return { entity: parts, ...refusalOf(error) }
    }
  }),
}))
