import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CreateDelegationToken } from '../../../../src/lib/protocol/apis/create-delegation-token.ts'
import { DescribeDelegationToken } from '../../../../src/lib/protocol/apis/describe-delegation-token.ts'
import { ExpireDelegationToken } from '../../../../src/lib/protocol/apis/expire-delegation-token.ts'
import { RenewDelegationToken } from '../../../../src/lib/protocol/apis/renew-delegation-token.ts'
import { SaslAuthenticate } from '../../../../src/lib/protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../../../src/lib/protocol/apis/sasl-handshake.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

/** The answers of Kafka 4.3 to a client that came in by PLAINTEXT. */
describe('a client that has not shown who it is', () => {
  const refused = { errorCode: ERRORS.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, throttleTimeMs: 0 }
  const hmac = Buffer.from('a')

  test.each([1, 2, 3])('gets no token, in version %i', async (version) => {
    const requester =
      version < 3 ? {} : { tokenRequesterPrincipalType: 'User', tokenRequesterPrincipalName: 'ANONYMOUS' }
    expect(await broker.send(CreateDelegationToken, { maxLifetimeMs: -1n }, version)).toMatchObject({
      ...refused,
      principalType: 'User',
      principalName: 'ANONYMOUS',
      ...requester,
      issueTimestampMs: -1n,
      expiryTimestampMs: -1n,
      maxTimestampMs: -1n,
      tokenId: '',
      hmac: Buffer.alloc(0),
    })
  })

  test('renews, ends and sees none', async () => {
    expect(await broker.send(RenewDelegationToken, { hmac, renewPeriodMs: 1n })).toEqual({
      ...refused,
      expiryTimestampMs: -1n,
    })
    expect(await broker.send(ExpireDelegationToken, { hmac, expiryTimePeriodMs: 1n })).toEqual({
      ...refused,
      expiryTimestampMs: -1n,
    })
    expect(await broker.send(DescribeDelegationToken, { owners: null })).toEqual({ ...refused, tokens: [] })
  })

  test('need not show it', async () => {
    const errorCode = ERRORS.ILLEGAL_SASL_STATE
    expect(await broker.send(SaslHandshake, { mechanism: 'PLAIN' })).toEqual({ errorCode, mechanisms: [] })
    expect(await broker.send(SaslAuthenticate, { authBytes: Buffer.alloc(3) })).toEqual({
      errorCode,
      errorMessage: 'SaslAuthenticate request received after successful authentication',
      authBytes: Buffer.alloc(0),
      sessionLifetimeMs: 0n,
    })
  })
})
