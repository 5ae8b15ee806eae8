import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { int16, int32, int64 } from '../schema.ts'

/** A broker gets a block of producer ids from the controller (KIP-730). */
export const AllocateProducerIds = api(67, 'AllocateProducerIds', {
  versions: '0',
  flexible: '0+',
  request: { brokerId: int32('0+'), brokerEpoch: int64('0+', { default: -1n }) },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerIdStart: int64('0+'),
    producerIdLen: int32('0+'),
  },
})

export type AllocateProducerIdsRequest = RequestOf<typeof AllocateProducerIds>
export type AllocateProducerIdsResponse = ResponseOf<typeof AllocateProducerIds>
