import { extname } from 'node:path'
import { UserError } from '../errors.ts'
import { readText } from '../files.ts'
import type { ResolvedReference, SchemaReference, SchemaType } from './format.ts'

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

/** What schemas refer to: in the registry, or in files. */
export interface References {
  readonly kept: readonly SchemaReference[]
  readonly files: readonly ResolvedReference[]
}

/** Reads what stands after `--reference`: NAME=SUBJECT:VERSION, NAME=FILE. Throws UserError. */
export function readReferences(pairs: readonly string[], cwd: string, option: string): References {
  const kept: SchemaReference[] = []
  const files: ResolvedReference[] = []
  for (const pair of pairs) {
    const [, name, place] = /^([^=]+)=(.+)$/s.exec(pair) ?? []
    if (name === undefined || place === undefined)
      throw new UserError(`${option} takes NAME=SUBJECT:VERSION or NAME=FILE, not "${pair}"`)
    const [, subject, version] = /^(.+):(\d+)$/s.exec(place) ?? []
    if (subject !== undefined) kept.push({ name, subject, version: Number(version) })
    else files.push({ name, text: readText(place, { cwd, before: `${option} ` }) })
  }
  return { kept, files }
}

/** Those of a schema that goes to a registry, which takes no files. Throws UserError. */
export function readKeptReferences(pairs: readonly string[], cwd: string, option: string): readonly SchemaReference[] {
  const { kept, files } = readReferences(pairs, cwd, option)
  if (files.length > 0)
    throw new UserError(`${option} ${files[0]!.name}: takes SUBJECT:VERSION here, as the registry has no files`)
  return kept
}
