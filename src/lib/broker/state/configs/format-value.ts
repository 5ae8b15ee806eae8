import type { ConfigType, ConfigValue } from './definitions/definition.ts'

/** A value as Kafka shows it; null for one that is not set. */
export function formatValue(value: ConfigValue, type: ConfigType): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return value.join(',')
  return type === 'DOUBLE' ? formatDouble(value as number) : String(value)
}

/** As Java's Double.toString writes it: `0.5`, `2.0`, `1.0E7`. */
function formatDouble(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string]
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
