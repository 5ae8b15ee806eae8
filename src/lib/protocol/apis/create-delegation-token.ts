import { api } from '../api.ts'
import { array, bytes, int16, int32, int64, nullableString, string } from '../schema.ts'

export const CreateDelegationToken = api(38, 'CreateDelegationToken', {
  versions: '1-3',
  flexible: '2+',
  request: {
    ownerPrincipalType: nullableString('3+', '3+', { default: '' }),
    ownerPrincipalName: nullableString('3+', '3+', { default: '' }),
    renewers: array('0+', { principalType: string('0+'), principalName: string('0+') }),
    maxLifetimeMs: int64('0+'),
  },
  response: {
    errorCode: int16('0+'),
    principalType: string('0+'),
    principalName: string('0+'),
    tokenRequesterPrincipalType: string('3+', { ignorable: true }),
    tokenRequesterPrincipalName: string('3+', { ignorable: true }),
    issueTimestampMs: int64('0+'),
    expiryTimestampMs: int64('0+'),
    maxTimestampMs: int64('0+'),
    tokenId: string('0+'),
    hmac: bytes('0+'),
    throttleTimeMs: int32('0+'),
  },
})
