import { MalformedError } from '../errors.ts'
import type { Api } from './api.ts'
import type { Reader} from './bytes.ts';
import { Writer } from './bytes.ts'
import type { Fields, Input, Message } from './schema.ts'

/** The header of a request, versions 0 to 2 (RequestHeader.json). */
export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

const API_VERSIONS_KEY = 18

/** Cuts a stream of bytes into frames: an int32 length, then so many bytes. Bytes are copied only where a frame spans chunks. */
export class FrameSplitter {
  private chunks: Buffer[] = []
  private buffered = 0
  /** Why nothing follows behind the frames that have been returned; null as long as something can. */
  problem: MalformedError | null = null

  /** `maxBytes` is the largest frame that is let through, Kafka's `socket.request.max.bytes`. */
  constructor(private readonly maxBytes: number) {}

  /** Takes a chunk and returns the frames that it completes. A length that no frame can have is a `problem`: it ends the stream. */
  push(chunk: Buffer): Buffer[] {
    if (this.problem) return []
    this.chunks.push(chunk)
    this.buffered += chunk.length
    const frames: Buffer[] = []
    for (let length = this.nextLength(); length >= 0 && this.buffered >= length + 4; length = this.nextLength()) {
      frames.push(this.take(length + 4).subarray(4))
    }
    return frames
  }

  /** Bytes held back because their frame is not complete. */
  get pending(): number {
    return this.buffered
  }

  /** The length of the next frame, or -1 while fewer than four bytes are here, and where there can be none. */
  private nextLength(): number {
    if (this.buffered < 4) return -1
    if (this.chunks[0]!.length < 4) this.join()
    const length = this.chunks[0]!.readInt32BE(0)
    if (length >= 0 && length <= this.maxBytes) return length
    this.problem = new MalformedError(`a frame of ${length} bytes, the limit is ${this.maxBytes}`)
    this.chunks = []
    this.buffered = 0
    return -1
  }

  private take(length: number): Buffer {
    if (this.chunks[0]!.length < length) this.join()
    const head = this.chunks[0]!
    this.buffered -= length
    if (head.length === length) this.chunks.shift()
    else this.chunks[0] = head.subarray(length)
    return head.subarray(0, length)
  }

  private join(): void {
    this.chunks = [Buffer.concat(this.chunks, this.buffered)]
  }
}

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
    reader.uvarint()
    reader.skip(reader.uvarint())
  }
}

/** A whole request frame, length included. */
export function encodeRequest<Q extends Fields>(
  api: Api<Q>, version: number, correlationId: number, clientId: string | null, request: Input<Message<Q>>,
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

/** A whole response frame, length included. ApiVersions always answers with header 0, so that any client can read it (KIP-511). */
export function encodeResponse<S extends Fields>(
  api: Api<Fields, S>, version: number, correlationId: number, response: Input<Message<S>>,
): Buffer[] {
  const writer = new Writer()
  writer.int32(correlationId)
  if (hasResponseTags(api, version)) writer.uvarint(0)
  api.response(version).write(writer, response)
  return withLength(writer)
}

/** Reads the body of a response; the reader stands behind the correlation id. */
export function readResponse<S extends Fields>(api: Api<Fields, S>, version: number, reader: Reader): Message<S> {
  if (hasResponseTags(api, version)) skipTags(reader)
  return api.response(version).read(reader)
}

const hasResponseTags = (api: Api<Fields, Fields>, version: number): boolean => api.isFlexible(version) && api.key !== API_VERSIONS_KEY

function withLength(writer: Writer): Buffer[] {
  const length = Buffer.allocUnsafe(4)
  length.writeInt32BE(writer.length)
  return [length, ...writer.finish()]
}
