import { UserError } from '../../errors.ts'
import { CODECS, type CodecName } from '../../protocol/records/index.ts'
import type { ClientProperties } from '../types.ts'
import { unusedProducerSettings } from '../unused-settings.ts'
import { checkProducerProperties } from './config-rules.ts'

/** What a producer goes by; durations in milliseconds, sizes in bytes. */
export interface ProducerSettings {
  readonly acks: -1 | 0 | 1
  readonly codec: number
  readonly level: number | undefined
  readonly isIdempotent: boolean
  /** Null for a producer without transactions. */
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  readonly maxInFlight: number
  readonly maxRequestSize: number
  readonly bufferMemory: number
  /**
   * The upper bound of a batch when the user set one. Without it batches grow to 1 MiB while the input outruns the
   * network.
   */
  readonly batchSize: number | undefined
  /**
   * The longest that a record waits for company when the user set it. Without it a batch leaves as soon as its node is
   * idle.
   */
  readonly lingerMs: number | undefined
  readonly maxBlockMs: number
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
  readonly retries: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  readonly metadataMaxAgeMs: number
  readonly partitioner: 'sticky' | 'round-robin'
  readonly ignoreKeys: boolean
  /** Keyless records shun partitions with many waiting batches (KIP-794). */
  readonly isAdaptive: boolean
  /** Keyless records shun partitions whose batches have waited this long; 0 for never. */
  readonly availabilityTimeoutMs: number
}

const MAX_INT = 0x7fff_ffff
const MAX_IN_FLIGHT_IDEMPOTENT = 5
/** Below it zstd only gets faster on paper; the codec goes no further. */
const LOWEST_LEVEL = -7
const ROUND_ROBIN = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'

/**
 * Reads the settings of a producer as ProducerConfig does, defaults and rules between settings included.
 * `warnings` are sentences on what has no effect. Throws UserError for a value that is not allowed.
 */
export function parseProducerSettings(properties: ClientProperties): {
  settings: ProducerSettings
  warnings: string[]
} {
  checkProducerProperties(properties)
  refuseUnsupported(properties)
  return { settings: settingsOf(properties), warnings: unusedProducerSettings(properties) }
}

function refuseUnsupported(properties: ClientProperties): void {
  if (properties.get('transaction.two.phase.commit.enable')?.trim().toLowerCase() === 'true') {
    throw new UserError('transaction.two.phase.commit.enable is not supported: kts commits its transactions itself')
  }
  for (const name of ['interceptor.classes', 'config.providers']) {
    if (properties.get(name)) throw new UserError(`${name} names Java classes, which kts cannot load: leave it out`)
  }
}

function settingsOf(properties: ClientProperties): ProducerSettings {
  const number = (name: string, fallback: number): number => Number(properties.get(name) ?? fallback)
  const isOn = (name: string, fallback: boolean): boolean =>
    (properties.get(name) ?? String(fallback)).trim().toLowerCase() === 'true'
  const optional = (name: string): number | undefined =>
    properties.has(name) ? Number(properties.get(name)) : undefined
  const acks = { all: -1, '-1': -1, '0': 0, '1': 1 }[properties.get('acks') ?? 'all'] as -1 | 0 | 1
  const retries = number('retries', MAX_INT)
  const maxInFlight = number('max.in.flight.requests.per.connection', 5)
  const lingerMs = optional('linger.ms')
  const requestTimeoutMs = number('request.timeout.ms', 30_000)
  const retryBackoffMs = number('retry.backoff.ms', 100)
  const isIdempotent = idempotence(properties, isOn('enable.idempotence', true), acks, retries, maxInFlight)
  return {
    acks,
    retries,
    maxInFlight,
    lingerMs,
    requestTimeoutMs,
    retryBackoffMs,
    ...compression(properties),
    isIdempotent,
    transactionalId: transactionalId(properties, isIdempotent),
    transactionTimeoutMs: number('transaction.timeout.ms', 60_000),
    maxRequestSize: number('max.request.size', 1_048_576),
    bufferMemory: number('buffer.memory', 33_554_432),
    batchSize: optional('batch.size'),
    maxBlockMs: number('max.block.ms', 60_000),
    deliveryTimeoutMs: deliveryTimeout(properties, lingerMs ?? 0, requestTimeoutMs),
    retryBackoffMaxMs: Math.max(number('retry.backoff.max.ms', 1000), retryBackoffMs),
    metadataMaxAgeMs: number('metadata.max.age.ms', 300_000),
    partitioner: partitioner(properties.get('partitioner.class')),
    ignoreKeys: isOn('partitioner.ignore.keys', false),
    isAdaptive: isOn('partitioner.adaptive.partitioning.enable', true),
    availabilityTimeoutMs: number('partitioner.availability.timeout.ms', 0),
  }
}

function compression(properties: ClientProperties): { codec: number; level: number | undefined } {
  const name = (properties.get('compression.type') ?? 'none') as CodecName
  const level = properties.get(`compression.${name}.level`)
  return { codec: CODECS[name], level: level === undefined ? undefined : Math.max(Number(level), LOWEST_LEVEL) }
}

/** Idempotence gives way to settings that rule it out, unless it was asked for (ProducerConfig, KIP-679). */
function idempotence(
  properties: ClientProperties,
  isEnabled: boolean,
  acks: number,
  retries: number,
  maxInFlight: number,
): boolean {
  if (!isEnabled) return false
  const isWanted = properties.has('enable.idempotence')
  if (isWanted && retries === 0) throw new UserError('enable.idempotence needs retries above 0')
  if (isWanted && acks !== -1) throw new UserError('enable.idempotence needs acks=all')
  if (maxInFlight > MAX_IN_FLIGHT_IDEMPOTENT) {
    throw new UserError(
      `max.in.flight.requests.per.connection must be at most 5 with enable.idempotence, not ${maxInFlight}`,
    )
  }
  return retries > 0 && acks === -1
}

function transactionalId(properties: ClientProperties, isIdempotent: boolean): string | null {
  const id = properties.get('transactional.id')
  if (id === undefined) return null
  if (id === '') throw new UserError('transactional.id is empty: leave it out, or give a name')
  if (!isIdempotent)
    throw new UserError('transactional.id needs enable.idempotence, and with it acks=all and retries above 0')
  return id
}

function deliveryTimeout(properties: ClientProperties, lingerMs: number, requestTimeoutMs: number): number {
  const least = Math.min(lingerMs + requestTimeoutMs, MAX_INT)
  const given = properties.get('delivery.timeout.ms')
  if (given === undefined) return Math.max(120_000, least)
  if (Number(given) < least)
    throw new UserError(`delivery.timeout.ms must be linger.ms + request.timeout.ms (${least}) or more, not ${given}`)
  return Number(given)
}

function partitioner(name: string | undefined): 'sticky' | 'round-robin' {
  if (name === undefined || name === '') return 'sticky'
  if (name === ROUND_ROBIN) return 'round-robin'
  throw new UserError(`partitioner.class ${name} cannot be loaded: leave it out, or use ${ROUND_ROBIN}`)
}
