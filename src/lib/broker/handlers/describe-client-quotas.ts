import { DescribeClientQuotas, QUOTA_ENTITY_TYPES } from '../../protocol/apis/describe-client-quotas.ts'
import { handle, onCluster } from '../handle.ts'
import type { QuotaEntity } from '../state/cluster/client-quotas.ts'
import { quotaFilter } from '../state/quotas/quota-filter.ts'
import { refusalOf } from '../state/refusal.ts'

export const describeClientQuotas = handle(
  DescribeClientQuotas,
  onCluster('DESCRIBE_CONFIGS'),
  (request, { broker: { cluster } }) => {
    try {
      const isAskedFor = quotaFilter(request.components, request.strict)
      const found = [...cluster.clientQuotas.all()].filter(({ entity }) => isAskedFor(entity))
      return {
        errorMessage: '',
        entries: found.map(({ entity, values }) => ({
          entity: parts(entity),
          values: [...values].map(([key, value]) => ({ key, value })),
        })),
      }
    } catch (error) {
      return { ...refusalOf(error), entries: null }
    }
  },
)

const parts = (entity: QuotaEntity): { entityType: string; entityName: string | null }[] =>
  QUOTA_ENTITY_TYPES.flatMap((type) =>
    entity[type] === undefined ? [] : [{ entityType: type, entityName: entity[type] }],
  )
