import { KafkaError } from '../../../errors.ts'
import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import type { ConfigEntry } from './config-entry.ts'

const LEVELS = ['DEBUG', 'ERROR', 'FATAL', 'INFO', 'TRACE', 'WARN']
const ROOT = 'root'
const LEVEL = 'WARN'

/** This broker has one logger: it reports what goes wrong, at a level that is fixed. */
export function resolveLoggers(): ConfigEntry[] {
  return [
    {
      name: ROOT,
      value: LEVEL,
      source: CONFIG_SOURCES.DYNAMIC_BROKER_LOGGER_CONFIG,
      isDefault: false,
      isSensitive: false,
      readOnly: false,
      type: 'UNKNOWN',
      synonyms: [],
      documentation: null,
    },
  ]
}

/** Throws KafkaError unless the logger has that level already (RuntimeLoggerManager). */
export function checkLoggerChange(
  operation: 'SET' | 'DELETE' | 'APPEND' | 'SUBTRACT',
  name: string,
  level: string | null,
): void {
  if (operation === 'APPEND' || operation === 'SUBTRACT') {
    throw new KafkaError('INVALID_REQUEST', `${operation} operation is not allowed for the BROKER_LOGGER resource`)
  }
  if (name !== ROOT) throw new KafkaError('INVALID_CONFIG', `Logger ${name} does not exist!`)
  if (operation === 'DELETE')
    throw new KafkaError('INVALID_REQUEST', 'Removing the log level of the root logger is not allowed')
  if (!LEVELS.includes(level!)) {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Cannot set the log level of ${name} to ${level} as it is not a supported log level. Valid log levels are ${LEVELS.join(', ')}`,
    )
  }
  if (level !== LEVEL) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `This broker logs at level ${LEVEL}; the level of ${name} cannot be changed to ${level}.`,
    )
  }
}
