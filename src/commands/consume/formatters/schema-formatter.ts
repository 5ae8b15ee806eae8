import { UserError } from '../../../lib/errors.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import { isDecoded, type Decoding } from '../../../lib/schemas/record-decoder.ts'
import type { RecordPart } from '../../../lib/schemas/wire.ts'
import type { DecodedPart, DecodedParts } from '../decoded-parts.ts'
import {
  deserializerOf,
  headersPart,
  isOn,
  joined,
  keyPart,
  timestampPart,
  writeOffset,
  writePartition,
  type FormatterProperties,
  type Part,
} from './default-formatter.ts'
import type { Formatter } from './formatter.ts'

/**
 * Confluent's SchemaMessageFormatter: timestamp, partition, offset, headers, key and value, with the ids of schemas
 * behind them where `print.schema.ids` says so. A record that cannot be decoded throws UserError, as there.
 */
export function schemaFormatter(properties: FormatterProperties, { key, value }: DecodedParts): Formatter {
  const nullLiteral = Buffer.from(properties.get('null.literal') ?? 'null')
  const parts: Part[] = []
  if (isOn(properties, 'print.timestamp')) parts.push(timestampPart(String))
  if (isOn(properties, 'print.partition')) parts.push(writePartition)
  if (isOn(properties, 'print.offset')) parts.push(writeOffset)
  if (isOn(properties, 'print.headers')) parts.push(headers(properties, nullLiteral))
  const hasIds = isOn(properties, 'print.schema.ids')
  const idSeparator = hasIds ? (properties.get('schema.id.separator') ?? '\t') : undefined
  const keyDeserializer = deserializerOf(properties, 'key.deserializer', true, undefined)
  if (isOn(properties, 'print.key'))
    parts.push(keyDeserializer ? keyPart(nullLiteral, keyDeserializer) : decodedPart(key!, nullLiteral, idSeparator))
  parts.push(decodedPart(value!, nullLiteral, idSeparator))
  const lineSeparator = Buffer.from(properties.get('line.separator') ?? '\n')
  return joined(parts, Buffer.from(properties.get('key.separator') ?? '\t'), lineSeparator)
}

/** The parts of records that it decodes. */
export const schemaFormatterParts = (properties: FormatterProperties): RecordPart[] =>
  isOn(properties, 'print.key') && !properties.has('key.deserializer') ? ['key', 'value'] : ['value']

/** Values are null where no headers.deserializer is named: so it is there. */
function headers(properties: FormatterProperties, nullLiteral: Buffer): Part {
  const deserializer = deserializerOf(properties, 'headers.deserializer', false, undefined)
  const separated = properties.has('headers.separator')
    ? properties
    : new Map([...properties, ['headers.separator', '\n']])
  return headersPart(separated, nullLiteral, deserializer ?? (() => nullLiteral))
}

function decodedPart(part: DecodedPart, nullLiteral: Buffer, idSeparator: string | undefined): Part {
  return (record: RecordReader, _batch, output) => {
    const decoding: Decoding | undefined = part.decodingOf(record)
    if (decoding === undefined) return output.bytes(nullLiteral)
    if (!isDecoded(decoding)) throw new UserError(decoding.reason)
    output.text(decoding.text)
    if (idSeparator !== undefined) output.text(idSeparator + decoding.schema)
  }
}
