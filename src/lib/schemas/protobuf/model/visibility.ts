import { SchemaError } from '../../format.ts'
import { messagesOf, type EnumType, type Field, type MessageType, type ProtoFile } from './types.ts'

type Type = MessageType | EnumType

/**
 * Throws SchemaError where a file uses a type that another one keeps for itself, or exports what it must not: the rules
 * of edition 2024 (protobuf.dev, Symbol Visibility).
 */
export function validateVisibility(file: ProtoFile): void {
  for (const { input, output } of file.methods.values()) for (const type of [input, output]) validateUse(type, file)
  for (const field of file.extensions) validateField(field, file)
  validateWithin(file.types, file)
}

function validateWithin(types: readonly Type[], file: ProtoFile): void {
  for (const message of messagesOf(types)) {
    for (const field of [...message.fields, ...message.extensions]) validateField(field, file)
    if (file.features.default_symbol_visibility === 'STRICT')
      for (const inner of message.types) validateStrictly(inner, message)
    validateWithin(message.types, file)
  }
}

function validateField({ message, enumType, extendee }: Field, file: ProtoFile): void {
  for (const type of [message, enumType, extendee]) if (type !== undefined) validateUse(type, file)
}

function validateUse(type: Type, file: ProtoFile): void {
  if (type.file !== file && !isExported(type))
    throw new SchemaError(`"${type.fullName}" is local to "${type.file.path}"; export makes it visible elsewhere`)
}

function isExported({ element, fullName, name, file }: Type): boolean {
  if (element.visibility !== undefined) return element.visibility === 'export'
  const byDefault = file.features.default_symbol_visibility
  const isTopLevel = fullName === (file.packageName === '' ? name : `${file.packageName}.${name}`)
  return byDefault === 'EXPORT_ALL' || (byDefault === 'EXPORT_TOP_LEVEL' && isTopLevel)
}

/** Nothing nested is exported, but for an enum in a local message that is only there to give it a namespace. */
function validateStrictly(inner: Type, outer: MessageType): void {
  if (inner.element.visibility !== 'export' || (inner.kind === 'enum' && isNamespace(outer))) return
  throw new SchemaError(`"${inner.fullName}" is nested, and cannot be exported with default_symbol_visibility = STRICT`)
}

function isNamespace(message: MessageType): boolean {
  const ranges = message.element.reserved.flatMap((reserved) => reserved.ranges)
  const [only] = ranges
  const isTopLevel = message.file.types.includes(message)
  return isTopLevel && !isExported(message) && ranges.length === 1 && only!.start === 1 && only!.end === Infinity
}
