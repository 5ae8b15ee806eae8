import { api } from '../api.ts'
import { array, bytes, int16, int32, int64, nullableArray, string } from '../schema.ts'

export const DescribeDelegationToken = api(41, 'DescribeDelegationToken', {
  versions: '1-3',
  flexible: '2+',
  request: {
    owners: nullableArray('0+', '0+', { principalType: string('0+'), principalName: string('0+') }, { default: [] }),
  },
  response: {
    errorCode: int16('0+'),
    tokens: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
      issueTimestamp: int64('0+'),
      expiryTimestamp: int64('0+'),
      maxTimestamp: int64('0+'),
      tokenId: string('0+'),
      hmac: bytes('0+'),
      renewers: array('0+', { principalType: string('0+'), principalName: string('0+') }),
    }),
    throttleTimeMs: int32('0+'),
  },
})
