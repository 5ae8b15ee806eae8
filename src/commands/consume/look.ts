import type { JsonDecoder } from '../../lib/browse/json-line.ts'
import { UserError } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { bytesToJson } from '../../lib/output/json.ts'
import type { RecordPart } from '../../lib/schemas/wire.ts'
import type { Order } from '../../lib/work/command.ts'
import { bySchema, schemaFields, type DecodedParts } from './decoded-parts.ts'
import { jsonFormatter, makeFormatter, type Formatter } from './formatters/index.ts'
import {
  formatStringFormatter,
  jsonDecoder,
  parseParts,
  partsFormatter,
  type Decoder,
  type Look,
} from './formatters/parts.ts'
import { timeFormat } from './formatters/time-format.ts'
import type { ConsumeValues } from './options.ts'
import { formatterProperties } from './properties.ts'

/** How records are to be shown, those that schemas decode among them. Throws UserError. */
export function formatterOf(order: Order<ConsumeValues>, decoded: DecodedParts = {}): Formatter {
  if (!isForPeople(order.output)) return documents(order, decoded)
  return ownFormatter(order, decoded) ?? apacheFormatter(order, decoded)
}

function documents(order: Order<ConsumeValues>, decoded: DecodedParts): Formatter {
  const { timeFormat: time } = order.values
  const { decodeKey, decodeValue } = decodersOf(order, decoded)
  const isEver = (decode: Decoder | undefined): JsonDecoder | undefined =>
    decode && ((bytes, record, batch) => decode(bytes, record, batch)?.toString() ?? bytesToJson(bytes))
  return jsonFormatter({
    decodeKey: isEver(decodeKey),
    decodeValue: isEver(decodeValue),
    formatTime: time && timeFormat(time),
    ...((decoded.key ?? decoded.value) && { more: () => schemaFields(decoded) }),
  })
}

/** That the options for it go together. Throws UserError. */
export function checkLook(order: Order<ConsumeValues>): void {
  const { values, output } = order
  const { print, format, separator, value, keyAs } = values
  const apache = firstGiven({
    formatter: values.formatter,
    'formatter-config': values.formatterConfig,
    'key-deserializer': values.keyDeserializer,
    'value-deserializer': values.valueDeserializer,
    'formatter-property': values.formatterProperty[0],
    property: values.property[0],
  })
  const form = firstGiven({ print, format })
  const own = firstGiven({ print, format, value, 'key-as': keyAs })
  if (!isForPeople(output) && (apache ?? form) !== undefined)
    throw new UserError(`${apache ?? form} does not apply to JSON`)
  if (apache !== undefined && own !== undefined) throw new UserError(`${own} and ${apache} exclude each other`)
  if (print !== undefined && format !== undefined) throw new UserError('--print and --format exclude each other')
  if (separator !== undefined && print === undefined) throw new UserError('--separator goes with --print')
  ownFormatter(order)
}

/** The parts of records that are looked at, and that nobody wants as the bytes that they are. */
export function partsToDecode({ values, output }: Order<ConsumeValues>): RecordPart[] {
  const { print, format, value, keyAs, key, grep, keyDeserializer, valueDeserializer } = values
  const given = [...values.formatterProperty, ...values.property]
  const isShown = (part: RecordPart, letter: string, byDefault: boolean): boolean =>
    !isForPeople(output) ||
    (print === undefined && format === undefined ? byDefault : `${print},`.includes(`${part},`)) ||
    (format?.includes(`%${letter}`) ?? false)
  const isText = (choice: string | undefined, deserializer: string | undefined, part: RecordPart): boolean =>
    choice === 'text' || deserializer !== undefined || given.some((pair) => pair.startsWith(`${part}.deserializer=`))
  const isKeyPrinted = given.some((pair) => /^print\.key=\s*true/i.test(pair)) || values.formatterConfig !== undefined
  const wanted = {
    key: !isText(keyAs, keyDeserializer, 'key') && (isShown('key', 'k', isKeyPrinted) || key !== undefined),
    value: !isText(value, valueDeserializer, 'value') && (isShown('value', 's', true) || grep !== undefined),
  }
  return (['key', 'value'] as const).filter((part) => wanted[part])
}

function firstGiven(options: Readonly<Record<string, unknown>>): string | undefined {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? []
  return name && `--${name}`
}

/** As --print, --format and --value have it; undefined where none of them is given. */
function ownFormatter(order: Order<ConsumeValues>, decoded: DecodedParts = {}): Formatter | undefined {
  const { print, format, separator = '\t', value, keyAs, timeFormat: time } = order.values
  if ((print ?? format ?? value ?? keyAs) === undefined) return undefined
  const look = (byDefault: 'iso' | 'epoch'): Look => ({
    ...decodersOf(order, decoded),
    formatTime: timeFormat(time ?? byDefault),
  })
  return format === undefined
    ? partsFormatter(parseParts(print ?? 'value'), separator, look('iso'))
    : formatStringFormatter(format, look('epoch'))
}

/** A value that stands alone at a terminal has a line for each of its members. */
function decodersOf(
  { values, output, context, voice }: Order<ConsumeValues>,
  decoded: DecodedParts,
): Record<'decodeKey' | 'decodeValue', Decoder | undefined> {
  const { print, format, value, keyAs } = values
  const isAlone = isForPeople(output) && format === undefined && (print ?? 'value') === 'value'
  const isIndented = value === 'json' && isAlone && context.stdout.isTTY === true
  const asJson = (part: RecordPart, indented: boolean): Decoder => jsonDecoder(part, indented, voice.say)
  return {
    decodeKey: bySchema(decoded.key, false, keyAs === 'json' ? asJson('key', false) : undefined),
    decodeValue: bySchema(decoded.value, isIndented, value === 'json' ? asJson('value', isIndented) : undefined),
  }
}

function apacheFormatter(
  { values, context: { style, cwd }, voice: { say } }: Order<ConsumeValues>,
  decoded: DecodedParts,
): Formatter {
  // Apache's tool shows bytes as they are where it finds no deserializer.
  const onBadDeserializer = style === 'drop-in' ? (error: unknown): void => say((error as Error).message) : undefined
  return makeFormatter(values.formatter ?? 'org.apache.kafka.tools.consumer.DefaultMessageFormatter', {
    properties: formatterProperties(values, cwd),
    onBadDeserializer,
    log: say,
    decodeKey: bySchema(decoded.key, false),
    decodeValue: bySchema(decoded.value, false),
    ...(values.timeFormat && { formatTime: timeFormat(values.timeFormat) }),
  })
}
