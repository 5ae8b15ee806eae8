import { suggest } from '../suggest.ts'
import { UserError } from '../errors.ts'
import { checkProperty } from './client-property.ts'
import type { YamlField } from './yaml-file.ts'

/** Readers of fields; each throws UserError that names the file, the line and the nearest thing that would be right. */

/** The fields of a section, all of which have to be known ones. */
export function readSection(field: YamlField, what: string, known?: readonly string[]): ReadonlyMap<string, YamlField> {
  const { where, value } = field
  if (value === '') return new Map()
  if (!(value instanceof Map)) throw new UserError(`${where}: ${what} holds fields, as name: value`)
  for (const [name, { where: place }] of known ? (value as ReadonlyMap<string, YamlField>) : []) {
    if (!known!.includes(name))
      throw new UserError(`${place}: ${what} has no field "${name}"; ${instead(name, known!)}`)
  }
  return value
}

function instead(name: string, known: readonly string[]): string {
  const meant = suggest(name, known)
  return meant === undefined ? `it may have ${known.join(', ')}` : `did you mean ${meant}?`
}

export function readText({ where, value }: YamlField, name: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new UserError(`${where}: ${name} needs a value`)
}

/** Several may stand in one line, with commas, or be a list. */
export function readList(field: YamlField, name: string): string {
  if (!Array.isArray(field.value)) return readText(field, name)
  return (field.value as readonly YamlField[]).map((item) => readText(item, name)).join(',')
}

export function readFlag({ where, value }: YamlField, name: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw new UserError(`${where}: ${name} is true or false${typeof value === 'string' ? `, not "${value}"` : ''}`)
}

/** Client properties, each with its place. */
export function readClientProperties(field: YamlField): [name: string, value: string, where: string][] {
  return [...readSection(field, 'properties')].map(([name, { where, value }]) => {
    if (typeof value !== 'string') throw new UserError(`${where}: ${name} needs a value, as text`)
    if (name === 'bootstrap.servers')
      throw new UserError(`${where}: bootstrap-server, beside the properties, names the servers`)
    located(where, () => checkProperty(name, value))
    return [name, value, where]
  })
}

function located(where: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${where}: ${error.message}`) : error
  }
}
