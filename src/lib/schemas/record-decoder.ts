import { isMissing, type SchemaStore } from './client/schema-store.ts'
import { SchemaError, type CodecTarget, type ParsedSchema, type ValueCodec } from './format.ts'
import { readMessageIndexes, readWireForm, type SchemaId, type WireForm } from './wire.ts'

/** A key or value in JSON, and what it takes to encode it again. */
export interface Decoded {
  readonly text: string
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

/** Decodes keys and values by the schemas that they name. */
export class RecordDecoder {
  private readonly codecs = new Map<ParsedSchema, Map<string, ValueCodec>>()

  constructor(
    private readonly store: SchemaStore,
    private readonly look: Look = {},
  ) {}

  /**
   * A promise while the schema of these bytes has to be fetched; afterwards `decode` has it, or a reason. `header` is
   * the value of the header that may hold the id, see SCHEMA_ID_HEADERS.
   */
  awaits(bytes: Buffer, header?: Buffer | null): Promise<unknown> | undefined {
    const form = readWireForm(bytes, header)
    return form === undefined || this.store.find(form.schema) ? undefined : this.store.load(form.schema)
  }

  decode(bytes: Buffer, header?: Buffer | null): Decoding {
    const form = readWireForm(bytes, header)
    if (form === undefined) return UNFRAMED
    const schema = this.store.find(form.schema)
    if (schema === undefined) return { reason: `schema ${form.schema} has not been fetched`, kind: 'unfetched' }
    if (isMissing(schema)) return schema
    try {
      return this.decodeBy(schema, form)
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error
      const reason = `it does not fit schema ${form.schema}: ${error.message}`
      return { reason, kind: `misfit ${form.schema}` }
    }
  }

  private decodeBy(parsed: ParsedSchema, { schema, rest, body }: WireForm): Decoded {
    if (parsed.type !== 'PROTOBUF') return { text: this.codecOf(parsed).decode(body ?? rest), schema }
    const { indexes, payload } = readMessageIndexes(rest)
    return { text: this.codecOf(parsed, indexes).decode(body ?? payload), schema, messageIndexes: indexes }
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
