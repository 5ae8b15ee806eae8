import { CreateDelegationToken } from '../../protocol/apis/create-delegation-token.ts'
import { DescribeDelegationToken } from '../../protocol/apis/describe-delegation-token.ts'
import { ExpireDelegationToken } from '../../protocol/apis/expire-delegation-token.ts'
import { RenewDelegationToken } from '../../protocol/apis/renew-delegation-token.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

/**
 * Tokens are for clients that have shown who they are, which nobody does over PLAINTEXT (KafkaApis.allowTokenRequests).
 */
const errorCode = ERRORS.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
const NO_TIME = -1n

export const createDelegationToken = handle(CreateDelegationToken, 'none', (_, { connection: { principal } }) => {
  const [principalType, principalName] = [
    principal.slice(0, principal.indexOf(':')),
    principal.slice(principal.indexOf(':') + 1),
  ]
  return {
    errorCode,
    principalType,
    principalName,
    tokenRequesterPrincipalType: principalType,
    tokenRequesterPrincipalName: principalName,
    issueTimestampMs: NO_TIME,
    expiryTimestampMs: NO_TIME,
    maxTimestampMs: NO_TIME,
  }
})

export const renewDelegationToken = handle(RenewDelegationToken, 'none', () => ({
  errorCode,
  expiryTimestampMs: NO_TIME,
}))

export const expireDelegationToken = handle(ExpireDelegationToken, 'none', () => ({
  errorCode,
  expiryTimestampMs: NO_TIME,
}))

export const describeDelegationToken = handle(DescribeDelegationToken, 'none', () => ({ errorCode }))
