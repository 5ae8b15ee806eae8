import { KafkaError } from '../../../errors.ts'
import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import { configEntry, type ConfigEntry } from './config-entry.ts'
import { int, items, kept, list, type Definition } from './definitions/definition.ts'
import { parseValue } from './parse-value.ts'

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 3_600_000
const MATCHABLE = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
]

/**
 * The settings of a client metrics subscription (KIP-714, ClientMetricsConfigs). This broker asks clients for no
 * metrics: they are kept.
 */
export const CLIENT_METRICS_DEFINITIONS: ReadonlyMap<string, Definition> = new Map<string, Definition>([
  ['interval.ms', int(300000, null, kept('How often clients push their metrics.'))],
  ['match', list([], items, kept('Which clients are meant: name=pattern,…'))],
  ['metrics', list([], items, kept('Beginnings of the names of the metrics that are asked for.'))],
])

/** Throws KafkaError: INVALID_REQUEST or, for a value of the wrong form, INVALID_CONFIG. */
export function validateClientMetrics(configs: ReadonlyMap<string, string>): void {
  for (const [name, written] of configs) {
    const definition = CLIENT_METRICS_DEFINITIONS.get(name)
    if (!definition) throw new KafkaError('INVALID_REQUEST', `Unknown client metrics configuration: ${name}`)
    const value = parseValue(name, definition, written)
    if (name === 'interval.ms') checkInterval(value as number)
    if (name === 'match') (value as string[]).forEach(checkPattern)
  }
}

export function resolveClientMetrics(configs: ReadonlyMap<string, string>): ConfigEntry[] {
  return [...CLIENT_METRICS_DEFINITIONS].map(([name, definition]) => {
    const written = configs.get(name)
    const value = written === undefined ? definition.default : parseValue(name, definition, written)
    const source = CONFIG_SOURCES.DYNAMIC_CLIENT_METRICS_CONFIG
    return configEntry(name, definition, value, written === undefined ? [] : [{ name, value: written, source }])
  })
}

function checkInterval(intervalMs: number): void {
  if (intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS) return
  throw new KafkaError(
    'INVALID_REQUEST',
    `Invalid value ${intervalMs} for interval.ms, interval must be between ${MIN_INTERVAL_MS} and ${MAX_INTERVAL_MS} (1 hour)`,
  )
}

function checkPattern(pattern: string): void {
  const [name = '', value, ...rest] = pattern.split('=')
  if (value !== undefined && rest.length === 0 && MATCHABLE.includes(name.trim()) && isRegularExpression(value.trim()))
    return
  throw new KafkaError('INVALID_CONFIG', `Illegal client matching pattern: ${pattern}`)
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
