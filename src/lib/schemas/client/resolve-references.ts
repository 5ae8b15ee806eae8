import { SchemaError, type ResolvedReference, type SchemaReference } from '../format.ts'
import type { SchemaText } from './registry-client.ts'

/** More than any schema that people write refers to. */
const MOST = 1000

/**
 * What a schema refers to, and what that does in its turn, in the order in which they build on each other. `fetch` gets
 * a version of a subject. Throws SchemaError for references in a circle, or without end, and what `fetch` throws.
 */
export async function resolveReferences(
  references: readonly SchemaReference[],
  fetch: (reference: SchemaReference) => Promise<SchemaText>,
): Promise<ResolvedReference[]> {
  const resolved = new Map<string, ResolvedReference>()
  await resolveAll(references, [])
  return [...resolved.values()]

  async function resolveAll(wanted: readonly SchemaReference[], path: readonly string[]): Promise<void> {
    for (const reference of wanted) {
      const { name, subject, version } = reference
      if (path.includes(name)) throw new SchemaError(`its references go in a circle: ${[...path, name].join(', ')}`)
      if (resolved.has(name)) continue
      if (resolved.size + path.length >= MOST) throw new SchemaError(`it refers to more than ${MOST} others`)
      const found = await fetch({ name, subject, version })
      await resolveAll(found.references, [...path, name])
      resolved.set(name, { name, text: found.text })
    }
  }
}
