import type { BatchView } from '../../lib/browse/batch-view.ts'
import { layOutJson } from '../../lib/json-text.ts'
import type { RecordReader } from '../../lib/protocol/records/index.ts'
import { isDecoded, type Decoded, type Decoding } from '../../lib/schemas/record-decoder.ts'
import type { RecordPart } from '../../lib/schemas/wire.ts'
import type { PartTexts } from './filter.ts'
import type { Decoder } from './formatters/parts.ts'

/** Decodes the keys, or the values, of records by their schemas. */
export interface DecodedPart {
  /** A promise while the schema of a record has to be fetched. */
  awaits(record: RecordReader): Promise<unknown> | undefined
  /** Undefined for a null, and for bytes that are to be shown as they are, which is said where it is news. */
  decode(record: RecordReader, batch: BatchView): Decoded | undefined
  /** The same, and nothing is said; undefined for a null alone. */
  decodingOf(record: RecordReader): Decoding | undefined
  /** What `decode` returned last. */
  readonly last: Decoded | undefined
}

/** What decodes keys, and what decodes values, where they are decoded at all. */
export type DecodedParts = Partial<Readonly<Record<RecordPart, DecodedPart>>>

/** What a record needs before it is shown; undefined where nothing is decoded. */
export function awaitsOf({ key, value }: DecodedParts): DecodedPart['awaits'] | undefined {
  if (key && value) return (record) => key.awaits(record) ?? value.awaits(record)
  const part = key ?? value
  return part && ((record) => part.awaits(record))
}

export const textsOf = ({ key, value }: DecodedParts): PartTexts => ({
  ...(key && { key: (record) => textOf(key.decodingOf(record)) }),
  ...(value && { value: (record) => textOf(value.decodingOf(record)) }),
})

const textOf = (decoding: Decoding | undefined): string | undefined =>
  decoding && isDecoded(decoding) ? decoding.text.toString() : undefined

/** Decodes by schemas; what they do not decode is left to another decoder, if there is one. */
export function bySchema(part: DecodedPart | undefined, isIndented: boolean, otherwise?: Decoder): Decoder | undefined {
  if (!part) return otherwise
  return (bytes, record, batch) => {
    const decoded = part.decode(record, batch)
    if (!decoded) return otherwise?.(bytes, record, batch)
    return isIndented ? layOutJson(decoded.text.toString(), true) : decoded.text
  }
}

/** What the document of a record says of the schemas of its key and value, as `kts produce --json` reads it. */
export const schemaFields = ({ key, value }: DecodedParts): string =>
  fieldsOf('key', key?.last) + fieldsOf('value', value?.last)

function fieldsOf(part: RecordPart, decoded: Decoded | undefined): string {
  if (!decoded) return ''
  const { schema, messageIndexes } = decoded
  const isFirst = messageIndexes === undefined || messageIndexes.join() === '0'
  return `,"${part}SchemaId":${JSON.stringify(schema)}${isFirst ? '' : `,"${part}MessageIndexes":[${messageIndexes.join()}]`}`
}
