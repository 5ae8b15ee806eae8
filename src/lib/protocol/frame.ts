import { MalformedError } from '../errors.ts'
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

const LENGTH_BYTES = 4
const EMPTY = Buffer.alloc(0)

/**
 * Cuts a stream of bytes into frames: an int32 length, then so many bytes. Bytes are copied only where a frame spans
 * chunks.
 */
export class FrameSplitter {
  private readonly held = new HeldBytes()
  /** Why nothing follows behind the frames that have been returned; null as long as something can. */
  problem: MalformedError | null = null

  /**
   * `maxBytes` is the largest frame that is let through, Kafka's `socket.request.max.bytes`. `refusal` may say why a
   * request of an API is too long; it is asked before the request is taken in.
   */
  constructor(
    private readonly maxBytes: number,
    private readonly refusal?: (apiKey: number, length: number) => string | null,
  ) {}

  /**
   * Takes a chunk and returns the frames that it completes. A length that no frame can have is a `problem`: it ends the
   * stream.
   */
  push(chunk: Buffer): Buffer[] {
    if (this.problem) return []
    if (this.held.length === 0) return this.cut(chunk)
    this.held.add(chunk)
    // What is held is put together when it makes a frame, not before.
    const length = this.lengthOf(this.held.head(), this.held.length)
    return length === null || this.held.length < LENGTH_BYTES + length ? [] : this.cut(this.held.takeAll())
  }

  /** Forgets what is held back. */
  drop(): void {
    this.held.clear()
  }

  private cut(bytes: Buffer): Buffer[] {
    const frames: Buffer[] = []
    let at = 0
    for (;;) {
      const rest = bytes.length - at
      const length = rest === 0 ? null : this.lengthOf(bytes.subarray(at, at + HEAD_BYTES), rest)
      if (length === null || rest < LENGTH_BYTES + length) break
      frames.push(bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length))
      at += LENGTH_BYTES + length
    }
    if (at < bytes.length && !this.problem) this.held.add(at === 0 ? bytes : bytes.subarray(at))
    return frames
  }

  /** Bytes held back because their frame is not complete. */
  get pending(): number {
    return this.held.length
  }

  /** The length of the frame that begins so; null while that cannot be said, and where there can be none. */
  private lengthOf(head: Buffer, available: number): number | null {
    if (available < LENGTH_BYTES) return null
    const length = head.readInt32BE(0)
    if (length < 0 || length > this.maxBytes)
      return this.fail(`${foreignProtocol(head)}a frame of ${length} bytes, the limit is ${this.maxBytes}`)
    if (!this.refusal || length < 2 || available < HEAD_BYTES) return length
    const refusal = this.refusal(head.readInt16BE(LENGTH_BYTES), length)
    return refusal === null ? length : this.fail(refusal)
  }

  private fail(reason: string): null {
    this.problem = new MalformedError(reason)
    this.held.clear()
    return null
  }
}

/** What else than Kafka's protocol may begin so, for messages. */
function foreignProtocol(head: Buffer): string {
  const isTls = (head[0] === 0x16 || head[0] === 0x15) && head[1] === 3
  if (isTls) return 'TLS where plain text is spoken: as a length it would be '
  return /^(GET|POST|PUT|HEAD|HTTP)/.test(head.toString('latin1', 0, 4)) ? 'HTTP: as a length it would be ' : ''
}

/** The length, and the API that it is for. */
const HEAD_BYTES = 6
/** Chunks below this are copied together: as objects of their own they would cost a hundred times a byte. */
const SMALL_CHUNK = 4096
const FIRST_BLOCK = 64
const LAST_BLOCK = 64 * 1024

/** Chunks that wait for the rest of their frame, in memory of at most about twice their size. */
class HeldBytes {
  private chunks: Buffer[] = []
  length = 0
  /** Where small chunks gather; the last of the chunks is the part of it that is filled. */
  private block: Buffer | null = null
  private filled = 0

  add(chunk: Buffer): void {
    this.length += chunk.length
    if (chunk.length >= SMALL_CHUNK) {
      this.chunks.push(chunk)
      this.block = null
    } else this.gather(chunk)
  }

  private gather(chunk: Buffer): void {
    if (!this.block || this.filled + chunk.length > this.block.length) {
      this.block = Buffer.allocUnsafeSlow(Math.max(chunk.length, FIRST_BLOCK, Math.min(this.length, LAST_BLOCK)))
      this.filled = 0
      this.chunks.push(this.block)
    }
    this.filled += chunk.copy(this.block, this.filled)
    this.chunks[this.chunks.length - 1] = this.block.subarray(0, this.filled)
  }

  /** The first bytes, as many as a head has. */
  head(): Buffer {
    const [first] = this.chunks
    return first!.length >= HEAD_BYTES || this.chunks.length === 1
      ? first!
      : Buffer.concat(this.chunks.slice(0, HEAD_BYTES), Math.min(this.length, HEAD_BYTES))
  }

  takeAll(): Buffer {
    const all =
      this.chunks.length === 0
        ? EMPTY
        : this.chunks.length === 1
          ? this.chunks[0]!
          : Buffer.concat(this.chunks, this.length)
    this.clear()
    return all
  }

  clear(): void {
    this.chunks = []
    this.length = 0
    this.block = null
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
