import type { EnumElement, FieldElement, FileElement, MessageElement, MethodElement, OptionValue } from '../elements.ts'
import type { Features } from './features.ts'
import type { NumberRanges } from './number-ranges.ts'

export const SCALARS = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'bytes',
  'uint32',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
] as const

export type ScalarType = (typeof SCALARS)[number]

export const isScalar = (type: string): type is ScalarType => (SCALARS as readonly string[]).includes(type)

/** A `.proto` file whose names are resolved. */
export interface ProtoFile {
  readonly path: string
  readonly element: FileElement
  readonly packageName: string
  /** In the order of its imports. */
  readonly imports: readonly ProtoFile[]
  readonly features: Features
  /** In the order of the file, messages and enums mixed. */
  readonly types: (MessageType | EnumType)[]
  readonly extensions: Field[]
  /** Everything with a name in this file, by its full name: types, fields, constants, services. */
  readonly symbols: Map<string, ProtoSymbol>
  readonly methods: Map<MethodElement, MethodTypes>
}

export interface MethodTypes {
  readonly input: MessageType
  readonly output: MessageType
}

export type ProtoSymbol = MessageType | EnumType | { readonly kind: 'other' }

export interface MessageType {
  readonly kind: 'message'
  readonly name: string
  /** `package.Outer.Inner`, without a dot before it. */
  readonly fullName: string
  readonly file: ProtoFile
  readonly element: MessageElement
  readonly features: Features
  /** In the order of the file, without extensions. */
  readonly fields: Field[]
  readonly oneofs: Oneof[]
  readonly types: (MessageType | EnumType)[]
  readonly extensions: Field[]
  readonly extensionRanges: NumberRanges
  /** What a map field repeats: key 1 and value 2. */
  readonly isMapEntry: boolean
}

export interface Oneof {
  readonly name: string
  readonly fields: Field[]
}

export interface EnumType {
  readonly kind: 'enum'
  readonly name: string
  readonly fullName: string
  readonly file: ProtoFile
  readonly element: EnumElement
  readonly features: Features
  /** By the names of the constants. */
  readonly numbers: ReadonlyMap<string, number>
}

export interface Field {
  readonly name: string
  /** The name of an extension with its scope; of another field with its message. */
  readonly fullName: string
  readonly jsonName: string
  readonly number: number
  readonly element: FieldElement
  readonly type: ScalarType | 'message' | 'group' | 'enum'
  readonly message?: MessageType
  readonly enumType?: EnumType
  /** The message that an extension extends. */
  readonly extendee?: MessageType
  readonly isRepeated: boolean
  readonly isRequired: boolean
  readonly isMap: boolean
  /** A oneof that the file declares, not the one that `optional` of proto3 stands for. */
  readonly oneof?: Oneof
  readonly isProto3Optional: boolean
  /** Whether absence and the default value differ. */
  readonly hasPresence: boolean
  readonly isPacked: boolean
  readonly isUtf8Checked: boolean
  /** A number that the enum does not name counts as an unknown field. */
  readonly isEnumClosed: boolean
  readonly defaultValue?: OptionValue
}

export const messagesOf = (types: readonly (MessageType | EnumType)[]): MessageType[] =>
  types.filter((type) => type.kind === 'message')

export const enumsOf = (types: readonly (MessageType | EnumType)[]): EnumType[] =>
  types.filter((type) => type.kind === 'enum')

/** Messages that users declared: what a map repeats and groups are among them only where a descriptor lists them. */
export function findMessage(types: readonly (MessageType | EnumType)[], fullName: string): MessageType | undefined {
  for (const message of messagesOf(types)) {
    if (message.fullName === fullName) return message
    const found = fullName.startsWith(`${message.fullName}.`) ? findMessage(message.types, fullName) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The name in JSON where the file gives none, as protoc makes it. */
export const jsonNameOf = (name: string): string =>
  name.replace(/_+([^_])?/g, (_, next: string | undefined) => (next ?? '').replace(/[a-z]/, (c) => c.toUpperCase()))
