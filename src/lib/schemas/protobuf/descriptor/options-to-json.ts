import { integerOf, numberOf } from '../codec/default-text.ts'
import { isPlain, type OptionElement, type OptionPart, type OptionValue } from '../elements.ts'
import type { Field, MessageType } from '../model/types.ts'
import { quote } from '../text/strings.ts'
import type { Extensions } from './extensions.ts'

type Json = Record<string, unknown>

const FLOATS = ['double', 'float']

/**
 * Options as the message that protobuf has for them, in its JSON; undefined where there are none. What no extension in
 * sight declares stays as it is written (`uninterpreted_option`).
 */
export class OptionsToJson {
  constructor(
    private readonly extensions: Extensions,
    private readonly findMessage: (name: string) => MessageType,
  ) {}

  of(typeName: string, options: readonly OptionElement[], scope: string, more: Json = {}): Json | undefined {
    const json: Json = { ...more }
    const type = this.findMessage(typeName)
    const uninterpreted: Json[] = []
    for (const option of options) {
      // They are fields of the descriptor.
      if (typeName === 'FieldOptions' && (isPlain(option, 'default') || isPlain(option, 'json_name'))) continue
      const isSet = this.set(json, type, option.name, option.value, scope)
      if (!isSet) uninterpreted.push(uninterpretedOption(option))
    }
    if (uninterpreted.length > 0) json.uninterpreted_option = uninterpreted
    return Object.keys(json).length > 0 ? json : undefined
  }

  /** Whether all of its names mean something. */
  private set(
    json: Json,
    type: MessageType,
    [part, ...rest]: readonly OptionPart[],
    value: OptionValue,
    scope: string,
  ) {
    const field = this.fieldOf(type, part!.name, part!.isExtension, scope)
    if (field === undefined) return false
    const key = keyOf(field)
    if (rest.length > 0) {
      if (field.message === undefined || field.isRepeated) return false
      const inner = (json[key] ?? {}) as Json
      if (!this.set(inner, field.message, rest, value, scope)) return false
      json[key] = inner
      return true
    }
    return this.put(json, key, field, value, scope)
  }

  private put(json: Json, key: string, field: Field, value: OptionValue, scope: string): boolean {
    const values = value.kind === 'list' ? value.values : [value]
    for (const each of values) {
      const converted = this.convert(field, each, scope)
      if (converted === undefined) return false
      if (field.isMap) json[key] = { ...(json[key] as Json | undefined), ...entryOf(converted as Json) }
      else json[key] = field.isRepeated ? [...((json[key] as unknown[] | undefined) ?? []), converted] : converted
    }
    return true
  }

  private convert(field: Field, value: OptionValue, scope: string): unknown {
    const { message, type } = field
    if (message !== undefined)
      return value.kind === 'message' ? this.aggregate(message, value.fields, scope) : undefined
    if (value.kind === 'string') {
      if (type === 'bytes') return value.bytes.toString('base64')
      return type === 'string' ? value.bytes.toString() : undefined
    }
    if (value.kind !== 'identifier' && value.kind !== 'number') return undefined
    if (type === 'bool') return value.text === 'true' || value.text === '1'
    if (FLOATS.includes(type)) return floatJson(numberOf(value.text))
    return value.kind === 'identifier' ? value.text : String(integerOf(value.text))
  }

  private aggregate(type: MessageType, fields: readonly { name: string; value: OptionValue }[], scope: string) {
    const json: Json = {}
    for (const { name, value } of fields) {
      const isExtension = name.startsWith('[')
      const field = this.fieldOf(type, isExtension ? name.slice(1, -1) : name, isExtension, scope)
      if (field === undefined || !this.put(json, keyOf(field), field, value, scope)) return undefined
    }
    return json
  }

  private fieldOf(type: MessageType, name: string, isExtension: boolean, scope: string): Field | undefined {
    if (!isExtension) return type.fields.find((field) => field.name === name)
    const field = this.extensions.find(name, scope)
    return field?.extendee === type ? field : undefined
  }
}

const keyOf = ({ name, fullName, extendee }: Field): string => (extendee === undefined ? name : `[${fullName}]`)

const entryOf = ({ key = '', value = '' }: Json): Json => ({ [String(key)]: value })

const floatJson = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

function uninterpretedOption({ name, value }: OptionElement): Json {
  const parts = name.map((part) => ({ name_part: part.name, is_extension: part.isExtension }))
  return { name: parts, ...uninterpretedValue(value) }
}

function uninterpretedValue(value: OptionValue): Json {
  switch (value.kind) {
    case 'string':
      return { string_value: value.bytes.toString('base64') }
    case 'identifier':
      return { identifier_value: value.text }
    case 'number': {
      if (!/^-?\d+$/.test(value.text)) return { double_value: floatJson(numberOf(value.text)) }
      return value.text.startsWith('-') ? { negative_int_value: value.text } : { positive_int_value: value.text }
    }
    default:
      return { aggregate_value: aggregateText(value) }
  }
}

/** In one line, without the braces around it. */
function aggregateText(value: OptionValue): string {
  if (value.kind === 'message') return value.fields.map((field) => `${field.name}: ${innerText(field.value)}`).join(' ')
  return innerText(value)
}

function innerText(value: OptionValue): string {
  if (value.kind === 'string') return quote(value.bytes)
  if (value.kind === 'message') return `{ ${aggregateText(value)} }`
  if (value.kind === 'list') return `[${value.values.map(innerText).join(', ')}]`
  return value.text
}
