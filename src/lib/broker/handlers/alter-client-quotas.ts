import { KafkaError } from '../../errors.ts'
import { AlterClientQuotas } from '../../protocol/apis/alter-client-quotas.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { changeQuota, readQuotaEntity } from '../state/quotas/alter-quotas.ts'

/** Each entity's changes happen together or not at all (KIP-546). */
export const alterClientQuotas = handle(AlterClientQuotas, (request, { broker: { cluster: { clientQuotas } } }) => ({
  entries: request.entries.map(({ entity: parts, ops }) => {
    try {
      const entity = readQuotaEntity(parts)
      const values = changeQuota(clientQuotas, entity, ops)
      if (!request.validateOnly) clientQuotas.set(entity, values)
      return { entity: parts, errorMessage: null }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return { entity: parts, errorCode: ERRORS[error.code as ErrorName], errorMessage: error.message }
    }
  }),
}))
