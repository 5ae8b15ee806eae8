import {
  type EnumElement,
  type ExtendElement,
  type FieldElement,
  type FileElement,
  isTrue,
  type MessageElement,
  type OneofElement,
  optionOf,
  type TypeElement,
} from '../elements.ts'
import { type Features, featuresOf, withFeatures } from './features.ts'
import { Names } from './names.ts'
import { NumberRanges } from './number-ranges.ts'
import {
  type EnumType,
  type Field,
  isScalar,
  jsonNameOf,
  type MessageType,
  type Oneof,
  type ProtoFile,
} from './types.ts'

const UNPACKABLE = ['string', 'bytes', 'message', 'group']

/** Makes types of what a file declares, and resolves the names in it. Throws SchemaError for a name without meaning. */
export function linkFile(element: FileElement, path: string, imports: readonly ProtoFile[]): ProtoFile {
  const file: ProtoFile = {
    path,
    element,
    packageName: element.packageName ?? '',
    imports,
    features: featuresOf(element),
    types: [],
    extensions: [],
    symbols: new Map(),
    methods: new Map(),
  }
  new FileLinker(file).link()
  return file
}

class FileLinker {
  private readonly names: Names
  /** Fields wait until every type of the file has its name. */
  private readonly later: (() => void)[] = []

  constructor(private readonly file: ProtoFile) {
    this.names = new Names(file)
  }

  link(): void {
    const { element, packageName, features, types } = this.file
    types.push(...element.types.map((type) => this.declareType(type, packageName, features)))
    this.declareExtensions(element.extends, packageName, features, types, this.file.extensions)
    for (const service of element.services) {
      const fullName = this.names.declare(packageName, service.name, { kind: 'other' })
      this.later.push(() => {
        for (const method of service.methods) {
          const [input, output] = [method.input, method.output].map((name) => this.names.message(name, fullName))
          this.file.methods.set(method, { input: input!, output: output! })
        }
      })
    }
    for (const resolve of this.later) resolve()
  }

  private declareType(element: TypeElement, scope: string, around: Features): MessageType | EnumType {
    return element.kind === 'enum'
      ? this.declareEnum(element, scope, around)
      : this.declareMessage(element, scope, around)
  }

  private declareEnum(element: EnumElement, scope: string, around: Features): EnumType {
    const { name } = element
    const features = withFeatures(around, element.options)
    const fullName = this.names.fullName(scope, name)
    const numbers = new Map(element.constants.map((constant) => [constant.name, constant.number]))
    const type: EnumType = { kind: 'enum', name, fullName, file: this.file, element, features, numbers }
    this.names.declare(scope, name, type)
    // As in C++, constants stand beside their enum.
    for (const constant of element.constants) this.names.declare(scope, constant.name, { kind: 'other' })
    return type
  }

  private declareMessage(element: MessageElement, scope: string, around: Features, isMapEntry = false): MessageType {
    const { name, members } = element
    const features = withFeatures(around, element.options)
    const fullName = this.names.fullName(scope, name)
    const message: MessageType = {
      kind: 'message',
      name,
      fullName,
      file: this.file,
      element,
      features,
      fields: [],
      oneofs: [],
      types: [],
      extensions: [],
      extensionRanges: new NumberRanges(element.extensions.flatMap(({ ranges }) => ranges)),
      isMapEntry,
    }
    this.names.declare(scope, name, message)
    message.types.push(...element.types.map((type) => this.declareType(type, fullName, features)))
    this.declareExtensions(element.extends, fullName, features, message.types, message.extensions)
    for (const member of members) {
      if (member.kind === 'field') this.declareField(member, message, features)
      else this.declareOneof(member, message)
    }
    return message
  }

  private declareOneof({ name, options, fields }: OneofElement, message: MessageType): void {
    const oneof: Oneof = { name, fields: [] }
    message.oneofs.push(oneof)
    this.names.declare(message.fullName, name, { kind: 'other' })
    const features = withFeatures(message.features, options)
    for (const field of fields) this.declareField(field, message, features, oneof)
  }

  private declareField(element: FieldElement, message: MessageType, features: Features, oneof?: Oneof): void {
    const { fullName, types } = message
    this.names.declare(fullName, element.name, { kind: 'other' })
    const inner = this.declareOwnType(element, fullName, features)
    if (inner !== undefined) types.push(inner)
    this.later.push(() => {
      const field = this.resolveField(element, fullName, features, inner, oneof)
      message.fields.push(field)
      oneof?.fields.push(field)
    })
  }

  /** The message that a group or a map brings along. */
  private declareOwnType(element: FieldElement, scope: string, features: Features): MessageType | undefined {
    if (element.group !== undefined) return this.declareMessage(element.group, scope, features)
    return element.map && this.declareMessage(mapEntryOf(element.name, element.map), scope, features, true)
  }

  private declareExtensions(
    elements: readonly ExtendElement[],
    scope: string,
    features: Features,
    types: (MessageType | EnumType)[],
    extensions: Field[],
  ): void {
    for (const element of elements) {
      for (const field of element.fields) {
        this.names.declare(scope, field.name, { kind: 'other' })
        const inner = this.declareOwnType(field, scope, features)
        if (inner !== undefined) types.push(inner)
        this.later.push(() => {
          const extendee = this.names.message(element.name, scope)
          extensions.push({ ...this.resolveField(field, scope, features, inner), extendee })
        })
      }
    }
  }

  private resolveField(
    element: FieldElement,
    scope: string,
    around: Features,
    inner: MessageType | undefined,
    oneof?: Oneof,
  ): Field {
    const { name, number, label, type: typeName, options } = element
    const features = withFeatures(around, options)
    const named = inner ?? (isScalar(typeName) ? undefined : this.names.type(typeName, scope))
    const type = typeOf(element, features, named)
    const isProto3 = this.file.element.syntax === 'proto3'
    const isRepeated = label === 'repeated' || element.map !== undefined
    const isMap = named?.kind === 'message' && named.isMapEntry && isRepeated
    const isProto3Optional = isProto3 && label === 'optional' && oneof === undefined
    const packed = optionOf(options, 'packed')
    const isPacked = packed === undefined ? features.repeated_field_encoding === 'PACKED' : isTrue(packed)
    const jsonName = optionOf(options, 'json_name')
    const isImplicit = features.field_presence === 'IMPLICIT' && oneof === undefined && !isProto3Optional
    return {
      name,
      fullName: this.names.fullName(scope, name),
      jsonName: jsonName?.kind === 'string' ? jsonName.bytes.toString() : jsonNameOf(name),
      number,
      element,
      type,
      message: named?.kind === 'message' ? named : undefined,
      enumType: named?.kind === 'enum' ? named : undefined,
      isRepeated,
      isRequired: label === 'required' || (!isRepeated && features.field_presence === 'LEGACY_REQUIRED'),
      isMap,
      oneof,
      isProto3Optional,
      hasPresence: !isRepeated && (named?.kind === 'message' || !isImplicit),
      isPacked: isRepeated && isPacked && !UNPACKABLE.includes(type),
      isUtf8Checked: features.utf8_validation === 'VERIFY',
      isEnumClosed:
        this.file.element.syntax === undefined || this.file.element.syntax === 'proto2'
          ? true
          : named?.features.enum_type === 'CLOSED',
      defaultValue: optionOf(options, 'default'),
    }
  }
}

function typeOf(element: FieldElement, features: Features, named: MessageType | EnumType | undefined): Field['type'] {
  if (named?.kind === 'enum') return 'enum'
  if (named === undefined) return element.type as Field['type']
  const isDelimited = features.message_encoding === 'DELIMITED' && !named.isMapEntry
  return element.group !== undefined || isDelimited ? 'group' : 'message'
}

/** `map<K, V> my_field` repeats a message `MyFieldEntry`. */
function mapEntryOf(fieldName: string, { key, value }: { key: string; value: string }): MessageElement {
  const field = (name: string, type: string, number: number): FieldElement => ({
    kind: 'field',
    type,
    name,
    number,
    options: [],
  })
  const camel = jsonNameOf(`_${fieldName}`)
  return {
    kind: 'message',
    name: `${camel}Entry`,
    options: [],
    reserved: [],
    members: [field('key', key, 1), field('value', value, 2)],
    extensions: [],
    extends: [],
    types: [],
  }
}
