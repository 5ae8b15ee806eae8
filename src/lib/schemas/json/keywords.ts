/** Where the schemas within a schema stand (all drafts together). */
export const SCHEMA: readonly string[] = [
  'additionalItems',
  'unevaluatedItems',
  'items',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]
export const SCHEMA_LIST: readonly string[] = ['prefixItems', 'items', 'allOf', 'anyOf', 'oneOf']
export const SCHEMA_MAP: readonly string[] = [
  '$defs',
  'definitions',
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
]

export const TYPES: readonly string[] = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']

type Check = readonly [what: string, fits: (value: unknown) => boolean]

const WHOLE: Check = ['a whole number from 0', (value) => Number.isInteger(value) && Number(value) >= 0]
const NUMBER: Check = ['a number', (value) => typeof value === 'number']
const TEXT: Check = ['a string', (value) => typeof value === 'string']
const BOOLEAN: Check = ['true or false', (value) => typeof value === 'boolean']
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((text) => typeof text === 'string')

/** What the values of other keywords have to be. */
export const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['type', ['a type, or a list of them', isType]],
  ['enum', ['a list', Array.isArray]],
  ['required', ['a list of strings', (value) => isTexts(value) || typeof value === 'boolean']],
  ['multipleOf', ['a number above 0', (value) => typeof value === 'number' && value > 0]],
  ['maximum', NUMBER],
  ['minimum', NUMBER],
  ['exclusiveMaximum', ['a number, or in draft 4 true or false', isBound]],
  ['exclusiveMinimum', ['a number, or in draft 4 true or false', isBound]],
  ['maxLength', WHOLE],
  ['minLength', WHOLE],
  ['maxItems', WHOLE],
  ['minItems', WHOLE],
  ['maxContains', WHOLE],
  ['minContains', WHOLE],
  ['maxProperties', WHOLE],
  ['minProperties', WHOLE],
  ['uniqueItems', BOOLEAN],
  ['pattern', ['a regular expression', isPattern]],
  ['format', TEXT],
  ['$ref', TEXT],
  ['$id', TEXT],
  ['$anchor', TEXT],
  ['title', TEXT],
  ['description', TEXT],
])

function isType(value: unknown): boolean {
  const types: unknown[] = Array.isArray(value) ? value : [value]
  return types.every((type) => TYPES.includes(type as string))
}

function isBound(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}

export function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp
  } catch {
    return isLoosePattern(value as string)
  }
}

/** Other languages take escapes that JavaScript's strict mode does not: `\-`. */
function isLoosePattern(value: string): boolean {
  try {
    return new RegExp(value) instanceof RegExp
  } catch {
    return false
  }
}
