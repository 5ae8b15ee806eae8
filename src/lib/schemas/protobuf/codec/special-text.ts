import { SchemaError } from '../../format.ts'
import type { MessageType } from '../model/types.ts'
import { type Allowance, Input } from './input.ts'
import { jsonString } from './json-string.ts'
import type { MessagePlan, PlanSource, PrintMessage, Slots } from './message-plan.ts'
import { durationText, timestampText } from './times.ts'

const WRAPPERS = ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes']

/** How the well-known types print (`JsonFormat.wellKnownTypePrinters`); undefined for every other message. */
export function specialPrinter(plan: MessagePlan, plans: PlanSource): PrintMessage | undefined {
  const name = specialName(plan.type)
  if (name === undefined) return undefined
  if (name.endsWith('Value') && WRAPPERS.includes(name.slice(0, -5))) return printWrapper(plan)
  switch (name) {
    case 'Timestamp':
      return ([seconds, nanos]) => timestampText(integer(seconds), integer(nanos))
    case 'Duration':
      return ([seconds, nanos]) => durationText(integer(seconds), integer(nanos))
    case 'FieldMask':
      return ([paths]) => fieldMaskText((paths as string | undefined) ?? '')
    case 'Struct':
      return ([fields]) => `{${(fields as string | undefined) ?? ''}}`
    case 'ListValue':
      return ([values]) => `[${(values as string | undefined) ?? ''}]`
    case 'Value':
      return printValue(plan)
    case 'Any':
      return (slots, allowance) => printAny(slots, allowance, plans)
    default:
      return undefined
  }
}

/** The fields that make a message one of the well-known types, beside its name; `Value` is told by its oneof. */
const SHAPES: Readonly<Record<string, string>> = {
  Timestamp: 'int64 int32',
  Duration: 'int64 int32',
  FieldMask: 'string[]',
  Struct: 'message[]',
  ListValue: 'message[]',
  Value: 'enum double string bool message message',
  Any: 'string bytes',
}

/** `Timestamp` for google.protobuf.Timestamp; undefined for what is no well-known type, or not as it must be. */
export function specialName({ fullName, fields }: MessageType): string | undefined {
  const name = fullName.startsWith('google.protobuf.') ? fullName.slice('google.protobuf.'.length) : ''
  const isWrapper = name.endsWith('Value') && WRAPPERS.includes(name.slice(0, -5))
  const inOrder = [...fields].sort((a, b) => a.number - b.number)
  const shape = inOrder.map(({ type, isRepeated }) => type + (isRepeated ? '[]' : '')).join(' ')
  const wanted = isWrapper ? name.slice(0, -5).toLowerCase() : SHAPES[name]
  return shape === wanted ? name : undefined
}

function printWrapper(plan: MessagePlan): PrintMessage {
  const { absent, field } = plan.fields[0]!
  const noValue = absent ?? wrapperDefault(field.type)
  return ([value]) => (value as string | undefined) ?? noValue
}

function wrapperDefault(type: string): string {
  if (type === 'bool') return 'false'
  if (type === 'string' || type === 'bytes') return '""'
  if (type === 'double' || type === 'float') return '0.0'
  return type.endsWith('64') ? '"0"' : '0'
}

function printValue(plan: MessagePlan): PrintMessage {
  return (slots, allowance) => {
    const index = slots.findIndex((slot) => slot !== undefined)
    const slot = slots[index]
    if (slot === undefined) return 'null'
    if (typeof slot !== 'string') return plan.fields[index]!.plan!.print(slot as Slots, allowance)
    if (plan.fields[index]!.field.type === 'double' && slot.startsWith('"'))
      throw new SchemaError(`google.protobuf.Value cannot hold ${slot.slice(1, -1)}`)
    return slot
  }
}

function printAny([typeUrl, value]: Slots, allowance: Allowance, plans: PlanSource): string {
  if (typeUrl === undefined && value === undefined) return '{}'
  const url = typeUrl === undefined ? '' : (JSON.parse(typeUrl as string) as string)
  const name = url.slice(url.lastIndexOf('/') + 1)
  const type = url.includes('/') ? plans.findMessage(name) : undefined
  if (type === undefined) throw new SchemaError(`no schema is known for the type ${jsonString(url)} of an Any`)
  const plan = plans.of(type)
  const slots = plan.newSlots()
  allowance.enter()
  plan.read(new Input((value as Buffer | undefined) ?? Buffer.alloc(0), allowance), slots)
  const content = plan.isSpecial ? `"value":${plan.print(slots, allowance)}` : plan.printFields(slots, allowance)
  allowance.leave()
  return `{"@type":${typeUrl as string}${content === '' ? '' : ','}${content}}`
}

/** Of an integer in quotes, or without them; beyond 53 bits it is out of every range anyhow. */
const integer = (text: Slots[number]): number => (text === undefined ? 0 : Number((text as string).replaceAll('"', '')))

/** `a_b.c,d` as `"aB.c,d"`. */
function fieldMaskText(joined: string): string {
  const paths = (JSON.parse(`[${joined}]`) as string[]).filter((path) => path !== '')
  return jsonString(paths.map(lowerUnderscoreToLowerCamel).join(','))
}

/** As Guava's CaseFormat converts: each word but the first with a capital and the rest in lower case. */
function lowerUnderscoreToLowerCamel(path: string): string {
  const [first = '', ...rest] = path.split('_')
  const capitalize = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()
  return first.toLowerCase() + rest.map(capitalize).join('')
}
