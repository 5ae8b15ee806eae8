import { api, type ResponseOf } from '../api.ts'
import { bool, int16, int32, int64, string } from '../schema.ts'

/**
 * From version 5 on the end of a transaction raises the producer's epoch, and the answer tells the new one (KIP-890).
 */
export const EndTxn = api(26, 'EndTxn', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    committed: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('5+', { default: -1n, ignorable: true }),
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
})

export type EndTxnResponse = ResponseOf<typeof EndTxn>
