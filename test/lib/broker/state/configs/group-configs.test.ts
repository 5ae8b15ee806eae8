import { describe, expect, test } from 'vitest'
import { groupOverrides, groupSettings, offsetsTopic } from '../../../../../src/lib/broker/state/groups/settings.ts'
import { resolveGroupConfigs, validateGroupConfigs } from '../../../../../src/lib/broker/state/configs/group-configs.ts'
import { CONFIG_SOURCES } from '../../../../../src/lib/protocol/apis/describe-configs.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { parseConfig } from './support.ts'

const overrides = (configs: Record<string, string>): Map<string, string> => new Map(Object.entries(configs))

describe('settings of one group', () => {
  test.each<[Record<string, string>, string | null]>([
    [{ 'consumer.session.timeout.ms': '50000' }, null],
    [{ 'share.auto.offset.reset': 'by_duration:PT1H' }, null],
    [
      { 'consumer.session.timeout.ms': '1000' },
      'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      { 'consumer.heartbeat.interval.ms': '16000' },
      'consumer.heartbeat.interval.ms must be less than or equal to group.consumer.max.heartbeat.interval.ms',
    ],
    [
      { 'consumer.heartbeat.interval.ms': '0' },
      'Invalid value 0 for configuration consumer.heartbeat.interval.ms: Value must be at least 1',
    ],
    [
      { 'share.delivery.count.limit': '11' },
      'share.delivery.count.limit must be less than or equal to group.share.max.delivery.count.limit',
    ],
    [
      { 'streams.num.standby.replicas': '9' },
      'streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas',
    ],
    [{ nope: '1' }, 'Unknown group config name: nope'],
    [
      { 'share.auto.offset.reset': 'never' },
      "Invalid value never for configuration share.auto.offset.reset: Invalid value `never` for configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
    ],
  ])('%o', (configs, sentence) => {
    const validate = () => validateGroupConfigs(parseConfig(), overrides(configs))
    if (sentence === null) expect(validate).not.toThrow()
    else expect(validate).toThrow(new KafkaError('INVALID_CONFIG', sentence))
  })

  test('must leave room for a heartbeat within the session, also with what the broker says', () => {
    const config = parseConfig({
      'group.consumer.max.heartbeat.interval.ms': '70000',
      'group.consumer.min.session.timeout.ms': '6000',
    })
    expect(() =>
      validateGroupConfigs(
        config,
        overrides({ 'consumer.session.timeout.ms': '6000', 'consumer.heartbeat.interval.ms': '6000' }),
      ),
    ).toThrow('consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms')
  })

  test('fall back to the broker, whose setting is named', () => {
    const config = parseConfig({ 'group.consumer.session.timeout.ms': '50000' })
    const entry = (set: Record<string, string>, name: string) =>
      resolveGroupConfigs(config, overrides(set)).find((each) => each.name === name)
    const inherited = [
      { name: 'group.consumer.session.timeout.ms', value: '50000', source: CONFIG_SOURCES.STATIC_BROKER_CONFIG },
      { name: 'group.consumer.session.timeout.ms', value: '45000', source: CONFIG_SOURCES.DEFAULT_CONFIG },
    ]
    const name = 'consumer.session.timeout.ms'
    expect(entry({}, name)).toMatchObject({
      value: '50000',
      source: CONFIG_SOURCES.STATIC_BROKER_CONFIG,
      synonyms: inherited,
    })
    expect(entry({ [name]: '55000' }, name)).toMatchObject({
      value: '55000',
      source: CONFIG_SOURCES.DYNAMIC_GROUP_CONFIG,
      synonyms: [{ name, value: '55000', source: CONFIG_SOURCES.DYNAMIC_GROUP_CONFIG }, ...inherited],
    })
    expect(entry({}, 'share.isolation.level')).toMatchObject({
      isDefault: true,
      synonyms: [{ name: 'share.isolation.level', value: 'read_uncommitted' }],
    })
  })
})

describe('what the coordinator gets', () => {
  test('are the defaults of Kafka when nothing is set', () => {
    expect({ ...groupSettings(() => parseConfig()) }).toEqual({
      minSessionTimeoutMs: 6_000,
      maxSessionTimeoutMs: 1_800_000,
      initialRebalanceDelayMs: 3_000,
      maxSize: 2_147_483_647,
      offsetMetadataMaxBytes: 4_096,
      offsetsRetentionMs: 7 * 24 * 60 * 60 * 1_000,
      offsetsRetentionCheckIntervalMs: 600_000,
      consumerSessionTimeoutMs: 45_000,
      consumerHeartbeatIntervalMs: 5_000,
      consumerAssignmentIntervalMs: 1_000,
      consumerMaxSize: 2_147_483_647,
      consumerAssignors: ['uniform', 'range'],
      consumerMigrationPolicy: 'bidirectional',
    })
  })

  test('follows the file, and an admin where the setting can change', () => {
    let config = parseConfig({
      'offsets.retention.minutes': '2',
      'group.consumer.assignors': 'range',
      'group.consumer.migration.policy': 'DISABLED',
      'group.initial.rebalance.delay.ms': '0',
    })
    const settings = groupSettings(() => config)
    expect(settings).toMatchObject({
      offsetsRetentionMs: 120_000,
      consumerAssignors: ['range'],
      consumerMigrationPolicy: 'disabled',
      initialRebalanceDelayMs: 0,
    })
    config = config.withDynamic(new Map([['group.consumer.assignment.interval.ms', '7']]), new Map())
    expect(settings.consumerAssignmentIntervalMs).toBe(7)
  })

  test('has only the settings of a group that are set', () => {
    expect(groupOverrides(new Map())).toEqual({})
    expect(
      groupOverrides(
        overrides({ 'consumer.heartbeat.interval.ms': ' 6000 ', 'share.isolation.level': 'read_committed' }),
      ),
    ).toEqual({ consumerHeartbeatIntervalMs: 6000 })
  })

  test('refuses an assignor that is not built in', () => {
    expect(() => parseConfig({ 'group.consumer.assignors': 'range,com.example.Mine' })).toThrow(
      'com.example.Mine is none of uniform, range',
    )
  })

  test('makes __consumer_offsets with one replica for a broker that is alone', () => {
    expect(offsetsTopic(parseConfig(), true)).toEqual({
      partitions: 50,
      replicationFactor: 1,
      configs: overrides({ 'cleanup.policy': 'compact', 'compression.type': 'producer', 'segment.bytes': '104857600' }),
    })
    const other = offsetsTopic(
      parseConfig({
        'offsets.topic.num.partitions': '4',
        'offsets.topic.replication.factor': '2',
        'offsets.topic.segment.bytes': '100',
      }),
      false,
    )
    expect(other).toMatchObject({ partitions: 4, replicationFactor: 2 })
    expect(other.configs.get('segment.bytes')).toBe('1048576')
  })
})
