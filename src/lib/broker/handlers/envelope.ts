import { KafkaError, MalformedError } from '../../errors.ts'
import { Envelope } from '../../protocol/apis/envelope.ts'
import { Reader } from '../../protocol/bytes.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { readRequestHeader } from '../../protocol/frame.ts'
import { decodePrincipalData } from '../../protocol/principal-data.ts'
import { handle, onCluster, type ApiHandler } from '../handle.ts'

const LENGTH_BYTES = 4

/**
 * Answers what a broker hands on of a client, for that client (KIP-590, EnvelopeUtils): one of these APIs. What is
 * wrong with the envelope is an error of its own, what is wrong with the request is in the answer inside.
 */
export const answerEnvelope = (forwardable: readonly ApiHandler[]): ApiHandler =>
  handle(
    Envelope,
    onCluster('CLUSTER_ACTION'),
    async ({ requestData, requestPrincipal, clientHostAddress }, { answer, connection }) => {
      try {
        const principal = principalOf(requestPrincipal)
        const clientHost = hostOf(clientHostAddress)
        checkHeader(requestData, forwardable)
        const { listener, securityProtocol } = connection
        const reply = await answer(requestData, { listener, securityProtocol, principal, clientHost })
        return { responseData: reply && Buffer.concat(reply).subarray(LENGTH_BYTES) }
      } catch (error) {
        return { responseData: null, errorCode: ERRORS[refusalOf(error)] }
      }
    },
  )

/** Throws any other error on. */
function refusalOf(error: unknown): ErrorName {
  if (error instanceof MalformedError) return 'INVALID_REQUEST'
  if (error instanceof KafkaError) return error.code
  throw error
}

/** Throws KafkaError PRINCIPAL_DESERIALIZATION_FAILURE. */
function principalOf(bytes: Buffer | null): string {
  try {
    const { type, name } = decodePrincipalData(bytes ?? Buffer.alloc(0))
    return `${type}:${name}`
  } catch (error) {
    if (error instanceof MalformedError) throw new KafkaError('PRINCIPAL_DESERIALIZATION_FAILURE')
    throw error
  }
}

/** As Java shows an address of so many bytes; throws MalformedError for another number of them. */
function hostOf(bytes: Buffer): string {
  if (bytes.length === 4) return `/${[...bytes].join('.')}`
  if (bytes.length !== 16) throw new MalformedError(`an address of ${bytes.length} bytes`)
  return `/${Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':')}`
}

/** Throws KafkaError INVALID_REQUEST, UNSUPPORTED_VERSION. */
function checkHeader(request: Buffer, forwardable: readonly ApiHandler[]): void {
  const { apiKey, apiVersion } = readRequestHeader(new Reader(request))
  const handler = forwardable.find(({ api }) => api.key === apiKey)
  if (!handler) throw new KafkaError('INVALID_REQUEST', `API ${apiKey} is not eligible for forwarding`)
  if (apiVersion < handler.minVersion || apiVersion > handler.maxVersion) throw new KafkaError('UNSUPPORTED_VERSION')
}
