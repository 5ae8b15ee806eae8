import { api } from '../api.ts'
import { int16, int32, nullableString } from '../schema.ts'

export const UnregisterBroker = api(64, 'UnregisterBroker', {
  versions: '0',
  flexible: '0+',
  request: { brokerId: int32('0+') },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
  },
})
