import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { int16, int32, int64, nullableString } from '../schema.ts'

export const InitProducerId = api(22, 'InitProducerId', {
  versions: '0-5',
  flexible: '2+',
  request: {
    transactionalId: nullableString('0+', '0+', { default: '' }),
    transactionTimeoutMs: int32('0+'),
    producerId: int64('3+', { default: -1n }),
    producerEpoch: int16('3+', { default: -1 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('0+', { default: -1n }),
    producerEpoch: int16('0+'),
  },
})

export type InitProducerIdRequest = RequestOf<typeof InitProducerId>
export type InitProducerIdResponse = ResponseOf<typeof InitProducerId>
