import { isSchema, type JsonSchema } from './document.ts'

/** A reason as Confluent's registry writes them. */
export const difference = (errorType: string, path: string, description: string): string =>
  `{errorType:'${errorType}', description:'${description}', additionalInfo:'${path}'}`

/** Schemas that hold together, all of the writer. */
export type Conjunction = readonly JsonSchema[]

/** What rules need to go on with the schemas within a schema. */
export interface Comparison {
  /** Why the reader does not take what the writer writes; empty where it does. */
  compare(reader: JsonSchema, writer: Conjunction, path: string): string[]
  /** A schema of the reader without its `$ref`. */
  dereferenced(reader: JsonSchema): JsonSchema
}

/** The schemas of a list of them. */
export const listOf = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.filter(isSchema) : [])
