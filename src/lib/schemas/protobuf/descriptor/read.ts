import { SchemaError } from '../../format.ts'
import { Input } from '../codec/input.ts'
import { Plans } from '../codec/plans.ts'
import {
  EDITIONS,
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  type ImportElement,
  type MemberElement,
  type MessageElement,
  type OptionElement,
  type OptionValue,
  type Range,
  type Visibility,
} from '../elements.ts'
import { jsonNameOf } from '../model/types.ts'
import { unescapeBytes } from '../text/strings.ts'
import { descriptorMessage } from './descriptor-message.ts'
import type { Extensions } from './extensions.ts'
import { type Json, JsonToOptions } from './json-to-options.ts'

const FIRST_BEYOND = 0x2000_0000
const HIGHEST_CONSTANT = 0x7fff_ffff
const LABELS = { LABEL_REQUIRED: 'required', LABEL_OPTIONAL: 'optional', LABEL_REPEATED: 'repeated' } as const

/**
 * What a FileDescriptorProto says, as the text of the file would; options of its own only with the extensions that
 * declare them. Throws SchemaError for what is none.
 */
export function readDescriptor(bytes: Buffer, extensions: Extensions): FileElement {
  const plans = new Plans({ hasDefaults: false, preservesNames: true, extensionsOf: extensions.of }, () => undefined)
  const plan = plans.of(descriptorMessage('FileDescriptorProto'))
  const input = new Input(bytes)
  const slots = plan.newSlots()
  plan.read(input, slots)
  const json = JSON.parse(plan.print(slots, input.allowance)) as Json
  return new DescriptorReader(json, new JsonToOptions(extensions)).file()
}

class DescriptorReader {
  private readonly syntax: FileElement['syntax']

  constructor(
    private readonly json: Json,
    private readonly options: JsonToOptions,
  ) {
    this.syntax = textOf(json.syntax, 'proto2') as FileElement['syntax']
  }

  file(): FileElement {
    const { json } = this
    return {
      syntax: this.syntax,
      edition: this.syntax === 'editions' ? editionOf(json) : undefined,
      packageName: json.package === undefined ? undefined : textOf(json.package),
      imports: importsOf(json),
      options: this.optionsOf('FileOptions', json),
      types: [
        ...objectsOf(json.message_type).map((message) => this.message(message)),
        ...objectsOf(json.enum_type).map((each) => this.enum(each)),
      ],
      extends: this.extends(objectsOf(json.extension), []),
      services: objectsOf(json.service).map((service) => ({
        name: textOf(service.name),
        options: this.optionsOf('ServiceOptions', service),
        methods: objectsOf(service.method).map((method) => ({
          name: textOf(method.name),
          input: textOf(method.input_type),
          output: textOf(method.output_type),
          isInputStream: method.client_streaming === true,
          isOutputStream: method.server_streaming === true,
          options: this.optionsOf('MethodOptions', method),
        })),
      })),
    }
  }

  private message(json: Json): MessageElement {
    const nested = objectsOf(json.nested_type)
    const fields = objectsOf(json.field)
    const groups = [...fields, ...objectsOf(json.extension)].filter(({ type }) => type === 'TYPE_GROUP').map(lastName)
    const inner = nested.filter((each) => !isMapEntry(each) && !groups.includes(textOf(each.name)))
    return {
      kind: 'message',
      name: textOf(json.name),
      visibility: visibilityOf(json),
      options: this.optionsOf('MessageOptions', json),
      reserved: this.reserved(json, closedRange),
      members: this.members(fields, nested, objectsOf(json.oneof_decl)),
      extensions: objectsOf(json.extension_range).map((range) => ({
        ranges: [closedRange(range)],
        options: this.optionsOf('ExtensionRangeOptions', range),
      })),
      extends: this.extends(objectsOf(json.extension), nested),
      types: [...inner.map((each) => this.message(each)), ...objectsOf(json.enum_type).map((each) => this.enum(each))],
    }
  }

  /** A oneof stands where its first field does. */
  private members(fields: readonly Json[], nested: readonly Json[], oneofs: readonly Json[]): MemberElement[] {
    const members: MemberElement[] = []
    const seen = new Map<unknown, FieldElement[]>()
    for (const field of fields) {
      const index = field.proto3_optional === true ? undefined : field.oneof_index
      const element = this.field(field, nested, index !== undefined)
      const siblings = index === undefined ? members : seen.get(index)
      if (siblings !== undefined) siblings.push(element)
      else {
        const oneof = oneofs[index as number] ?? {}
        const group = [element]
        seen.set(index, group)
        members.push({
          kind: 'oneof',
          name: textOf(oneof.name),
          options: this.optionsOf('OneofOptions', oneof),
          fields: group,
        })
      }
    }
    return members
  }

  private field(json: Json, nested: readonly Json[], isInOneof: boolean): FieldElement {
    const name = textOf(json.name)
    const type = textOf(json.type, 'TYPE_MESSAGE').replace('TYPE_', '').toLowerCase()
    const typeName = textOf(json.type_name)
    const own = nested.find((each) => each.name === lastName(json))
    const isMap = own !== undefined && isMapEntry(own) && json.label === 'LABEL_REPEATED'
    const label = LABELS[textOf(json.label, 'LABEL_OPTIONAL') as keyof typeof LABELS]
    return {
      kind: 'field',
      label: isInOneof || isMap || (label === 'optional' && !this.showsOptional(json)) ? undefined : label,
      type: typeName === '' ? type : typeName,
      map: isMap ? this.mapOf(own) : undefined,
      name,
      number: Number(json.number ?? 0),
      options: [...this.optionsOf('FieldOptions', json), ...this.fieldsOptions(json, name, type)],
      group: type === 'group' && own !== undefined ? this.message(own) : undefined,
    }
  }

  private showsOptional(json: Json): boolean {
    return this.syntax === 'proto2' || json.proto3_optional === true
  }

  private mapOf(entry: Json): FieldElement['map'] {
    const [key, value] = objectsOf(entry.field).map((field) => this.field(field, [], false).type)
    return { key: key ?? '', value: value ?? '' }
  }

  /** What stands among the options of a field without being one. */
  private fieldsOptions(json: Json, name: string, type: string): OptionElement[] {
    const options: OptionElement[] = []
    const add = (key: string, value: OptionValue): void => {
      options.push({ name: [{ name: key, isExtension: false }], value })
    }
    if (json.default_value !== undefined) add('default', defaultValue(textOf(json.default_value), type))
    const jsonName = textOf(json.json_name)
    if (jsonName !== '' && jsonName !== jsonNameOf(name))
      add('json_name', { kind: 'string', bytes: Buffer.from(jsonName) })
    return options
  }

  private extends(fields: readonly Json[], nested: readonly Json[]): ExtendElement[] {
    const byExtendee = new Map<string, FieldElement[]>()
    for (const field of fields) {
      const extendee = textOf(field.extendee)
      const element = this.field(field, nested, false)
      const siblings = byExtendee.get(extendee)
      if (siblings === undefined) byExtendee.set(extendee, [element])
      else siblings.push(element)
    }
    return [...byExtendee].map(([name, elements]) => ({ name, fields: elements }))
  }

  private enum(json: Json): EnumElement {
    return {
      kind: 'enum',
      name: textOf(json.name),
      visibility: visibilityOf(json),
      options: this.optionsOf('EnumOptions', json),
      reserved: this.reserved(json, inclusiveRange),
      constants: objectsOf(json.value).map((value) => ({
        name: textOf(value.name),
        number: Number(value.number ?? 0),
        options: this.optionsOf('EnumValueOptions', value),
      })),
    }
  }

  private reserved(json: Json, rangeOf: (range: Json) => Range) {
    const ranges = objectsOf(json.reserved_range).map(rangeOf)
    const names = listOf(json.reserved_name).map((name) => textOf(name))
    const byRange = ranges.length > 0 ? [{ ranges, names: [] }] : []
    return names.length > 0 ? [...byRange, { ranges: [], names }] : byRange
  }

  private optionsOf(type: string, { options }: Json): OptionElement[] {
    return options === undefined ? [] : this.options.of(descriptorMessage(type), options as Json)
  }
}

const textOf = (value: unknown, otherwise = ''): string => (value === undefined ? otherwise : String(value))

const listOf = (value: unknown): unknown[] => (value as unknown[] | undefined) ?? []

const objectsOf = (value: unknown): Json[] => listOf(value) as Json[]

function editionOf(json: Json): string {
  const edition = textOf(json.edition).replace('EDITION_', '')
  if (EDITIONS.includes(edition)) return edition
  throw new SchemaError(`edition ${JSON.stringify(edition)} is unknown; there are ${EDITIONS.join(' and ')}`)
}

function importsOf(json: Json): ImportElement[] {
  const kinds = new Map<unknown, ImportElement['kind']>()
  for (const index of listOf(json.public_dependency)) kinds.set(index, 'public')
  for (const index of listOf(json.weak_dependency)) kinds.set(index, 'weak')
  return [
    ...listOf(json.dependency).map((path, index) => ({ path: textOf(path), kind: kinds.get(index) })),
    ...listOf(json.option_dependency).map((path) => ({ path: textOf(path), kind: 'option' as const })),
  ]
}

const VISIBILITIES: Readonly<Record<string, Visibility>> = { VISIBILITY_EXPORT: 'export', VISIBILITY_LOCAL: 'local' }

const visibilityOf = (json: Json): Visibility | undefined => VISIBILITIES[textOf(json.visibility)]

const isMapEntry = ({ options }: Json): boolean => (options as Json | undefined)?.map_entry === true

/** `C` of `.a.B.C`. */
const lastName = ({ type_name: name }: Json): string => textOf(name).slice(textOf(name).lastIndexOf('.') + 1)

function closedRange({ start, end }: Json): Range {
  return { start: Number(start ?? 0), end: Number(end) >= FIRST_BEYOND ? Infinity : Number(end ?? 0) - 1 }
}

function inclusiveRange({ start, end }: Json): Range {
  return { start: Number(start ?? 0), end: Number(end) === HIGHEST_CONSTANT ? Infinity : Number(end ?? 0) }
}

function defaultValue(text: string, type: string): OptionValue {
  if (type === 'string') return { kind: 'string', bytes: Buffer.from(text) }
  if (type === 'bytes') return { kind: 'string', bytes: unescapeBytes(text) ?? Buffer.from(text) }
  return { kind: type === 'enum' || type === 'bool' ? 'identifier' : 'number', text }
}
