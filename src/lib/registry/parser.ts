import {
  SchemaError,
  SchemaTooLargeError,
  type ParsedSchema,
  type ParseOptions,
  type ResolvedReference,
  type SchemaReference,
} from '../schemas/format.ts'
import { loadFormat } from '../schemas/formats.ts'
import type { Catalog } from './catalog.ts'
import { invalidSchema, tooLarge } from './errors.ts'
import { contextOf, subjectIn } from './subject.ts'
import type { SchemaContent, Version } from './stored.ts'

/** What has been parsed and is kept, at most: models are many times the size of their text. */
const MOST_KEPT = 1000
const MOST_REFERENCES = 1000
const MOST_SHOWN = 300

/** Parses schemas with what they refer to. */
export class SchemaParser {
  /** By guid: it says what a schema refers to as well. The one used last stands last. */
  private readonly kept = new Map<string, ParsedSchema>()

  constructor(private readonly catalog: Catalog) {}

  /** One that is registered. Throws RegistryError 42201 where it was registered by others and means nothing here. */
  async parseVersion(version: Version): Promise<ParsedSchema> {
    const key = `${version.schemaType} ${contextOf(version.subject)} ${version.guid}`
    const parsed = this.kept.get(key) ?? (await this.parse(version, contextOf(version.subject), { isKept: true }))
    this.kept.delete(key)
    this.kept.set(key, parsed)
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value!)
    return parsed
  }

  /** Throws RegistryError 42201 for what is no schema, or refers to what is not there; 42209 for one too large. */
  async parse(content: SchemaContent, context: string, options: ParseOptions = {}): Promise<ParsedSchema> {
    const { schemaType, schema, references } = content
    if (schema === '') throw invalidSchema('Empty schema')
    try {
      const format = await loadFormat(schemaType)
      return format.parse(schema, this.resolve(references, context), options)
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error
      if (error instanceof SchemaTooLargeError) throw tooLarge(`Schema is too large: ${error.message}`)
      throw invalidSchema(
        `Invalid schema ${shown(schema)} with refs ${JSON.stringify(references)} of type ${schemaType}, details: ${error.message}`,
      )
    }
  }

  /** Each once, after those that it needs. */
  private resolve(references: readonly SchemaReference[], context: string): ResolvedReference[] {
    const found = new Map<string, ResolvedReference>()
    const visited = new Set<string>()
    const visit = ({ name, subject, version }: SchemaReference, within: string): void => {
      const named = subjectIn(within, subject)
      const target = this.referenced(named, version)
      if (!target) throw new SchemaError(`No schema reference found for subject "${subject}" and version ${version}`)
      const key = `${name} ${target.version} ${named}`
      if (visited.has(key)) return
      visited.add(key)
      if (visited.size > MOST_REFERENCES) throw new SchemaError(`more than ${MOST_REFERENCES} schemas are referred to`)
      for (const further of target.references) visit(further, contextOf(named))
      if (!found.has(name)) found.set(name, { name, text: target.schema })
    }
    for (const reference of references) visit(reference, context)
    return [...found.values()]
  }

  /** Soft-deleted ones still serve those that refer to them; -1 is the latest. */
  private referenced(subject: string, version: number): Version | undefined {
    return version === -1 ? this.catalog.versions(subject).at(-1) : this.catalog.version(subject, version)
  }
}

const shown = (schema: string): string =>
  schema.length > MOST_SHOWN ? `${schema.slice(0, MOST_SHOWN)}… (${schema.length} characters)` : schema
