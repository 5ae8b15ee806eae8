import { extname } from 'node:path'
import { UserError } from '../errors.ts'
import { readText } from '../files.ts'
import type { SchemaType } from './format.ts'

export interface SchemaFile {
  readonly type: SchemaType
  readonly text: string
}

const BY_EXTENSION: Readonly<Record<string, SchemaType>> = { '.avsc': 'AVRO', '.proto': 'PROTOBUF' }

/** Avro's complex types; a JSON Schema has other words there, and mostly $schema. */
const OF_AVRO = ['record', 'error', 'enum', 'fixed', 'map']

/**
 * A schema in a file, of a type that its name or its content says unless it is told. Throws UserError for a file that
 * cannot be read.
 */
export function readSchemaFile(path: string, cwd: string, option: string, type?: SchemaType): SchemaFile {
  const text = readText(path, { cwd, before: option === '' ? '' : `${option} ` })
  return { type: type ?? BY_EXTENSION[extname(path).toLowerCase()] ?? typeOfText(text), text }
}

/** The type that a text most likely is a schema of. */
export function typeOfText(text: string): SchemaType {
  try {
    const json: unknown = JSON.parse(text)
    return isAvro(json) ? 'AVRO' : 'JSON'
  } catch {
    return /^\s*[{["]/.test(text) ? 'AVRO' : 'PROTOBUF'
  }
}

function isAvro(json: unknown): boolean {
  if (typeof json === 'string' || Array.isArray(json)) return true
  if (typeof json !== 'object' || json === null) return false
  const { $schema, type, items } = json as Readonly<Record<string, unknown>>
  if ($schema !== undefined) return false
  if (type === 'array') return typeof items === 'string' || isAvro(items)
  return OF_AVRO.includes(type as string) || 'logicalType' in json
}

/** A type by its name in any case. Throws UserError. */
export function readSchemaType(text: string, option: string): SchemaType {
  const type = text.toUpperCase()
  if (type === 'AVRO' || type === 'PROTOBUF' || type === 'JSON') return type
  throw new UserError(`${option} takes avro, protobuf or json, not "${text}"`)
}
