import { expect, test } from 'vitest'
import { UnregisterBroker } from '../../../../src/lib/protocol/apis/unregister-broker.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

test('there is no broker to unregister: one runs, others were never there', async () => {
  const broker = new TestBroker()
  expect(await broker.send(UnregisterBroker, { brokerId: 1 })).toMatchObject({
    errorCode: ERRORS.INVALID_REQUEST,
    errorMessage: expect.stringContaining('Broker 1 is running') as string,
  })
  expect(await broker.send(UnregisterBroker, { brokerId: 987 })).toMatchObject({
    errorCode: ERRORS.BROKER_ID_NOT_REGISTERED,
    errorMessage: 'Broker ID 987 is not currently registered',
  })
  broker.close()
})
