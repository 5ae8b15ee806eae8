import { UserError } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import type { Order } from '../../lib/work/command.ts'
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

/** How records are to be shown. Throws UserError. */
export function formatterOf(order: Order<ConsumeValues>): Formatter {
  const { timeFormat: time } = order.values
  if (!isForPeople(order.output)) return jsonFormatter({ ...decodersOf(order), formatTime: time && timeFormat(time) })
  return ownFormatter(order) ?? apacheFormatter(order)
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

function firstGiven(options: Readonly<Record<string, unknown>>): string | undefined {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? []
  return name && `--${name}`
}

/** As --print, --format and --value have it; undefined where none of them is given. */
function ownFormatter(order: Order<ConsumeValues>): Formatter | undefined {
  const { print, format, separator = '\t', value, keyAs, timeFormat: time } = order.values
  if ((print ?? format ?? value ?? keyAs) === undefined) return undefined
  const look = (byDefault: 'iso' | 'epoch'): Look => ({
    ...decodersOf(order),
    formatTime: timeFormat(time ?? byDefault),
  })
  return format === undefined
    ? partsFormatter(parseParts(print ?? 'value'), separator, look('iso'))
    : formatStringFormatter(format, look('epoch'))
}

/** A value that stands alone at a terminal has a line for each of its members. */
function decodersOf({
  values,
  output,
  context,
  voice,
}: Order<ConsumeValues>): Record<'decodeKey' | 'decodeValue', Decoder | undefined> {
  const { print, format, value, keyAs } = values
  const isAlone = isForPeople(output) && format === undefined && (print ?? 'value') === 'value'
  return {
    decodeKey: keyAs && jsonDecoder('key', false, voice.say),
    decodeValue: value && jsonDecoder('value', isAlone && context.stdout.isTTY === true, voice.say),
  }
}

function apacheFormatter({ values, context: { style, cwd }, voice: { say } }: Order<ConsumeValues>): Formatter {
  // Apache's tool shows bytes as they are where it finds no deserializer.
  const onBadDeserializer = style === 'drop-in' ? (error: unknown): void => say((error as Error).message) : undefined
  return makeFormatter(values.formatter ?? 'org.apache.kafka.tools.consumer.DefaultMessageFormatter', {
    properties: formatterProperties(values, cwd),
    onBadDeserializer,
    log: say,
    ...(values.timeFormat && { formatTime: timeFormat(values.timeFormat) }),
  })
}
