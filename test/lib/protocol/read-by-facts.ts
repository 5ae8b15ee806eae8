import type { Reader } from '../../../src/lib/protocol/bytes.ts'
import { camelCase, isTaggedFields, type WireArray, type WireField, type WireType } from './facts.ts'

/**
 * Reads a message as the facts describe it: another reading of the protocol than the compiled one, to hold that
 * against. Tagged fields that are not on the wire are left out. The facts do not tell which structs may be null:
 * `nullableStructs` names them.
 */
export function readByFacts(
  reader: Reader,
  fields: readonly WireField[],
  nullableStructs: ReadonlySet<string>,
): Record<string, unknown> {
  const message: Record<string, unknown> = {}
  for (const field of fields) {
    if (isTaggedFields(field)) readTagged(reader, field[1], nullableStructs, message)
    else message[camelCase(field[0])] = readField(reader, field as readonly [string, WireType], nullableStructs)
  }
  return message
}

function readTagged(
  reader: Reader,
  tags: Readonly<Record<string, WireField>>,
  nullableStructs: ReadonlySet<string>,
  message: Record<string, unknown>,
): void {
  let previous = -1
  for (let count = reader.uvarint(); count > 0; count -= 1) {
    const tag = reader.uvarint()
    const end = reader.uvarint() + reader.position
    const field = tags[tag] as readonly [string, WireType] | undefined
    if (field === undefined || tag <= previous) throw new Error(`tag ${tag} after ${previous}`)
    message[camelCase(field[0])] = readField(reader, field, nullableStructs)
    if (reader.position !== end) throw new Error(`tag ${tag} says that it ends at ${end}, not at ${reader.position}`)
    previous = tag
  }
}

function readField(
  reader: Reader,
  [name, type]: readonly [string, WireType],
  nullableStructs: ReadonlySet<string>,
): unknown {
  if (Array.isArray(type) && nullableStructs.has(camelCase(name)) && reader.int8() < 0) return null
  return readType(reader, type, nullableStructs)
}

function readType(reader: Reader, type: WireType, nullableStructs: ReadonlySet<string>): unknown {
  if (typeof type === 'string') return readScalar(reader, type)
  if (Array.isArray(type)) return readByFacts(reader, type as readonly WireField[], nullableStructs)
  const { array, compactArray, nullable } = type as WireArray
  const length = array === undefined ? reader.uvarint() - 1 : reader.int32()
  if (length === -1 && nullable) return null
  return Array.from({ length }, () => readType(reader, (array ?? compactArray)!, nullableStructs))
}

function readScalar(reader: Reader, type: string): unknown {
  switch (type) {
    case 'BOOLEAN':
      return reader.int8() === 1
    case 'INT8':
      return reader.int8()
    case 'INT16':
      return reader.int16()
    case 'UINT16':
      return reader.uint16()
    case 'INT32':
      return reader.int32()
    case 'INT64':
      return reader.int64()
    case 'FLOAT64':
      return reader.float64()
    case 'UUID':
      return readBlob(reader, 16).toString('base64url')
  }
  const isCompact = type.startsWith('COMPACT_')
  const isString = type.endsWith('STRING')
  const length = isCompact ? reader.uvarint() - 1 : isString ? reader.int16() : reader.int32()
  if (length === -1 && type.includes('NULLABLE_')) return null
  const blob = readBlob(reader, length)
  return isString ? blob.toString() : blob
}

function readBlob(reader: Reader, length: number): Buffer {
  const at = reader.position
  reader.skip(length)
  return reader.buffer.subarray(at, at + length)
}
