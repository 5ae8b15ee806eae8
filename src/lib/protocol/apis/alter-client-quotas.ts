import { api } from '../api.ts'
import { array, bool, float64, int16, int32, nullableString, string } from '../schema.ts'
import { quotaEntity } from './describe-client-quotas.ts'

export const AlterClientQuotas = api(49, 'AlterClientQuotas', {
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array('0+', {
      entity: array('0+', quotaEntity),
      ops: array('0+', { key: string('0+'), value: float64('0+'), remove: bool('0+') }),
    }),
    validateOnly: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    entries: array('0+', {
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+', { default: '' }),
      entity: array('0+', quotaEntity),
    }),
  },
})
