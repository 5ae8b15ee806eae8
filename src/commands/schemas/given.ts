import { UserError } from '../../lib/errors.ts'
import { parseSchema, type RegistryClient, type SchemaText } from '../../lib/schemas/client/index.ts'
import { SchemaError, type ParsedSchema } from '../../lib/schemas/format.ts'
import { loadFormat } from '../../lib/schemas/formats.ts'
import { readKeptReferences, readReferences, readSchemaFile, readSchemaType } from '../../lib/schemas/schema-file.ts'
import type { SchemasOrder } from './access.ts'

/** The file of a schema, with what it refers to in the registry. Throws UserError. */
export function readGiven(file: string, order: SchemasOrder): SchemaText {
  const { values, context } = order
  const references = readKeptReferences(values.reference, context.cwd, '--reference')
  return { ...readFile(file, order), references }
}

/**
 * The file of a schema, parsed, with what it refers to in files, or in the registry if there is one. Throws UserError
 * that names the file.
 */
export async function parseFile(file: string, order: SchemasOrder, client?: RegistryClient): Promise<ParsedSchema> {
  const { type, text } = readFile(file, order)
  const { kept, files } = readReferences(order.values.reference, order.context.cwd, '--reference')
  if (kept.length > 0 && !client)
    throw new UserError(`--reference ${kept[0]!.name}: names a subject, and no registry is asked here: name a file`)
  if (kept.length > 0 && files.length > 0)
    throw new UserError('--reference takes all from files, or all from the registry')
  return named(file, async () =>
    client ? parseSchema({ type, text, references: kept }, client) : (await loadFormat(type)).parse(text, files),
  )
}

/** Throws UserError that begins with the name of the file. */
export async function named<T>(file: string, parse: () => Promise<T>): Promise<T> {
  try {
    return await parse()
  } catch (error) {
    throw error instanceof SchemaError ? new UserError(`${file}: ${error.message}`) : error
  }
}

const readFile = (file: string, { values: { schemaType }, context: { cwd } }: SchemasOrder) =>
  readSchemaFile(file, cwd, '', schemaType && readSchemaType(schemaType, '--schema-type'))
