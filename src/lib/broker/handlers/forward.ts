import { isIP } from 'node:net'
import { isExpected, KafkaError } from '../../errors.ts'
import type { Api } from '../../protocol/api.ts'
import { Envelope } from '../../protocol/apis/envelope.ts'
import { Reader } from '../../protocol/bytes.ts'
import { errorName, ERRORS } from '../../protocol/errors.ts'
import { encodeRequest, readResponse } from '../../protocol/frame.ts'
import { encodePrincipalData } from '../../protocol/principal-data.ts'
import type { Fields } from '../../protocol/schema.ts'
import type { Answer, ApiHandler, Connection, RequestContext } from '../handle.ts'

type Values = Readonly<Record<string, NonNullable<unknown> | undefined>>

const LENGTH_BYTES = 4
const CORRELATION_ID_BYTES = 4

/**
 * The same API on a node that is not the controller: the request goes on to the active controller with who has made it,
 * and its answer comes back (KIP-590).
 */
export const forwarded = (handler: ApiHandler): ApiHandler => ({
  ...handler,
  run: async (request: never, context) => {
    try {
      return await ask(handler.api, request, context)
    } catch (error) {
      if (!isExpected(error)) throw error
      const code = error instanceof KafkaError ? error.code : 'REQUEST_TIMED_OUT'
      return handler.refuse(request, { errorCode: ERRORS[code], errorMessage: error.message })
    }
  },
})

/** Throws KafkaError for a request that the controller cannot take in, EnvironmentError when there is none. */
async function ask(
  api: Api,
  request: Values,
  { broker, connection, header: { apiVersion, correlationId, clientId } }: RequestContext,
): Promise<Answer<Fields>> {
  const frame = Buffer.concat(encodeRequest(api, apiVersion, correlationId, clientId, request))
  const { errorCode, responseData } = await broker.controller.ask(Envelope, {
    requestData: frame.subarray(LENGTH_BYTES),
    requestPrincipal: principalOf(connection),
    clientHostAddress: addressOf(connection),
  })
  const name = errorName(errorCode)
  if (name === 'UNSUPPORTED_VERSION')
    throw new KafkaError(name, `the controller does not know this version of ${api.name}`)
  if (name !== 'NONE' || responseData === null)
    throw new KafkaError('UNKNOWN_SERVER_ERROR', `the controller answers ${name}`)
  return readResponse(api, apiVersion, new Reader(responseData, CORRELATION_ID_BYTES)) as Answer<Fields>
}

function principalOf({ principal }: Connection): Buffer {
  const colon = principal.indexOf(':')
  return encodePrincipalData({
    type: principal.slice(0, colon),
    name: principal.slice(colon + 1),
    tokenAuthenticated: false,
  })
}

/** The bytes of an address (InetAddress.getAddress); those of loopback for one that is none. */
function addressOf({ clientHost }: Connection): Buffer {
  const host = clientHost.replace(/^\//, '')
  if (isIP(host) === 6) return ipv6Bytes(host)
  return Buffer.from((isIP(host) === 4 ? host : '127.0.0.1').split('.').map(Number))
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.replace(/%.*$/, '').split('::')
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
  const [front, back] = [words(head), words(tail ?? '')]
  const bytes = Buffer.alloc(16)
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
  for (const [index, word] of all.entries()) bytes.writeUInt16BE(word, index * 2)
  return bytes
}
