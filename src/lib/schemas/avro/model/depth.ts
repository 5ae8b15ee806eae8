import { SchemaError } from '../../format.ts'
import { type AvroType, isNamed, type NamedType } from './types.ts'

/** Types that name one another make a way deeper than their text is; everything that walks a type goes it. */
const DEEPEST = 500

/** Throws SchemaError. */
export function checkDepth(type: AvroType): void {
  walk(type, 0, new Set())
}

function walk(type: AvroType, depth: number, seen: Set<NamedType>): void {
  if (depth > DEEPEST) throw new SchemaError(`types nest deeper than ${DEEPEST} levels, from one name to the next`)
  if (isNamed(type)) {
    if (seen.has(type)) return
    seen.add(type)
  }
  for (const inner of within(type)) walk(inner, depth + 1, seen)
}

function within(type: AvroType): readonly AvroType[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.type)
    case 'array':
      return [type.items]
    case 'map':
      return [type.values]
    case 'union':
      return type.branches
    default:
      return []
  }
}
