import { describe, expect, test } from 'vitest'
import { CONFIG_SOURCES } from '../../../../../src/lib/protocol/apis/describe-configs.ts'
import type { ConfigEntry } from '../../../../../src/lib/broker/state/configs/config-entry.ts'
import { TopicConfigs } from '../../../../../src/lib/broker/state/configs/topic-configs.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { parseConfig } from './support.ts'

const topics = (
  properties: Record<string, string> = {},
  dynamic: { broker?: Record<string, string>; all?: Record<string, string> } = {},
): TopicConfigs => {
  const config = parseConfig(properties).withDynamic(
    new Map(Object.entries(dynamic.broker ?? {})),
    new Map(Object.entries(dynamic.all ?? {})),
  )
  return new TopicConfigs(() => config)
}
const overrides = (configs: Record<string, string>): Map<string, string> => new Map(Object.entries(configs))
const entryOf = (configs: TopicConfigs, name: string, set: Record<string, string> = {}): ConfigEntry =>
  configs.resolve(overrides(set)).find((entry) => entry.name === name)!

describe('validate', () => {
  test.each<[Record<string, string>]>([
    [{}],
    [{ 'cleanup.policy': 'compact,delete' }],
    [{ 'cleanup.policy': '' }],
    [{ 'retention.ms': ' -1 ' }],
    [{ 'retention.bytes': '-7' }],
    [{ 'segment.bytes': '1048576' }],
    [{ 'internal.segment.bytes': '100' }],
    [{ 'local.retention.ms': '700000000' }],
    [{ 'remote.storage.enable': 'false', 'remote.log.copy.disable': 'true' }],
    [{ 'min.compaction.lag.ms': '9223372036854775807' }],
  ])('takes %o', (set) => {
    expect(() => topics().validate(overrides(set))).not.toThrow()
  })

  test.each<[Record<string, string>, string]>([
    [{ 'no.such': '1' }, 'Unknown topic config name: no.such'],
    [{ __proto__x: '1' }, 'Unknown topic config name: __proto__x'],
    [{ constructor: '1' }, 'Unknown topic config name: constructor'],
    [{ 'retention.ms': 'x', 'no.such': '1' }, 'Unknown topic config name: no.such'],
    [{ 'retention.ms': '-2' }, 'Invalid value -2 for configuration retention.ms: Value must be at least -1'],
    [
      { 'segment.bytes': '1048575' },
      'Invalid value 1048575 for configuration segment.bytes: Value must be at least 1048576',
    ],
    [{ 'min.insync.replicas': '0' }, 'Invalid value 0 for configuration min.insync.replicas: Value must be at least 1'],
    [
      { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' },
      'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    ],
    [
      { 'remote.storage.enable': 'true' },
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    ],
  ])('refuses %o', (set, sentence) => {
    const refused = () => topics().validate(overrides(set))
    expect(refused).toThrow(KafkaError)
    expect(refused).toThrow(sentence)
  })

  test('sees what the broker says of the other half of a conflict', () => {
    const limited = topics({ 'log.cleaner.max.compaction.lag.ms': '5' })
    expect(() => limited.validate(overrides({ 'min.compaction.lag.ms': '6' }))).toThrow('conflict topic config')
    expect(() => limited.validate(overrides({ 'min.compaction.lag.ms': '5' }))).not.toThrow()
  })
})

describe('resolve', () => {
  test('answers every setting but the internal one, sorted, with what it means', () => {
    const entries = topics().resolve(new Map())
    const names = entries.map(({ name }) => name)
    expect(names).toHaveLength(33)
    expect(names).toEqual([...names].sort())
    expect(names).not.toContain('internal.segment.bytes')
    expect(
      entries.every(({ readOnly, isSensitive, documentation }) => !readOnly && !isSensitive && documentation),
    ).toBe(true)
    expect(topics().resolve(overrides({ 'internal.segment.bytes': '9' }))).toHaveLength(34)
  })

  test('says where a value comes from: topic, broker, all brokers, file, default', () => {
    const {
      DYNAMIC_TOPIC_CONFIG,
      DYNAMIC_BROKER_CONFIG,
      DYNAMIC_DEFAULT_BROKER_CONFIG,
      STATIC_BROKER_CONFIG,
      DEFAULT_CONFIG,
    } = CONFIG_SOURCES
    const name = 'message.max.bytes'
    const all = topics({ [name]: '4' }, { broker: { [name]: '2' }, all: { [name]: '3' } })
    const synonyms = [
      { name, value: '2', source: DYNAMIC_BROKER_CONFIG },
      { name, value: '3', source: DYNAMIC_DEFAULT_BROKER_CONFIG },
      { name, value: '4', source: STATIC_BROKER_CONFIG },
      { name, value: '1048588', source: DEFAULT_CONFIG },
    ]
    expect(entryOf(all, 'max.message.bytes', { 'max.message.bytes': ' 1 ' })).toMatchObject({
      value: '1',
      source: DYNAMIC_TOPIC_CONFIG,
      isDefault: false,
      type: 'INT',
      synonyms: [{ name: 'max.message.bytes', value: '1', source: DYNAMIC_TOPIC_CONFIG }, ...synonyms],
    })
    expect(entryOf(all, 'max.message.bytes')).toMatchObject({ value: '2', source: DYNAMIC_BROKER_CONFIG, synonyms })
    expect(entryOf(topics({ [name]: '4' }), 'max.message.bytes')).toMatchObject({
      value: '4',
      source: STATIC_BROKER_CONFIG,
    })
    expect(entryOf(topics(), 'max.message.bytes')).toMatchObject({
      value: '1048588',
      source: DEFAULT_CONFIG,
      isDefault: true,
    })
  })

  test('shows min.insync.replicas as a default of the cluster on every topic (KIP-966)', () => {
    expect(entryOf(topics(), 'min.insync.replicas')).toMatchObject({
      value: '1',
      source: CONFIG_SOURCES.DYNAMIC_DEFAULT_BROKER_CONFIG,
      isDefault: false,
    })
  })

  test('shows a time that the broker has in hours as Kafka does: converted, and as a default', () => {
    expect(entryOf(topics({ 'log.retention.hours': '24' }), 'retention.ms')).toMatchObject({
      value: '86400000',
      isDefault: true,
      synonyms: [],
    })
  })
})

describe('logConfig', () => {
  test('has the defaults of Kafka', () => {
    expect(topics().logConfig(new Map())).toEqual({
      segmentBytes: 1073741824,
      segmentMs: 604800000,
      segmentJitterMs: 0,
      segmentIndexBytes: 10485760,
      indexIntervalBytes: 4096,
      retentionMs: 604800000,
      retentionBytes: -1,
      fileDeleteDelayMs: 60000,
      flushMessages: Number.MAX_SAFE_INTEGER,
      flushMs: Number.MAX_SAFE_INTEGER,
      maxMessageBytes: 1048588,
      messageTimestampType: 'CreateTime',
      messageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
      messageTimestampAfterMaxMs: 3600000,
      compressionType: 'producer',
      compressionGzipLevel: -1,
      compressionZstdLevel: 3,
      cleanupPolicy: new Set(['delete']),
      deleteRetentionMs: 86400000,
      minCompactionLagMs: 0,
      maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
      minCleanableDirtyRatio: 0.5,
    })
  })

  test.each<[Record<string, string>, number]>([
    [{ 'log.retention.hours': '2' }, 7200000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3' }, 180000],
    [{ 'log.retention.hours': '2', 'log.retention.minutes': '3', 'log.retention.ms': '4' }, 4],
    [{ 'log.retention.hours': '-1' }, -1],
    [{ 'log.retention.ms': '-9' }, -1],
  ])('takes the retention time of %o from the finest unit', (properties, retentionMs) => {
    expect(topics(properties).logConfig(new Map()).retentionMs).toBe(retentionMs)
  })

  test('takes the age of segments and the time of a flush from the first of their settings', () => {
    const hours = topics({
      'log.roll.hours': '1',
      'log.roll.jitter.hours': '2',
      'log.flush.scheduler.interval.ms': '3',
    }).logConfig(new Map())
    expect(hours).toMatchObject({ segmentMs: 3600000, segmentJitterMs: 7200000, flushMs: 3 })
    const exact = topics({
      'log.roll.ms': '4',
      'log.roll.jitter.ms': '5',
      'log.flush.interval.ms': '6',
      'log.roll.hours': '1',
    }).logConfig(new Map())
    expect(exact).toMatchObject({ segmentMs: 4, segmentJitterMs: 5, flushMs: 6 })
  })

  test('takes the settings of the topic first', () => {
    const config = topics({ 'log.segment.bytes': '2000000' }).logConfig(
      overrides({
        'segment.bytes': '3000000',
        'cleanup.policy': 'compact',
        'compression.type': 'zstd',
        'message.timestamp.type': 'LogAppendTime',
      }),
    )
    expect(config).toMatchObject({
      segmentBytes: 3000000,
      cleanupPolicy: new Set(['compact']),
      compressionType: 'zstd',
      messageTimestampType: 'LogAppendTime',
    })
    expect(
      topics().logConfig(overrides({ 'internal.segment.bytes': '100', 'segment.bytes': '2000000' })).segmentBytes,
    ).toBe(100)
  })
})

test("minInsyncReplicas is the topic's, or else the cluster's", () => {
  expect(topics().minInsyncReplicas(new Map())).toBe(1)
  expect(topics({}, { all: { 'min.insync.replicas': '2' } }).minInsyncReplicas(new Map())).toBe(2)
  expect(topics().minInsyncReplicas(overrides({ 'min.insync.replicas': '3' }))).toBe(3)
})
