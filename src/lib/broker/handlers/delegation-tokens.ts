import { CreateDelegationToken } from '../../protocol/apis/create-delegation-token.ts'
import { DescribeDelegationToken } from '../../protocol/apis/describe-delegation-token.ts'
import { ExpireDelegationToken } from '../../protocol/apis/expire-delegation-token.ts'
import { RenewDelegationToken } from '../../protocol/apis/renew-delegation-token.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { ANONYMOUS, handle, type RequestContext } from '../handle.ts'

const NO_TIME = -1n

/** There are no tokens here, and for who has not shown who it is nowhere else either (KafkaApis.allowTokenRequests). */
const refusal = ({ connection: { principal } }: RequestContext): number =>
  principal === ANONYMOUS ? ERRORS.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED : ERRORS.DELEGATION_TOKEN_AUTH_DISABLED

export const createDelegationToken = handle(CreateDelegationToken, 'each', (request, context) => {
  const { principal } = context.connection
  const [tokenRequesterPrincipalType, tokenRequesterPrincipalName] = parts(principal)
  const owner = request.ownerPrincipalName ? `${request.ownerPrincipalType}:${request.ownerPrincipalName}` : principal
  const [principalType, principalName] = parts(owner)
  const mayForOwner =
    principal === ANONYMOUS || owner === principal || context.isAllowed('CREATE_TOKENS', 'USER', owner)
  return {
    errorCode: mayForOwner ? refusal(context) : ERRORS.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
    principalType,
    principalName,
    tokenRequesterPrincipalType,
    tokenRequesterPrincipalName,
    issueTimestampMs: NO_TIME,
    expiryTimestampMs: NO_TIME,
    maxTimestampMs: NO_TIME,
  }
})

function parts(principal: string): [type: string, name: string] {
  const colon = principal.indexOf(':')
  return [principal.slice(0, colon), principal.slice(colon + 1)]
}

export const renewDelegationToken = handle(RenewDelegationToken, 'none', (_, context) => ({
  errorCode: refusal(context),
  expiryTimestampMs: NO_TIME,
}))

export const expireDelegationToken = handle(ExpireDelegationToken, 'none', (_, context) => ({
  errorCode: refusal(context),
  expiryTimestampMs: NO_TIME,
}))

export const describeDelegationToken = handle(DescribeDelegationToken, 'none', (_, context) => ({
  errorCode: refusal(context),
}))
