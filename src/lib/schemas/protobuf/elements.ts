/** The editions of Protobuf whose rules are known. */
export const EDITIONS: readonly string[] = ['2023', '2024']

/** What a `.proto` file says, in its order, with names as they are written: the parser makes it, `model/` links it. */
export interface FileElement {
  /** Undefined where the file does not say, which means proto2. */
  readonly syntax?: 'proto2' | 'proto3' | 'editions'
  /** `2023` of `edition = "2023"`. */
  readonly edition?: string
  readonly packageName?: string
  readonly imports: readonly ImportElement[]
  readonly options: readonly OptionElement[]
  readonly types: readonly TypeElement[]
  readonly extends: readonly ExtendElement[]
  readonly services: readonly ServiceElement[]
}

export interface ImportElement {
  readonly path: string
  /** `option` (edition 2024): for the options that the file declares alone. */
  readonly kind?: 'public' | 'weak' | 'option'
}

export type TypeElement = MessageElement | EnumElement

/** Whether other files may use a type, since edition 2024; where it is not said, a feature of the file settles it. */
export type Visibility = 'export' | 'local'

export interface MessageElement {
  readonly kind: 'message'
  readonly name: string
  readonly visibility?: Visibility
  readonly options: readonly OptionElement[]
  readonly reserved: readonly ReservedElement[]
  /** Fields, groups among them, and oneofs. */
  readonly members: readonly MemberElement[]
  readonly extensions: readonly ExtensionsElement[]
  readonly extends: readonly ExtendElement[]
  readonly types: readonly TypeElement[]
}

export type MemberElement = FieldElement | OneofElement

export interface FieldElement {
  readonly kind: 'field'
  readonly label?: 'required' | 'optional' | 'repeated'
  /** `group` for a group. */
  readonly type: string
  /** Of `map<string, .a.B>`, which has no label. */
  readonly map?: { readonly key: string; readonly value: string }
  /** A group's field is named like its message, in lower case. */
  readonly name: string
  readonly number: number
  readonly options: readonly OptionElement[]
  readonly group?: MessageElement
}

export interface OneofElement {
  readonly kind: 'oneof'
  readonly name: string
  readonly options: readonly OptionElement[]
  readonly fields: readonly FieldElement[]
}

export interface EnumElement {
  readonly kind: 'enum'
  readonly name: string
  readonly visibility?: Visibility
  readonly options: readonly OptionElement[]
  readonly reserved: readonly ReservedElement[]
  readonly constants: readonly ConstantElement[]
}

export interface ConstantElement {
  readonly name: string
  readonly number: number
  readonly options: readonly OptionElement[]
}

/** Both ends belong to it; `end` is Infinity for `max`. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface ReservedElement {
  readonly ranges: readonly Range[]
  readonly names: readonly string[]
}

export interface ExtensionsElement {
  readonly ranges: readonly Range[]
  readonly options: readonly OptionElement[]
}

export interface ExtendElement {
  /** The message that gets the fields. */
  readonly name: string
  readonly fields: readonly FieldElement[]
}

export interface ServiceElement {
  readonly name: string
  readonly options: readonly OptionElement[]
  readonly methods: readonly MethodElement[]
}

export interface MethodElement {
  readonly name: string
  readonly input: string
  readonly output: string
  readonly isInputStream: boolean
  readonly isOutputStream: boolean
  readonly options: readonly OptionElement[]
}

export interface OptionElement {
  /** `(a.b).c` has two parts, the first an extension. */
  readonly name: readonly OptionPart[]
  readonly value: OptionValue
}

export interface OptionPart {
  readonly name: string
  readonly isExtension: boolean
}

export type OptionValue =
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'identifier'; readonly text: string }
  | { readonly kind: 'message'; readonly fields: readonly AggregateField[] }
  | { readonly kind: 'list'; readonly values: readonly OptionValue[] }

/** A field of an option in the text format; an extension's name stands in brackets. */
export interface AggregateField {
  readonly name: string
  readonly value: OptionValue
}

/** The value of an option of one plain name, the last if it is given several times. */
export function optionOf(options: readonly OptionElement[], name: string): OptionValue | undefined {
  return options.findLast((option) => isPlain(option, name))?.value
}

export const isPlain = ({ name: parts }: OptionElement, name: string): boolean =>
  parts.length === 1 && parts[0]!.name === name && !parts[0]!.isExtension

export const isTrue = (value: OptionValue | undefined): boolean => value?.kind === 'identifier' && value.text === 'true'
