import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { bytes, int16, nullableBytes } from '../schema.ts'

/** A client's request, header and all, that a broker hands on to the controller (KIP-590). */
export const Envelope = api(58, 'Envelope', {
  versions: '0',
  flexible: '0+',
  request: {
    requestData: bytes('0+'),
    requestPrincipal: nullableBytes('0+', '0+', { default: Buffer.alloc(0) }),
    clientHostAddress: bytes('0+'),
  },
  response: {
    responseData: nullableBytes('0+', '0+'),
    errorCode: int16('0+'),
  },
})

export type EnvelopeRequest = RequestOf<typeof Envelope>
export type EnvelopeResponse = ResponseOf<typeof Envelope>
