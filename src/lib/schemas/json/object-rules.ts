import { difference, type Comparison, type Conjunction } from './rules.ts'
import { isEqual, isObject, isSchema, type JsonSchema, type Keywords } from './document.ts'
import type { Facts } from './facts.ts'
import { matches } from './scalar-rules.ts'

type Schemas = Readonly<Record<string, unknown>>

/** Content models: which names there may be, and with what. */
export function objectReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  if (!facts.has('object')) return []
  return [
    ...requiredReasons(reader, facts, path, comparison),
    ...propertyReasons(reader, facts, path, comparison),
    ...patternReasons(reader, facts, path, comparison),
    ...additionalReasons(reader, facts, path, comparison),
    ...nameReasons(reader, facts, path, comparison),
    ...countReasons(reader, facts, path),
    ...dependencyReasons(reader, facts, path, comparison),
    ...unevaluatedReasons(reader, 'unevaluatedProperties', facts, path),
  ]
}

/** One that has a default need not have been written: readers put it in. */
function requiredReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  const { required } = reader
  if (!Array.isArray(required)) return []
  const written = facts.required
  const hasDefault = (name: string): boolean => {
    const schema = comparison.dereferenced(schemasOf(reader, 'properties')[name] as JsonSchema)
    return isObject(schema) && schema['default'] !== undefined
  }
  return (required as string[])
    .filter((name) => !written.has(name) && !hasDefault(name))
    .map((name) =>
      difference(
        'REQUIRED_ATTRIBUTE_ADDED',
        `${path}/required`,
        `The reader schema requires ${name}, which need not be written`,
      ),
    )
}

function propertyReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  return Object.entries(schemasOf(reader, 'properties')).flatMap(([name, schema]) => {
    if (!isSchema(schema)) return []
    const place = `${path}/properties/${name}`
    const written = facts.parts.flatMap((part) => schemasFor(part, name))
    const reasons = comparison.compare(schema, written, place)
    const isNew = reasons.length > 0 && facts.parts.every((part) => !isNamed(part, name))
    return isNew
      ? [
          difference(
            written.length === 0
              ? 'PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL'
              : 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
            place,
            `The reader schema has a property ${name} that may have been written as anything else`,
          ),
        ]
      : reasons
  })
}

function patternReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  return Object.entries(schemasOf(reader, 'patternProperties')).flatMap(([pattern, schema]) => {
    if (!isSchema(schema)) return []
    const place = `${path}/patternProperties/${pattern}`
    const same = facts.parts.flatMap((part) => schemaIn(part, 'patternProperties', pattern))
    const named = namesOf(facts.parts).filter((name) => matches(pattern, [name]))
    return [
      ...named.flatMap((name) =>
        comparison.compare(
          schema,
          facts.parts.flatMap((part) => schemasFor(part, name)),
          place,
        ),
      ),
      // Every other name that fits has what the writer says of the pattern, or of names that it does not know.
      ...comparison.compare(schema, same.length > 0 ? same : facts.parts.flatMap(additional), place),
    ]
  })
}

function additionalReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  const schema = reader['additionalProperties']
  if (!isSchema(schema) || schema === true) return []
  const place = `${path}/additionalProperties`
  const [names, patterns] = [schemasOf(reader, 'properties'), Object.keys(schemasOf(reader, 'patternProperties'))]
  const isKnown = (name: string): boolean =>
    Object.hasOwn(names, name) || patterns.some((pattern) => matches(pattern, [name]))
  const unknown = namesOf(facts.parts).filter((name) => !isKnown(name))
  const others = patternsOf(facts.parts).filter((pattern) => !patterns.includes(pattern))
  const reasons = [
    ...unknown.flatMap((name) =>
      comparison.compare(
        schema,
        facts.parts.flatMap((part) => schemasFor(part, name)),
        `${path}/properties/${name}`,
      ),
    ),
    ...others.flatMap((pattern) =>
      comparison.compare(
        schema,
        facts.parts.flatMap((part) => schemaIn(part, 'patternProperties', pattern)),
        place,
      ),
    ),
  ]
  if (schema === false && reasons.length > 0)
    return [
      difference(
        'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
        place,
        `The reader schema does not take ${[...unknown, ...others].join(', ')}`,
      ),
    ]
  const open = comparison.compare(schema, facts.parts.flatMap(additional), place)
  if (open.length === 0 || schema !== false) return [...reasons, ...open]
  return [
    difference('ADDITIONAL_PROPERTIES_REMOVED', place, 'The reader schema takes no property that it does not know'),
  ]
}

function nameReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  const schema = reader['propertyNames']
  if (!isSchema(schema)) return []
  const isClosed = facts.all('additionalProperties').includes(false) && patternsOf(facts.parts).length === 0
  const known = isClosed ? [{ enum: namesOf(facts.parts) }] : []
  return comparison.compare(schema, [NAME, ...known, ...facts.schemas('propertyNames')], `${path}/propertyNames`)
}

const NAME: JsonSchema = { type: 'string' }

function countReasons(reader: Keywords, facts: Facts, path: string): string[] {
  const isClosed = facts.all('additionalProperties').includes(false) && patternsOf(facts.parts).length === 0
  const least = Math.max(facts.atLeast('minProperties') ?? 0, facts.required.size)
  const most = Math.min(facts.atMost('maxProperties') ?? Infinity, isClosed ? namesOf(facts.parts).length : Infinity)
  const { minProperties, maxProperties } = reader
  return [
    ...(typeof minProperties === 'number' && least < minProperties
      ? [
          difference(
            'MIN_PROPERTIES_INCREASED',
            `${path}/minProperties`,
            `The reader schema wants ${minProperties} properties`,
          ),
        ]
      : []),
    ...(typeof maxProperties === 'number' && most > maxProperties
      ? [
          difference(
            'MAX_PROPERTIES_DECREASED',
            `${path}/maxProperties`,
            `The reader schema takes no more than ${maxProperties} properties`,
          ),
        ]
      : []),
  ]
}

/** What has to be there, or to hold, where a property is. */
function dependencyReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  return dependenciesOf(reader).flatMap(([name, wanted]) => {
    const isNeverThere = facts.parts.some((part) => schemasFor(part, name).includes(false))
    if (isNeverThere) return []
    const written = facts.parts.flatMap((part) => dependenciesOf(part).filter(([other]) => other === name))
    const place = `${path}/dependencies/${name}`
    if (isSchema(wanted)) {
      const schemas = written.map(([, schema]) => schema).filter(isSchema)
      return comparison.compare(wanted, [...facts.parts, ...schemas], place)
    }
    const names = written.flatMap(([, needed]) => (Array.isArray(needed) ? (needed as string[]) : []))
    const missing = (wanted as string[]).filter((needed) => !names.includes(needed) && !facts.required.has(needed))
    return missing.map((needed) =>
      difference('DEPENDENCY_ARRAY_EXTENDED', place, `The reader schema wants ${needed} wherever ${name} is`),
    )
  })
}

const dependenciesOf = (part: Keywords): [string, unknown][] =>
  ['dependencies', 'dependentRequired', 'dependentSchemas']
    .flatMap((keyword) => Object.entries(schemasOf(part, keyword)))
    .filter(([, value]) => isSchema(value) || Array.isArray(value))

/** What they mean depends on everything beside them: they have to be the same. */
export function unevaluatedReasons(reader: Keywords, keyword: string, facts: Facts, path: string): string[] {
  const schema = reader[keyword]
  if (schema === undefined || schema === true) return []
  const isSame = facts.all(keyword).some((other) => isEqual(other, schema))
  return isSame
    ? []
    : [difference('UNEVALUATED_CHANGED', `${path}/${keyword}`, `The reader schema has another ${keyword}`)]
}

/** What a schema says of a name; nothing where anything goes. */
function schemasFor(part: Keywords, name: string): JsonSchema[] {
  const found = [
    ...schemaIn(part, 'properties', name),
    ...Object.entries(schemasOf(part, 'patternProperties'))
      .filter(([pattern, schema]) => isSchema(schema) && matches(pattern, [name]))
      .map(([, schema]) => schema as JsonSchema),
  ]
  return found.length > 0 ? found : additional(part)
}

const isNamed = (part: Keywords, name: string): boolean => schemaIn(part, 'properties', name).length > 0

/** What a schema says of names that it does not know. */
function additional(part: Keywords): JsonSchema[] {
  const schema = part['additionalProperties']
  return isSchema(schema) && schema !== true ? [schema] : []
}

function schemaIn(part: Keywords, keyword: string, name: string): JsonSchema[] {
  const schemas = schemasOf(part, keyword)
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
  return isSchema(schema) ? [schema] : []
}

const schemasOf = (part: Keywords, keyword: string): Schemas => (isObject(part[keyword]) ? part[keyword] : {})

const namesOf = (parts: Conjunction): string[] => keysOf(parts, 'properties')
const patternsOf = (parts: Conjunction): string[] => keysOf(parts, 'patternProperties')
const keysOf = (parts: Conjunction, keyword: string): string[] => [
  ...new Set(parts.filter(isObject).flatMap((part) => Object.keys(schemasOf(part, keyword)))),
]
