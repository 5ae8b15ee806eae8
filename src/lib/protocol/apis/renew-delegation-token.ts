import { api } from '../api.ts'
import { bytes, int16, int32, int64 } from '../schema.ts'

export const RenewDelegationToken = api(39, 'RenewDelegationToken', {
  versions: '1-2',
  flexible: '2+',
  request: { hmac: bytes('0+'), renewPeriodMs: int64('0+') },
  response: { errorCode: int16('0+'), expiryTimestampMs: int64('0+'), throttleTimeMs: int32('0+') },
})
