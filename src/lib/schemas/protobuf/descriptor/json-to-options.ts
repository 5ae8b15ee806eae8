import type { AggregateField, OptionElement, OptionValue } from '../elements.ts'
import type { Field, MessageType } from '../model/types.ts'
import { Tokens } from '../text/tokens.ts'
import { parseValueText } from '../text/parse-options.ts'
import type { Extensions } from './extensions.ts'

export type Json = Record<string, unknown>

/** Options from the message that protobuf has for them, in its JSON with the names of the file. */
export class JsonToOptions {
  constructor(private readonly extensions: Extensions) {}

  of(type: MessageType, json: Json | undefined): OptionElement[] {
    return Object.entries(json ?? {}).flatMap(([key, value]): OptionElement[] => {
      if (key === 'uninterpreted_option') return (value as Json[]).map(uninterpreted)
      const field = this.fieldOf(type, key)
      if (field === undefined || (key === 'map_entry' && type.name === 'MessageOptions')) return []
      const name = [
        { name: field.extendee === undefined ? key : field.fullName, isExtension: field.extendee !== undefined },
      ]
      const values = field.isRepeated && !field.isMap ? (value as unknown[]) : [value]
      return values.map((each) => ({ name, value: this.valueOf(field, each) }))
    })
  }

  private valueOf(field: Field, json: unknown): OptionValue {
    const { type, message, enumType } = field
    if (field.isMap) return { kind: 'list', values: this.entriesOf(field, json as Json) }
    if (message !== undefined) return { kind: 'message', fields: this.fieldsOf(message, json as Json) }
    if (type === 'string') return { kind: 'string', bytes: Buffer.from(json as string) }
    if (type === 'bytes') return { kind: 'string', bytes: Buffer.from(json as string, 'base64') }
    const text = String(json)
    if (type === 'bool' || (enumType !== undefined && typeof json === 'string')) return { kind: 'identifier', text }
    return { kind: 'number', text: text.replace('Infinity', 'inf').replace('NaN', 'nan') }
  }

  private fieldsOf(type: MessageType, json: Json): AggregateField[] {
    return Object.entries(json).flatMap(([name, value]) => {
      const field = this.fieldOf(type, name)
      if (field === undefined) return []
      const values = field.isRepeated && !field.isMap ? (value as unknown[]) : [value]
      return values.map((each) => ({ name, value: this.valueOf(field, each) }))
    })
  }

  private entriesOf({ message }: Field, json: Json): OptionValue[] {
    const [key, value] = message!.fields as [Field, Field]
    return Object.entries(json).map(([name, held]) => ({
      kind: 'message',
      fields: [
        { name: 'key', value: this.valueOf(key, name) },
        { name: 'value', value: this.valueOf(value, held) },
      ],
    }))
  }

  private fieldOf(type: MessageType, key: string): Field | undefined {
    if (key.startsWith('[')) return this.extensions.find(`.${key.slice(1, -1)}`, '')
    return type.fields.find(({ name }) => name === key)
  }
}

function uninterpreted(json: Json): OptionElement {
  const parts = json.name as { name_part: string; is_extension: boolean }[]
  const name = parts.map((part) => ({ name: part.name_part, isExtension: part.is_extension }))
  return { name, value: uninterpretedValue(json) }
}

function uninterpretedValue(json: Json): OptionValue {
  if (typeof json.string_value === 'string') return { kind: 'string', bytes: Buffer.from(json.string_value, 'base64') }
  if (json.identifier_value !== undefined) return { kind: 'identifier', text: String(json.identifier_value) }
  if (json.aggregate_value !== undefined) return parseValueText(new Tokens(`{ ${String(json.aggregate_value)} }`))
  return { kind: 'number', text: String(json.positive_int_value ?? json.negative_int_value ?? json.double_value ?? 0) }
}
