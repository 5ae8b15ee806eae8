import { SchemaError } from '../../format.ts'
import { type FileElement, isTrue, optionOf, type OptionValue, type ReservedElement } from '../elements.ts'
import { validateNames } from './naming-style.ts'
import { NumberRanges } from './number-ranges.ts'
import type { EnumType, Field, MessageType, ProtoFile } from './types.ts'
import { validateVisibility } from './visibility.ts'

const HIGHEST_NUMBER = 0x1fffffff
const KEYS = ['int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'fixed32', 'fixed64', 'sfixed32', 'sfixed64']

/** The rules of protoc that a linked file may still break, those first that make values ambiguous. */
export function validateFile(file: ProtoFile): void {
  validateImports(file.element)
  for (const type of file.types) validateType(type)
  for (const field of file.extensions) validateExtension(field, file)
  validateVisibility(file)
  validateNames(file.element)
}

/** Edition 2024 has replaced one way to import with another. */
function validateImports({ imports, edition = '' }: FileElement): void {
  const refused = edition >= '2024' ? 'weak' : 'option'
  const found = imports.find(({ kind }) => kind === refused)
  if (found === undefined) return
  const since = refused === 'weak' ? 'from edition 2024 on' : 'before edition 2024'
  throw new SchemaError(`"import ${refused}" of "${found.path}" is not possible ${since}`)
}

function validateType(type: MessageType | EnumType): void {
  if (type.kind === 'enum') return validateEnum(type)
  if (type.isMapEntry) return
  validateNumbers(type)
  for (const field of type.fields) validateField(field, type.file)
  for (const field of type.extensions) validateExtension(field, type.file)
  for (const { name, fields } of type.oneofs)
    if (fields.length === 0) throw new SchemaError(`oneof "${type.fullName}.${name}" has no field`)
  for (const inner of type.types) validateType(inner)
}

function validateEnum({ fullName, element, features }: EnumType): void {
  const { constants, options, reserved } = element
  if (constants.length === 0) throw new SchemaError(`enum "${fullName}" has no constant`)
  if (features.enum_type === 'OPEN' && constants[0]!.number !== 0)
    throw new SchemaError(`the first constant of enum "${fullName}" must be 0`)
  const names = new Map<number, string>()
  const isReserved = reservation(reserved)
  const mayAlias = isTrue(optionOf(options, 'allow_alias'))
  for (const { name, number } of constants) {
    const other = names.get(number)
    if (other !== undefined && !mayAlias)
      throw new SchemaError(`"${other}" and "${name}" of enum "${fullName}" are both ${number}; see allow_alias`)
    names.set(number, name)
    if (isReserved(name, number)) throw new SchemaError(`"${name}" of enum "${fullName}" is reserved`)
  }
}

function validateNumbers({ fullName, fields, element, extensionRanges }: MessageType): void {
  const names = new Map<number, string>()
  const isReserved = reservation(element.reserved)
  for (const { name, number } of fields) {
    const other = names.get(number)
    if (other !== undefined)
      throw new SchemaError(`"${other}" and "${name}" of "${fullName}" both have number ${number}`)
    names.set(number, name)
    if (isReserved(name, number)) throw new SchemaError(`"${fullName}.${name}" = ${number} is reserved`)
    if (extensionRanges.has(number))
      throw new SchemaError(`"${fullName}.${name}" = ${number} is in a range for extensions`)
  }
}

function validateExtension(field: Field, file: ProtoFile): void {
  const extendee = field.extendee!
  validateField(field, file)
  if (!extendee.extensionRanges.has(field.number))
    throw new SchemaError(
      `"${extendee.fullName}" has no range of extensions with ${field.number} of "${field.fullName}"`,
    )
  if (field.isRequired) throw new SchemaError(`extension "${field.fullName}" must not be required`)
}

function validateField(field: Field, file: ProtoFile): void {
  const { fullName, number, element } = field
  if (number < 1 || number > HIGHEST_NUMBER)
    throw new SchemaError(`number ${number} of "${fullName}" is not between 1 and ${HIGHEST_NUMBER}`)
  if (number >= 19000 && number <= 19999)
    throw new SchemaError(`number ${number} of "${fullName}" is reserved for protobuf itself (19000 to 19999)`)
  const problem =
    labelProblem(field, file.element.syntax ?? 'proto2') ??
    defaultProblem(field, file) ??
    stringTypeProblem(field, file)
  if (problem !== undefined) throw new SchemaError(`"${fullName}" ${problem}`)
  const { map } = element
  if (map !== undefined && !KEYS.includes(map.key) && map.key !== 'string' && map.key !== 'bool')
    throw new SchemaError(`"${fullName}" cannot have keys of type ${map.key}`)
}

/** `oneof` and `map` have no label, proto2 always one, proto3 no `required`, editions neither that nor `optional`. */
function labelProblem({ oneof, element, message }: Field, syntax: string): string | undefined {
  const { label, map, group } = element
  if ((oneof !== undefined || map !== undefined) && label !== undefined) return `must not be ${label}`
  if (syntax === 'proto2') {
    const needsLabel = label === undefined && oneof === undefined && map === undefined
    return needsLabel ? 'must be optional, required or repeated' : undefined
  }
  if (group !== undefined && message !== undefined) return `is a group, which ${syntax} has not`
  if (label === 'required') return `must not be required in ${syntax}`
  return label === 'optional' && syntax === 'editions' ? 'must not be optional in editions' : undefined
}

function stringTypeProblem({ element }: Field, { element: { edition = '' } }: ProtoFile): string | undefined {
  return edition >= '2024' && optionOf(element.options, 'ctype') !== undefined
    ? 'must not have a ctype from edition 2024 on; features.(pb.cpp).string_type is its successor'
    : undefined
}

function defaultProblem({ defaultValue, type, isRepeated, enumType }: Field, file: ProtoFile): string | undefined {
  if (defaultValue === undefined) return undefined
  if (file.element.syntax === 'proto3') return 'must not have a default in proto3'
  if (isRepeated || type === 'message' || type === 'group') return 'must not have a default'
  if (type === 'string' || type === 'bytes')
    return defaultValue.kind === 'string' ? undefined : 'needs a string as default'
  if (type === 'bool')
    return ['true', 'false'].includes(textOf(defaultValue)) ? undefined : 'needs true or false as default'
  if (enumType !== undefined) {
    return enumType.numbers.has(textOf(defaultValue))
      ? undefined
      : `has a default that is no constant of ${enumType.fullName}`
  }
  return defaultValue.kind === 'number' || /^(?:inf|nan)$/.test(textOf(defaultValue))
    ? undefined
    : 'needs a number as default'
}

const textOf = (value: OptionValue): string => ('text' in value ? value.text : '')

function reservation(reserved: readonly ReservedElement[]): (name: string, number: number) => boolean {
  const names = new Set(reserved.flatMap((element) => element.names))
  const numbers = new NumberRanges(reserved.flatMap(({ ranges }) => ranges))
  return (name, number) => names.has(name) || numbers.has(number)
}
