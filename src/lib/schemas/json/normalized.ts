import { JsonNumber, parseExactJson, type ExactJson } from '../exact-json.ts'

/** The same JSON with the members of each object in the order of their names. */
export const sortedText = (json: string): string => written(parseExactJson(json))

function written(value: ExactJson): string {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(written).join()}]`
  if (!(value instanceof Map)) return JSON.stringify(value)
  const members = [...value].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${written(member)}`).join()}}`
}
