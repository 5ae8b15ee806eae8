import { timestampOf } from '../../../lib/client/consumer/index.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import { makeDeserializer, type Deserializer } from '../deserializers.ts'
import type { Output } from '../output.ts'
import type { TimeFormat } from './time-format.ts'
import { ValueLines } from './value-lines.ts'
import { offsetOf, type BatchView } from '../../../lib/browse/batch-view.ts'
import type { Formatter } from './formatter.ts'
import type { Decoder } from './parts.ts'

export type FormatterProperties = ReadonlyMap<string, string>

export interface FormatterOptions {
  readonly properties: FormatterProperties
  /** Takes the lines of LoggingMessageFormatter. */
  log(line: string): void
  /** What to do about a deserializer that is not known, instead of throwing. */
  readonly onBadDeserializer?: ((error: unknown) => void) | undefined
  /** How timestamps are written; as milliseconds by default. */
  readonly formatTime?: TimeFormat
  /** Go before the deserializers. */
  readonly decodeKey?: Decoder | undefined
  readonly decodeValue?: Decoder | undefined
}

export type Part = (record: RecordReader, batch: BatchView, output: Output) => void

/**
 * Kafka's DefaultMessageFormatter. Parts stand in a fixed order (timestamp, partition, offset, delivery, epoch,
 * headers, key, value), the key separator between them and the line separator after the last; `print.value=false`
 * alone prints nothing. Throws UserError for a deserializer that is not known.
 */
export function defaultFormatter({
  properties,
  onBadDeserializer,
  formatTime = String,
  decodeKey,
  decodeValue,
}: FormatterOptions): Formatter {
  const nullLiteral = Buffer.from(properties.get('null.literal') ?? 'null')
  const lineSeparator = Buffer.from(properties.get('line.separator') ?? '\n')
  const deserializer = (name: string, isKey: boolean) => deserializerOf(properties, name, isKey, onBadDeserializer)
  const parts: Part[] = []
  if (isOn(properties, 'print.timestamp')) parts.push(timestampPart(formatTime))
  if (isOn(properties, 'print.partition')) parts.push(writePartition)
  if (isOn(properties, 'print.offset')) parts.push(writeOffset)
  // Only a share group counts deliveries, and the console consumer hides the leader epoch.
  if (isOn(properties, 'print.delivery')) parts.push((_record, _batch, output) => output.text('Delivery:NOT_PRESENT'))
  if (isOn(properties, 'print.epoch')) parts.push((_record, _batch, output) => output.text('Epoch:NOT_PRESENT'))
  const headers = deserializer('headers.deserializer', false)
  const key = deserializer('key.deserializer', true)
  const value = deserializer('value.deserializer', false)
  if (isOn(properties, 'print.headers')) parts.push(headersPart(properties, nullLiteral, headers))
  if (isOn(properties, 'print.key')) parts.push(keyPart(nullLiteral, key, decodeKey))
  const printsValue = isOn(properties, 'print.value', true)
  if (printsValue) parts.push(valuePart(nullLiteral, value, decodeValue))
  if (parts.length === 1 && printsValue && !value && !decodeValue && lineSeparator.length === 1)
    return new ValueLines(nullLiteral, lineSeparator[0]!)
  return joined(parts, Buffer.from(properties.get('key.separator') ?? '\t'), lineSeparator)
}

export function joined(parts: readonly Part[], separator: Buffer, lineSeparator: Buffer): Formatter {
  const last = parts.length - 1
  return {
    write(record, batch, output) {
      for (let index = 0; index <= last; index += 1) {
        parts[index]!(record, batch, output)
        output.bytes(index === last ? lineSeparator : separator)
      }
    },
  }
}

export const timestampPart =
  (formatTime: TimeFormat): Part =>
  (record, { header }, output) =>
    output.text(`${header.isLogAppendTime ? 'LogAppendTime' : 'CreateTime'}:${formatTime(timestampOf(record, header))}`)

export function writePartition(_record: RecordReader, { partition }: BatchView, output: Output): void {
  output.text(`Partition:${partition.partition}`)
}

export function writeOffset(record: RecordReader, batch: BatchView, output: Output): void {
  output.text(`Offset:${offsetOf(record, batch)}`)
}

export function headersPart(
  properties: FormatterProperties,
  nullLiteral: Buffer,
  deserializer: Deserializer | undefined,
): Part {
  const separator = Buffer.from(properties.get('headers.separator') ?? ',')
  return (record, _batch, output) => {
    if (record.headerCount === 0) return output.text('NO_HEADERS')
    record.headers().forEach(({ key, value }, index) => {
      if (index > 0) output.bytes(separator)
      output.text(`${key}:`)
      writeField(value ?? nullLiteral, deserializer, output)
    })
  }
}

export function keyPart(nullLiteral: Buffer, deserializer: Deserializer | undefined, decode?: Decoder): Part {
  return (record, batch, output) => {
    const { body, keyStart, keyLength } = record
    if (!writeDecoded(decode, body, keyStart, keyLength, record, batch, output))
      writePlace(body, keyStart, keyLength, nullLiteral, deserializer, output)
  }
}

export function valuePart(nullLiteral: Buffer, deserializer: Deserializer | undefined, decode?: Decoder): Part {
  return (record, batch, output) => {
    const { body, valueStart, valueLength } = record
    if (!writeDecoded(decode, body, valueStart, valueLength, record, batch, output))
      writePlace(body, valueStart, valueLength, nullLiteral, deserializer, output)
  }
}

/** False where nothing was decoded; a null never is. */
function writeDecoded(
  decode: Decoder | undefined,
  body: Buffer,
  start: number,
  length: number,
  record: RecordReader,
  batch: BatchView,
  output: Output,
): boolean {
  const text = length < 0 ? undefined : decode?.(body.subarray(start, start + length), record, batch)
  if (text === undefined) return false
  output.text(text)
  return true
}

/** As in Java the literal of a null goes through the deserializer too. */
function writePlace(
  body: Buffer,
  start: number,
  length: number,
  nullLiteral: Buffer,
  deserializer: Deserializer | undefined,
  output: Output,
): void {
  if (length < 0) writeField(nullLiteral, deserializer, output)
  else if (deserializer) writeField(body.subarray(start, start + length), deserializer, output)
  else output.copy(body, start, start + length)
}

function writeField(bytes: Buffer, deserializer: Deserializer | undefined, output: Output): void {
  const field = deserializer ? deserializer(bytes) : bytes
  if (typeof field === 'string') output.text(field)
  else output.bytes(field)
}

export function isOn(properties: FormatterProperties, name: string, byDefault = false): boolean {
  const value = properties.get(name)
  return value === undefined ? byDefault : value.trim().toLowerCase() === 'true'
}

/** Properties that begin with the deserializer's own name are its own: `value.deserializer.deserializer.encoding`. */
export function deserializerOf(
  properties: FormatterProperties,
  name: string,
  isKey: boolean,
  onBad: ((error: unknown) => void) | undefined,
): Deserializer | undefined {
  const className = properties.get(name)
  if (className === undefined) return undefined
  const own = [...properties]
    .filter(([key]) => key.startsWith(`${name}.`))
    .map(([key, value]) => [key.slice(name.length + 1), value] as const)
  try {
    return makeDeserializer(className, new Map(own), isKey)
  } catch (error) {
    if (!onBad) throw error
    onBad(error)
    return undefined
  }
}
