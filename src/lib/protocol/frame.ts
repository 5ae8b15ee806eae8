import type { Api } from './api.ts'
import { Writer, type Reader } from './bytes.ts'
import type { Fields, Input, Message } from './schema.ts'

/** The header of a request, versions 0 to 2 (RequestHeader.json). */
export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

const API_VERSIONS_KEY = 18

/** Reads the part of a request header that all versions share; what follows depends on the API. */
export function readRequestHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  return { apiKey, apiVersion, correlationId, clientId: reader.string(false) }
}

/** Skips the tags that end a flexible request header (version 2). */
export function skipTags(reader: Reader): void {
  for (let count = reader.uvarint(); count > 0; count -= 1) {
    reader.spend(1)
    reader.uvarint()
    reader.skip(reader.uvarint())
  }
}

/** A whole request frame, length included. */
export function encodeRequest<Q extends Fields>(
  api: Api<Q>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: Input<Message<Q>>,
): Buffer[] {
  const writer = new Writer()
  writer.int16(api.key)
  writer.int16(version)
  writer.int32(correlationId)
  writer.string(clientId, false)
  if (api.isFlexible(version)) writer.uvarint(0)
  api.request(version).write(writer, request)
  return withLength(writer)
}

/**
 * A whole response frame, length included. ApiVersions always answers with header 0, so that any client can read it
 * (KIP-511).
 */
export function encodeResponse<S extends Fields>(
  api: Api<Fields, S>,
  version: number,
  correlationId: number,
  response: Input<Message<S>>,
): Buffer[] {
  const writer = new Writer()
  writer.int32(correlationId)
  if (hasResponseTags(api, version)) writer.uvarint(0)
  api.response(version).write(writer, response)
  return withLength(writer)
}

/** The same for a response that may be long, with pauses (see Codec.writeLater). */
export async function encodeResponseLater<S extends Fields>(
  api: Api<Fields, S>,
  version: number,
  correlationId: number,
  response: Input<Message<S>>,
  pause: () => Promise<void> | undefined,
): Promise<Buffer[]> {
  const writer = new Writer()
  writer.int32(correlationId)
  if (hasResponseTags(api, version)) writer.uvarint(0)
  await api.response(version).writeLater(writer, response, pause)
  return withLength(writer)
}

/** Reads the body of a response; the reader stands behind the correlation id. */
export function readResponse<S extends Fields>(
  api: Pick<Api<Fields, S>, 'key' | 'isFlexible' | 'response'>,
  version: number,
  reader: Reader,
): Message<S> {
  if (hasResponseTags(api, version)) skipTags(reader)
  return api.response(version).read(reader)
}

const hasResponseTags = (api: Pick<Api, 'key' | 'isFlexible'>, version: number): boolean =>
  api.isFlexible(version) && api.key !== API_VERSIONS_KEY

function withLength(writer: Writer): Buffer[] {
  const length = Buffer.allocUnsafe(4)
  length.writeInt32BE(writer.length)
  return [length, ...writer.finish()]
}
