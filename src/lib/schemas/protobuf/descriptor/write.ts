import { Encoder } from '../codec/encoder.ts'
import { integerOf, numberOf } from '../codec/default-text.ts'
import type {
  ExtensionsElement,
  MethodElement,
  OptionValue,
  Range,
  ReservedElement,
  ServiceElement,
  TypeElement,
} from '../elements.ts'
import { type EnumType, enumsOf, type Field, messagesOf, type MessageType, type ProtoFile } from '../model/types.ts'
import { escapeBytes } from '../text/strings.ts'
import { descriptorMessage } from './descriptor-message.ts'
import { Extensions } from './extensions.ts'
import { OptionsToJson } from './options-to-json.ts'

type Json = Record<string, unknown>

const FIRST_BEYOND = 0x2000_0000
const HIGHEST_CONSTANT = 0x7fff_ffff

/** The file as a FileDescriptorProto, as protoc makes it without information on the source. */
export function writeDescriptor(file: ProtoFile): Buffer {
  const extensions = new Extensions(file)
  const json = new DescriptorWriter(file, new OptionsToJson(extensions, descriptorMessage)).file()
  const encoder = new Encoder(() => undefined, extensions.of)
  return encoder.encode(descriptorMessage('FileDescriptorProto'), JSON.stringify(json))
}

class DescriptorWriter {
  constructor(
    private readonly source: ProtoFile,
    private readonly options: OptionsToJson,
  ) {}

  file(): Json {
    const { element, path, types, extensions, packageName } = this.source
    const { imports, syntax, edition } = element
    const dependencies = imports.filter(({ kind }) => kind !== 'option')
    const indexesOf = (kind: string): number[] =>
      dependencies.flatMap((each, index) => (each.kind === kind ? [index] : []))
    return {
      name: path,
      package: element.packageName,
      dependency: dependencies.map((each) => each.path),
      public_dependency: indexesOf('public'),
      weak_dependency: indexesOf('weak'),
      option_dependency: imports.flatMap(({ kind, path: name }) => (kind === 'option' ? [name] : [])),
      message_type: messagesOf(types).map((type) => this.message(type)),
      enum_type: enumsOf(types).map((type) => this.enum(type)),
      service: element.services.map((service) => this.service(service)),
      extension: extensions.map((field) => this.field(field, packageName)),
      options: this.options.of('FileOptions', element.options, packageName),
      syntax: syntax === 'proto2' ? undefined : syntax,
      edition: edition && `EDITION_${edition}`,
    }
  }

  private message(type: MessageType): Json {
    const { name, fullName, element, fields, oneofs, types, extensions, isMapEntry } = type
    const synthetic = fields.filter((field) => field.isProto3Optional)
    const oneofElements = element.members.filter((member) => member.kind === 'oneof')
    const indexOf = (field: Field): number | undefined => {
      if (field.isProto3Optional) return oneofs.length + synthetic.indexOf(field)
      return field.oneof && oneofs.indexOf(field.oneof)
    }
    return {
      name,
      field: fields.map((field) => ({ ...this.field(field, fullName), oneof_index: indexOf(field) })),
      extension: extensions.map((field) => this.field(field, fullName)),
      nested_type: messagesOf(types).map((inner) => this.message(inner)),
      enum_type: enumsOf(types).map((inner) => this.enum(inner)),
      extension_range: element.extensions.flatMap((each) => this.extensionRanges(each, fullName)),
      oneof_decl: [
        ...oneofElements.map((each) => ({
          name: each.name,
          options: this.options.of('OneofOptions', each.options, fullName),
        })),
        ...synthetic.map((field) => ({ name: `_${field.name}` })),
      ],
      options: this.options.of('MessageOptions', element.options, fullName, isMapEntry ? { map_entry: true } : {}),
      reserved_range: element.reserved.flatMap(({ ranges }) => ranges.map(openRange)),
      reserved_name: namesOf(element.reserved),
      visibility: visibilityOf(element),
    }
  }

  private extensionRanges({ ranges, options }: ExtensionsElement, scope: string): Json[] {
    const json = this.options.of('ExtensionRangeOptions', options, scope)
    return ranges.map((range) => ({ ...openRange(range), options: json }))
  }

  private field(field: Field, scope: string): Json {
    const { name, number, type, message, enumType, extendee, jsonName, element, isRepeated } = field
    const label = element.label === 'required' ? 'REQUIRED' : isRepeated ? 'REPEATED' : 'OPTIONAL'
    // An edition's way to say group is a feature.
    const typeName = type === 'group' && element.group === undefined ? 'message' : type
    const named = message ?? enumType
    return {
      name,
      number,
      label: `LABEL_${label}`,
      type: `TYPE_${typeName.toUpperCase()}`,
      type_name: named && `.${named.fullName}`,
      extendee: extendee && `.${extendee.fullName}`,
      default_value: field.defaultValue && defaultText(field, field.defaultValue),
      json_name: jsonName,
      options: this.options.of('FieldOptions', element.options, scope),
      proto3_optional: field.isProto3Optional || undefined,
    }
  }

  private enum({ name, fullName, element }: EnumType): Json {
    return {
      name,
      value: element.constants.map((constant) => ({
        name: constant.name,
        number: constant.number,
        options: this.options.of('EnumValueOptions', constant.options, fullName),
      })),
      options: this.options.of('EnumOptions', element.options, fullName),
      reserved_range: element.reserved.flatMap(({ ranges }) =>
        ranges.map(({ start, end }) => ({ start, end: Math.min(end, HIGHEST_CONSTANT) })),
      ),
      reserved_name: namesOf(element.reserved),
      visibility: visibilityOf(element),
    }
  }

  private service({ name, methods, options }: ServiceElement): Json {
    const scope = this.source.packageName
    return {
      name,
      method: methods.map((method) => this.method(method, scope)),
      options: this.options.of('ServiceOptions', options, scope),
    }
  }

  private method(element: MethodElement, scope: string): Json {
    const { name, isInputStream, isOutputStream, options } = element
    const { input, output } = this.source.methods.get(element)!
    return {
      name,
      input_type: `.${input.fullName}`,
      output_type: `.${output.fullName}`,
      options: this.options.of('MethodOptions', options, scope),
      client_streaming: isInputStream || undefined,
      server_streaming: isOutputStream || undefined,
    }
  }
}

/** Its end does not belong to it. */
const openRange = ({ start, end }: Range): Json => ({ start, end: Math.min(end + 1, FIRST_BEYOND) })

const visibilityOf = ({ visibility }: TypeElement): string | undefined =>
  visibility && `VISIBILITY_${visibility.toUpperCase()}`

const namesOf = (reserved: readonly ReservedElement[]): string[] => reserved.flatMap(({ names }) => names)

function defaultText({ type }: Field, value: OptionValue): string {
  if (value.kind === 'string') return type === 'bytes' ? escapeBytes(value.bytes) : value.bytes.toString()
  if (value.kind === 'identifier') return value.text
  const text = value.kind === 'number' ? value.text : ''
  if (type !== 'double' && type !== 'float') return String(integerOf(text))
  const number = numberOf(text)
  return Number.isFinite(number) ? String(number) : text
}
