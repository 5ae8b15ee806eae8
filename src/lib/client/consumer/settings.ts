import type { ClientProperties } from '../types.ts'
import { badValue, PropertyValues } from './property-values.ts'
import { parseDuration } from '../../duration.ts'

/** Where to begin when there is no valid position (`auto.offset.reset`); by_duration is KIP-1106. */
export type OffsetReset = 'earliest' | 'latest' | 'none' | { readonly durationMs: number }

/** What a consumer goes by, under the names and with the meaning of Java's properties. Times in milliseconds. */
export interface ConsumerSettings {
  readonly autoOffsetReset: OffsetReset
  readonly allowAutoCreateTopics: boolean
  readonly excludeInternalTopics: boolean
  readonly checkCrcs: boolean
  readonly isReadCommitted: boolean
  readonly fetchMaxBytes: number
  readonly maxPartitionFetchBytes: number
  readonly fetchMinBytes: number
  readonly fetchMaxWaitMs: number
  readonly clientRack: string
  readonly metadataMaxAgeMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
}

/**
 * Larger than Java's 1 MiB and smaller than its 50 MiB: few round trips, and two responses of each broker fit in little
 * memory.
 */
const PARTITION_FETCH_BYTES = 2 * 1024 * 1024
const FETCH_BYTES = 16 * 1024 * 1024

/**
 * Throws UserError for a value that Java's consumer would refuse. To ask for a topic makes it on many clusters, as
 * Java's consumer does by default: under kts a reader makes none unless the property says so.
 */
export function consumerSettings(properties: ClientProperties, style: 'kts' | 'drop-in' = 'kts'): ConsumerSettings {
  const values = new PropertyValues(properties)
  return {
    autoOffsetReset: offsetReset(values),
    allowAutoCreateTopics: values.boolean('allow.auto.create.topics', style === 'drop-in'),
    excludeInternalTopics: values.boolean('exclude.internal.topics', true),
    checkCrcs: values.boolean('check.crcs', true),
    isReadCommitted:
      values.oneOf('isolation.level', 'read_uncommitted', ['read_committed', 'read_uncommitted']) === 'read_committed',
    fetchMaxBytes: values.whole('fetch.max.bytes', FETCH_BYTES, 0),
    maxPartitionFetchBytes: values.whole('max.partition.fetch.bytes', PARTITION_FETCH_BYTES, 0),
    fetchMinBytes: values.whole('fetch.min.bytes', 1, 0),
    fetchMaxWaitMs: values.whole('fetch.max.wait.ms', 500, 0),
    clientRack: values.text('client.rack') ?? '',
    metadataMaxAgeMs: values.whole('metadata.max.age.ms', 300_000, 0),
    retryBackoffMs: values.whole('retry.backoff.ms', 100, 0),
    retryBackoffMaxMs: values.whole('retry.backoff.max.ms', 1000, 0),
  }
}

function offsetReset(values: PropertyValues): OffsetReset {
  const value = values.text('auto.offset.reset') ?? 'latest'
  if (value === 'earliest' || value === 'latest' || value === 'none') return value
  const durationMs = value.startsWith('by_duration:') ? parseDuration(value.slice('by_duration:'.length)) : undefined
  if (durationMs === undefined)
    throw badValue('auto.offset.reset', value, 'earliest, latest, none or by_duration:<ISO 8601 duration>')
  return { durationMs }
}
