import { UserError } from '../../errors.ts'
import { checkPropertyValue } from '../known-properties.ts'
import type { ClientProperties } from '../types.ts'

interface Rule {
  readonly min?: number
  readonly max?: number
  readonly oneOf?: readonly string[]
  readonly ignoreCase?: boolean
}

const atLeast = (min: number): Rule => ({ min })
const between = (min: number, max: number): Rule => ({ min, max })
const oneOf = (...values: string[]): Rule => ({ oneOf: values })
const anyCase = (...values: string[]): Rule => ({ oneOf: values, ignoreCase: true })

/** What the settings of a producer may be beyond their type (ProducerConfig of Kafka 4.3). */
const RULES: Readonly<Record<string, Rule>> = {
  acks: oneOf('all', '-1', '0', '1'),
  'batch.size': atLeast(0),
  'buffer.memory': atLeast(0),
  'client.dns.lookup': oneOf('use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'),
  'compression.gzip.level': between(-1, 9),
  'compression.lz4.level': between(1, 17),
  'compression.type': oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd'),
  'compression.zstd.level': between(-131072, 22),
  'delivery.timeout.ms': atLeast(0),
  'linger.ms': atLeast(0),
  'max.block.ms': atLeast(0),
  'max.in.flight.requests.per.connection': atLeast(1),
  'max.request.size': atLeast(0),
  'metadata.max.age.ms': atLeast(0),
  'metadata.max.idle.ms': atLeast(5000),
  'metadata.recovery.rebootstrap.trigger.ms': atLeast(0),
  'metadata.recovery.strategy': anyCase('none', 'rebootstrap'),
  'metrics.num.samples': atLeast(1),
  'metrics.recording.level': oneOf('INFO', 'DEBUG', 'TRACE'),
  'metrics.sample.window.ms': atLeast(0),
  'partitioner.availability.timeout.ms': atLeast(0),
  'receive.buffer.bytes': atLeast(-1),
  'reconnect.backoff.max.ms': atLeast(0),
  'reconnect.backoff.ms': atLeast(0),
  'request.timeout.ms': atLeast(0),
  retries: atLeast(0),
  'retry.backoff.max.ms': atLeast(0),
  'retry.backoff.ms': atLeast(0),
  'send.buffer.bytes': atLeast(-1),
  'transaction.timeout.ms': atLeast(1),
}

/** Throws UserError for the first setting whose value has the wrong type or is out of its range. */
export function checkProducerProperties(properties: ClientProperties): void {
  for (const [name, value] of properties) {
    checkPropertyValue(name, value)
    const rule = RULES[name]
    if (rule) checkRule(name, value, rule)
  }
  if (Number(properties.get('compression.gzip.level') ?? -1) === 0)
    throw new UserError('compression.gzip.level must be 1 to 9, or -1')
}

function checkRule(name: string, value: string, { min, max, oneOf: allowed, ignoreCase = false }: Rule): void {
  if (min !== undefined && Number(value) < min) throw new UserError(`${name} must be ${min} or more, not ${value}`)
  if (max !== undefined && Number(value) > max) throw new UserError(`${name} must be ${max} or less, not ${value}`)
  const fold = (word: string): string => (ignoreCase ? word.toLowerCase() : word)
  if (allowed && !allowed.some((word) => fold(word) === fold(value)))
    throw new UserError(`${name} must be one of ${allowed.join(', ')}, not "${value}"`)
}
