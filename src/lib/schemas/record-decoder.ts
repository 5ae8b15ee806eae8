import { isMissing, type SchemaStore } from './client/schema-store.ts'
import { SchemaError, type CodecTarget, type ParsedSchema, type ValueCodec } from './format.ts'
import type { JsonBytes } from './json-bytes.ts'
import {
  readMessageIndexes,
  readWireForm,
  SCHEMA_NUMBER_BYTES,
  schemaNumber,
  type SchemaId,
  type WireForm,
} from './wire.ts'

/** A key or value in JSON, and what it takes to encode it again. */
export interface Decoded {
  /** To be used before anything else is decoded. */
  readonly text: string | JsonBytes
  readonly schema: SchemaId
  /** Of Protobuf. */
  readonly messageIndexes?: readonly number[] | undefined
}

/** Why a key or value stays the bytes that it is. */
export interface Undecoded {
  readonly reason: string
  /** Reasons of one kind are worth saying once. */
  readonly kind: string
}

export const isDecoded = (decoding: Decoding): decoding is Decoded => 'text' in decoding

export type Decoding = Decoded | Undecoded

/** Bytes that name no schema: text, for one. */
export const UNFRAMED: Undecoded = { reason: 'it names no schema', kind: 'unframed' }

type Look = Pick<CodecTarget, 'readable' | 'preservesFieldNames'>

/** The schema of a record that was decoded just before, by its number. */
interface Recent {
  readonly number: number
  readonly codec: ValueCodec
}

/** Decodes keys and values by the schemas that they name. */
export class RecordDecoder {
  private readonly codecs = new Map<ParsedSchema, Map<string, ValueCodec>>()
  /** Most records name the schema of the one before: then nothing is made of them but their text. */
  private recent: Recent | undefined

  constructor(
    private readonly store: SchemaStore,
    private readonly look: Look = {},
  ) {}

  /**
   * A promise while the schema of the bytes from `start` to `end` has to be fetched; afterwards `decode` has it, or a
   * reason. `header` is the value of the header that may hold the id, see SCHEMA_ID_HEADERS.
   */
  awaits(bytes: Buffer, header?: Buffer | null, start = 0, end = bytes.length): Promise<unknown> | undefined {
    if (!header && this.recent?.number === schemaNumber(bytes, start, end)) return undefined
    const form = readWireForm(bytes.subarray(start, end), header)
    return form === undefined || this.store.find(form.schema) ? undefined : this.store.load(form.schema)
  }

  decode(bytes: Buffer, header?: Buffer | null, start = 0, end = bytes.length): Decoding {
    const { recent } = this
    if (!header && recent?.number === schemaNumber(bytes, start, end)) {
      const { number: schema, codec } = recent
      return orMisfit(schema, () => decodeBy(codec, schema, bytes, start + SCHEMA_NUMBER_BYTES, end))
    }
    const form = readWireForm(bytes.subarray(start, end), header)
    if (form === undefined) return UNFRAMED
    const { schema } = form
    const parsed = this.store.find(schema)
    if (parsed === undefined) return { reason: `schema ${schema} has not been fetched`, kind: 'unfetched' }
    if (isMissing(parsed)) return parsed
    return orMisfit(schema, () => this.decodeForm(parsed, form))
  }

  private decodeForm(parsed: ParsedSchema, { schema, rest, body }: WireForm): Decoded {
    if (parsed.type === 'PROTOBUF') {
      const { indexes, payload } = readMessageIndexes(rest)
      return { text: this.codecOf(parsed, indexes).decode(body ?? payload), schema, messageIndexes: indexes }
    }
    const codec = this.codecOf(parsed)
    if (typeof schema === 'number') this.recent = { number: schema, codec }
    const payload = body ?? rest
    return decodeBy(codec, schema, payload, 0, payload.length)
  }

  private codecOf(parsed: ParsedSchema, messageIndexes?: readonly number[]): ValueCodec {
    const codecs = this.codecs.get(parsed) ?? new Map<string, ValueCodec>()
    this.codecs.set(parsed, codecs)
    const name = messageIndexes?.join() ?? ''
    const codec = codecs.get(name) ?? parsed.codec({ ...this.look, ...(messageIndexes && { messageIndexes }) })
    codecs.set(name, codec)
    return codec
  }
}

/** Throws SchemaError. */
function decodeBy(codec: ValueCodec, schema: SchemaId, bytes: Buffer, start: number, end: number): Decoded {
  return { text: codec.decodeBytes?.(bytes, start, end) ?? codec.decode(bytes.subarray(start, end)), schema }
}

function orMisfit(schema: SchemaId, decode: () => Decoded): Decoding {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    return { reason: `it does not fit schema ${schema}: ${error.message}`, kind: `misfit ${schema}` }
  }
}
