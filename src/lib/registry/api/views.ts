import { SchemaError } from '../../schemas/format.ts'
import { invalidSchema } from '../errors.ts'
import type { Version } from '../stored.ts'
import type { Call } from './route.ts'

/** A version as the API shows it. What newer clients know beside it goes only to those that say so. */
export const viewOf = async (version: Version, call: Call): Promise<object> => ({
  subject: version.subject,
  version: version.version,
  id: version.id,
  ...(await contentView(version, call)),
})

/** The same without its place. */
export async function contentView(version: Version, call: Call): Promise<object> {
  const { schemaType, references, metadata, ruleSet, guid, ts, deleted } = version
  return {
    ...(call.isModern && { guid }),
    ...((schemaType !== 'AVRO' || call.isModern) && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
    schema: await textIn(version, call),
    ...(call.isModern && { ts, deleted }),
  }
}

/** The text of a schema, in the format that is asked for: `format=serialized`. Throws RegistryError 42201. */
export async function textIn(version: Version, { query, registry }: Call): Promise<string> {
  const format = query.get('format') ?? ''
  if (format === '') return version.schema
  const parsed = await registry.parser.parseVersion(version)
  try {
    return parsed.formatted?.(format) ?? version.schema
  } catch (error) {
    throw error instanceof SchemaError ? invalidSchema(error.message) : error
  }
}
