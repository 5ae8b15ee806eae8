import { stringify } from 'yaml'
import { toJson } from './json.ts'

/** Data as one YAML document; values as `toJson` has them. What YAML 1.1 would take for no text is quoted as well. */
export function toYaml(data: unknown): string {
  return stringify(JSON.parse(toJson(data)), { compat: 'yaml-1.1', lineWidth: 0 })
}
