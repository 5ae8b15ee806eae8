import { javaDouble } from '../../../java/number.ts'
import type { ConfigType, ConfigValue } from './definitions/definition.ts'

/** A value as Kafka shows it; null for one that is not set. */
export function formatValue(value: ConfigValue, type: ConfigType): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return value.join(',')
  return type === 'DOUBLE' ? javaDouble(value as number) : String(value)
}
