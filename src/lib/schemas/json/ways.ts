import { isSchema, type JsonSchema, type Keywords } from './document.ts'
import type { Model } from './parse.ts'
import { listOf } from './rules.ts'

/**
 * In how many schemas one and the same value may be looked at, those within it left out: what `$ref` leads to counts
 * each time. Infinity for a schema that comes back to itself on the way.
 */
export function waysThrough(model: Model): number {
  const known = new Map<JsonSchema, number>()
  const ways = (schema: JsonSchema): number => {
    if (typeof schema === 'boolean') return 1
    const counted = known.get(schema)
    if (counted !== undefined) return counted
    // Until it is counted: whoever meets it again is in a circle.
    known.set(schema, Infinity)
    const sum = inPlace(schema, model).reduce((total, inner) => total + ways(inner), 1)
    known.set(schema, sum)
    return sum
  }
  const schemas = new Set([model.root, ...model.documents.values(), ...model.targets.keys(), ...model.targets.values()])
  return Math.max(...[...schemas].map(ways))
}

/** The schemas that are asked of the same value. */
function inPlace(schema: Keywords, { targets }: Model): JsonSchema[] {
  const single = [targets.get(schema), schema['not'], schema['if'], schema['then'], schema['else']]
  const dependent = [schema['dependentSchemas'], schema['dependencies']].flatMap((map) => Object.values(map ?? {}))
  return [
    ...[...single, ...dependent].filter((inner) => isSchema(inner)),
    ...['allOf', 'anyOf', 'oneOf'].flatMap((name) => listOf(schema[name])),
  ]
}
