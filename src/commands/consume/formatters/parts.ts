import { timestampOf } from '../../../lib/client/consumer/index.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import { suggest } from '../../../lib/suggest.ts'
import { UserError } from '../../../lib/errors.ts'
import { bytesToJson } from '../../../lib/output/json.ts'
import type { Output } from '../output.ts'
import { offsetOf, type BatchView } from '../../../lib/browse/batch-view.ts'
import type { JsonDecoder } from '../../../lib/browse/json-line.ts'
import type { Formatter } from './formatter.ts'
import type { JsonBytes } from '../../../lib/schemas/json-bytes.ts'
import { layOutJson } from '../../../lib/json-text.ts'
import type { TimeFormat } from './time-format.ts'
import { ValueLines } from './value-lines.ts'

/** A piece of what is printed of a record. */
type Part = (record: RecordReader, batch: BatchView, output: Output) => void

export const PARTS = ['key', 'headers', 'timestamp', 'partition', 'offset', 'value', 'topic'] as const
type PartName = (typeof PARTS)[number]

/** Bytes of a key or a value as text; null for a null. Undefined for what is to be shown as it is. */
export type Decoder = (bytes: Buffer | null, record: RecordReader, batch: BatchView) => string | JsonBytes | undefined

export interface Look {
  readonly formatTime: TimeFormat
  /** Without them bytes are printed as they are. */
  readonly decodeKey: Decoder | undefined
  readonly decodeValue: Decoder | undefined
}

/** Reads `--print key,value`. Throws UserError. */
export function parseParts(text: string): PartName[] {
  return text.split(',').map((word) => {
    const name = word.trim()
    const part = PARTS.find((known) => known === name)
    if (part) return part
    const meant = suggest(name, PARTS)
    throw new UserError(
      `--print ${text}: "${name}" is none of ${PARTS.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`,
    )
  })
}

/** The parts named, in their order, the separator between them, and a line feed. */
export function partsFormatter(names: readonly PartName[], separator: string, look: Look): Formatter {
  if (names.join() === 'value' && !look.decodeValue) return new ValueLines(Buffer.from('null'), LF)
  const parts = names.flatMap((name, index) => [
    ...(index > 0 ? [literal(unescape(separator))] : []),
    partOf(name, look, 'null'),
  ])
  return inOrder([...parts, literal(Buffer.of(LF))])
}

const LF = 10

/** The letters of kcat's format strings. */
const TOKENS: Readonly<Record<string, PartName>> = {
  s: 'value',
  k: 'key',
  p: 'partition',
  o: 'offset',
  h: 'headers',
  T: 'timestamp',
  t: 'topic',
}

/**
 * A format string as kcat's -f has it: `%s` value and `%S` its length, `%k` key and `%K` its length, `%p` partition,
 * `%o` offset, `%h` headers, `%T` timestamp, `%t` topic, `%%`; `\n`, `\t`, `\r`, `\x41`. Null is nothing, and of the
 * length -1. Throws UserError.
 */
export function formatStringFormatter(format: string, look: Look): Formatter {
  const parts: Part[] = []
  for (const [piece, token] of format.matchAll(/%([^]?)|[^%]+/g)) {
    if (token === undefined) parts.push(literal(unescape(piece)))
    else if (token === '%') parts.push(literal(Buffer.from('%')))
    else if (token === 'S') parts.push(({ valueLength }, _batch, output) => output.text(String(valueLength)))
    else if (token === 'K') parts.push(({ keyLength }, _batch, output) => output.text(String(keyLength)))
    else if (Object.hasOwn(TOKENS, token)) parts.push(partOf(TOKENS[token]!, look, ''))
    else throw new UserError(`--format: "%${token}" is unknown; there are %s %S %k %K %p %o %h %T %t %%`)
  }
  return inOrder(parts)
}

function inOrder(parts: readonly Part[]): Formatter {
  return {
    write(record, batch, output) {
      for (const part of parts) part(record, batch, output)
    },
  }
}

const literal =
  (bytes: Buffer): Part =>
  (_record, _batch, output) =>
    output.bytes(bytes)

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** A byte by its number is that byte, whether it is text or not. */
function unescape(text: string): Buffer {
  const pieces = [...text.matchAll(/\\x([0-9a-fA-F]{1,2})|\\([^])|[^\\]+|\\$/g)]
  return Buffer.concat(
    pieces.map(([piece, hex, letter]) =>
      hex === undefined
        ? Buffer.from(letter === undefined ? piece : (ESCAPES[letter] ?? letter))
        : Buffer.of(parseInt(hex, 16)),
    ),
  )
}

function partOf(name: PartName, { formatTime, decodeKey, decodeValue }: Look, nothing: string): Part {
  const none = Buffer.from(nothing)
  switch (name) {
    case 'topic':
      return (_record, { partition }, output) => output.text(partition.topic)
    case 'partition':
      return (_record, { partition }, output) => output.text(String(partition.partition))
    case 'offset':
      return (record, batch, output) => output.text(offsetOf(record, batch))
    case 'timestamp':
      return (record, { header }, output) => output.text(formatTime(timestampOf(record, header)))
    case 'headers':
      return headersPart(none)
    case 'key':
      return (record, batch, output) =>
        writeField(record, record.keyStart, record.keyLength, batch, output, decodeKey, none)
    case 'value':
      return (record, batch, output) =>
        writeField(record, record.valueStart, record.valueLength, batch, output, decodeValue, none)
  }
}

function writeField(
  record: RecordReader,
  start: number,
  length: number,
  batch: BatchView,
  output: Output,
  decode: Decoder | undefined,
  none: Buffer,
): void {
  const text = decode?.(length < 0 ? null : record.body.subarray(start, start + length), record, batch)
  if (text !== undefined) output.text(text)
  else if (length < 0) output.bytes(none)
  else output.copy(record.body, start, start + length)
}

/** `name=value,name=value`, as kcat has them. */
function headersPart(none: Buffer): Part {
  return (record, _batch, output) => {
    if (record.headerCount === 0) return
    record.rawHeaders().forEach(({ key, value }, index) => {
      if (index > 0) output.text(',')
      output.bytes(key)
      output.text('=')
      output.bytes(value ?? none)
    })
  }
}

/**
 * Decodes JSON. What is none is shown as a string; of the first, `say` is told the place.
 */
export function jsonDecoder(what: 'key' | 'value', isIndented: boolean, say: (line: string) => void): JsonDecoder {
  let isTold = false
  return (bytes, record, batch) => {
    const text = bytes === null ? 'null' : layOutJson(bytes.toString(), isIndented)
    if (text !== undefined) return text
    if (!isTold)
      say(
        `the ${what} at offset ${offsetOf(record, batch)} of ${batch.partition.key} is not JSON; such text is shown as a string`,
      )
    isTold = true
    return bytesToJson(bytes)
  }
}
