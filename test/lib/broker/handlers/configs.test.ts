import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import { AlterConfigs } from '../../../../src/lib/protocol/apis/alter-configs.ts'
import { DescribeConfigs } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { ConfigsBroker } from '../state/configs/support.ts'

const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32] as const
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3] as const
const {
  NONE,
  INVALID_CONFIG,
  INVALID_REQUEST,
  INVALID_TOPIC_EXCEPTION,
  UNKNOWN_TOPIC_OR_PARTITION,
  KAFKA_STORAGE_ERROR,
} = ERRORS

type Change = readonly [name: string, operation: number, value: string | null]

let broker: ConfigsBroker
beforeEach(() => {
  broker = new ConfigsBroker({ 'node.id': '1' })
  broker.createTopic('t')
})

async function describeOne(
  resourceType: number,
  resourceName: string,
  configurationKeys: string[] | null = null,
  version = 4,
) {
  const { results } = await broker.send(
    DescribeConfigs,
    { resources: [{ resourceType, resourceName, configurationKeys }], includeSynonyms: true },
    version,
  )
  return results[0]!
}

async function change(resourceType: number, resourceName: string, changes: readonly Change[], validateOnly = false) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  const { responses } = await broker.send(IncrementalAlterConfigs, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  })
  return [responses[0]!.errorCode, responses[0]!.errorMessage]
}

async function replace(
  resourceType: number,
  resourceName: string,
  settings: Record<string, string | null>,
  validateOnly = false,
) {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const { responses } = await broker.send(AlterConfigs, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  })
  return [responses[0]!.errorCode, responses[0]!.errorMessage]
}

const topicConfigs = () => Object.fromEntries(broker.cluster.topic('t')!.configs)

describe('DescribeConfigs', () => {
  test.each([1, 2, 3, 4])(
    'v%i answers all settings of a topic, whether no keys or an empty list is given',
    async (version) => {
      const all = await describeOne(TOPIC, 't', null, version)
      expect(all).toMatchObject({ errorCode: NONE, resourceType: TOPIC, resourceName: 't' })
      expect(all.configs).toHaveLength(33)
      expect((await describeOne(TOPIC, 't', [], version)).configs).toEqual(all.configs)
      expect(all.configs.find(({ name }) => name === 'min.insync.replicas')).toMatchObject({
        value: '1',
        configSource: 3,
        configType: version >= 3 ? 3 : 0,
        synonyms: [
          { name: 'min.insync.replicas', value: '1', source: 3 },
          { name: 'min.insync.replicas', value: '1', source: 5 },
        ],
      })
    },
  )

  test('answers only the keys asked for, those that there are', async () => {
    expect((await describeOne(TOPIC, 't', ['retention.ms', 'nope'])).configs.map(({ name }) => name)).toEqual([
      'retention.ms',
    ])
  })

  test('gives synonyms and documentation only on request', async () => {
    const resources = [{ resourceType: TOPIC, resourceName: 't', configurationKeys: ['cleanup.policy'] }]
    const plain = (await broker.send(DescribeConfigs, { resources })).results[0]!.configs[0]!
    expect(plain).toMatchObject({ value: 'delete', synonyms: [], documentation: null, configType: 7 })
    const full = (await broker.send(DescribeConfigs, { resources, includeSynonyms: true, includeDocumentation: true }))
      .results[0]!.configs[0]!
    expect(full.synonyms).toEqual([{ name: 'log.cleanup.policy', value: 'delete', source: 5 }])
    expect(full.documentation).toMatch(/compact keeps the last record/)
  })

  test.each<[number, string, number, string]>([
    [TOPIC, 'none', UNKNOWN_TOPIC_OR_PARTITION, ''],
    [TOPIC, '', INVALID_TOPIC_EXCEPTION, 'Topic name is invalid: the empty string is not allowed'],
    [
      TOPIC,
      'a b',
      INVALID_TOPIC_EXCEPTION,
      "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    [BROKER, '7', INVALID_REQUEST, 'Unexpected broker id, expected 1 or empty string, but received 7'],
    [BROKER, 'x', INVALID_REQUEST, 'Broker id must be an integer, but it is: x'],
    [LOGGER, '', INVALID_REQUEST, 'Broker id must not be empty'],
    [LOGGER, '7', INVALID_REQUEST, 'Unexpected broker id, expected 1 but received 7'],
    [METRICS, '', INVALID_REQUEST, 'Client metrics subscription name must not be empty'],
    [GROUP, '', INVALID_REQUEST, 'Group name must not be empty'],
    [3, 'x', INVALID_REQUEST, 'Unexpected resource type 3 for resource x'],
  ])('refuses resource %i %j', async (type, name, errorCode, errorMessage) => {
    expect(await describeOne(type, name)).toMatchObject({
      resourceType: type,
      resourceName: name,
      errorCode,
      errorMessage,
      configs: [],
    })
  })

  test('answers each of several resources for itself', async () => {
    const { results } = await broker.send(DescribeConfigs, {
      resources: [
        { resourceType: TOPIC, resourceName: 'none', configurationKeys: null },
        { resourceType: GROUP, resourceName: 'g', configurationKeys: null },
      ],
    })
    expect(results.map(({ errorCode, configs }) => [errorCode, configs.length])).toEqual([
      [UNKNOWN_TOPIC_OR_PARTITION, 0],
      [NONE, 17],
    ])
  })

  test('answers the settings of this broker, as Kafka 4.3 has them', async () => {
    broker = new ConfigsBroker({ 'node.id': '1', 'no.such': 'hush-hush', 'ssl.keystore.password': 'hush-hush' })
    const { configs } = await describeOne(BROKER, '1')
    expect(configs).toHaveLength(341)
    const entry = (name: string) => configs.find((config) => config.name === name)
    expect(entry('node.id')).toMatchObject({ value: '1', configSource: 4, readOnly: true, configType: 3 })
    expect(entry('broker.id')).toMatchObject({
      synonyms: [
        { name: 'broker.id', value: '1', source: 4 },
        { name: 'broker.id', value: '-1', source: 5 },
      ],
    })
    expect(entry('log.retention.ms')).toMatchObject({ value: null, configSource: 5, readOnly: false, synonyms: [] })
    expect(entry('log.roll.hours')).toMatchObject({ value: '168', readOnly: true })
    expect(entry('ssl.keystore.password')).toMatchObject({
      value: null,
      isSensitive: true,
      synonyms: [{ value: null }],
    })
    expect(entry('no.such')).toMatchObject({ value: null, isSensitive: true, readOnly: true, configType: 0 })
    expect(JSON.stringify(configs)).not.toContain('hush-hush')
  })

  test('shows the throttles of replication, which only an admin can set', async () => {
    await change(BROKER, '1', [['leader.replication.throttled.rate', SET, '9']])
    const { configs } = await describeOne(BROKER, '1')
    const name = 'leader.replication.throttled.rate'
    expect(configs.find((config) => config.name === name)).toMatchObject({
      value: '9',
      configSource: 2,
      isSensitive: false,
      configType: 5,
      synonyms: [{ name, value: '9', source: 2 }],
    })
  })

  test('answers the defaults of the cluster, which always hold min.insync.replicas', async () => {
    await change(BROKER, '', [['log.cleaner.backoff.ms', SET, '9']])
    expect((await describeOne(BROKER, '')).configs).toMatchObject([
      {
        name: 'log.cleaner.backoff.ms',
        value: '9',
        configSource: 3,
        synonyms: [{ name: 'log.cleaner.backoff.ms', value: '9', source: 3 }],
      },
      {
        name: 'min.insync.replicas',
        value: '1',
        configSource: 3,
        synonyms: [{ name: 'min.insync.replicas', value: '1', source: 3 }],
      },
    ])
  })

  test('answers the one logger that there is', async () => {
    expect((await describeOne(LOGGER, '1')).configs).toMatchObject([
      { name: 'root', value: 'WARN', configSource: 6, readOnly: false, synonyms: [] },
    ])
  })
})

describe('IncrementalAlterConfigs of a topic', () => {
  test.each([0, 1])('v%i sets and deletes', async (version) => {
    const configs = [{ name: 'retention.ms', configOperation: SET, value: ' 12 ' }]
    const { responses } = await broker.send(
      IncrementalAlterConfigs,
      { resources: [{ resourceType: TOPIC, resourceName: 't', configs }] },
      version,
    )
    expect(responses).toEqual([{ errorCode: NONE, errorMessage: null, resourceType: TOPIC, resourceName: 't' }])
    expect((await describeOne(TOPIC, 't', ['retention.ms'])).configs).toMatchObject([
      { value: '12', configSource: 1, synonyms: [{ name: 'retention.ms', value: '12', source: 1 }] },
    ])
    expect(
      await change(TOPIC, 't', [
        ['retention.ms', DELETE, null],
        ['no.such', DELETE, null],
      ]),
    ).toEqual([NONE, null])
    expect(topicConfigs()).toEqual({})
  })

  test('adds items to a list and takes them away, beginning with the default', async () => {
    const policy = async (operation: number, value: string) => {
      expect(await change(TOPIC, 't', [['cleanup.policy', operation, value]])).toEqual([NONE, null])
      return topicConfigs()['cleanup.policy']
    }
    expect(await policy(APPEND, 'compact')).toBe('delete,compact')
    expect(await policy(APPEND, 'compact,delete')).toBe('delete,compact')
    expect(await policy(SUBTRACT, 'delete')).toBe('compact')
    expect(await policy(SUBTRACT, 'zzz')).toBe('compact')
    expect(await policy(SUBTRACT, 'compact')).toBe('')
  })

  test.each<[string, readonly Change[], number, string]>([
    ['an unknown name', [['no.such', SET, '1']], INVALID_CONFIG, 'Unknown topic config name: no.such'],
    [
      'a bad value, the good ones beside it too',
      [
        ['segment.ms', SET, '7'],
        ['retention.ms', SET, 'soon'],
      ],
      INVALID_CONFIG,
      'Invalid value soon for configuration retention.ms: Not a number of type LONG',
    ],
    [
      'no value',
      [
        ['retention.ms', SET, null],
        ['segment.ms', APPEND, null],
      ],
      INVALID_REQUEST,
      'Null value not supported for : retention.ms, segment.ms',
    ],
    [
      'a name twice',
      [
        ['retention.ms', DELETE, null],
        ['retention.ms', SET, '5'],
      ],
      INVALID_REQUEST,
      'Error due to duplicate config keys',
    ],
    [
      'adding to what is no list',
      [['retention.ms', APPEND, '5']],
      INVALID_CONFIG,
      "Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    [
      'taking from what nobody knows',
      [['no.such', SUBTRACT, '5']],
      INVALID_CONFIG,
      "Can't SUBTRACT to key no.such because its type is not LIST.",
    ],
    [
      'an empty item',
      [['cleanup.policy', APPEND, '']],
      INVALID_CONFIG,
      "Configuration 'cleanup.policy' values must not be empty.",
    ],
    ['an unknown operation', [['retention.ms', 9, '5']], INVALID_REQUEST, 'Unknown operations type 9'],
  ])('refuses %s', async (_, changes, errorCode, errorMessage) => {
    expect(await change(TOPIC, 't', changes)).toEqual([errorCode, errorMessage])
    expect(topicConfigs()).toEqual({})
  })

  test('refuses topics that are not there, after a look at the settings', async () => {
    expect(await change(TOPIC, 'none', [['retention.ms', SET, '7']])).toEqual([
      UNKNOWN_TOPIC_OR_PARTITION,
      "The topic 'none' does not exist.",
    ])
    expect(await change(TOPIC, 'none', [['no.such', SET, '7']])).toEqual([
      INVALID_CONFIG,
      'Unknown topic config name: no.such',
    ])
    expect(await change(TOPIC, '', [])).toEqual([INVALID_REQUEST, 'Default topic resources are not allowed.'])
    expect((await change(TOPIC, 'a b', []))[0]).toBe(INVALID_TOPIC_EXCEPTION)
    expect(await change(3, 'x', [])).toEqual([INVALID_REQUEST, 'Unknown resource type 3'])
  })

  test('with validateOnly changes nothing, and still checks', async () => {
    expect(await change(TOPIC, 't', [['retention.ms', SET, '7']], true)).toEqual([NONE, null])
    expect((await change(TOPIC, 't', [['retention.ms', SET, 'x']], true))[0]).toBe(INVALID_CONFIG)
    expect(topicConfigs()).toEqual({})
  })

  test('refuses a resource that is there twice, and goes on with the others', async () => {
    const configs = [{ name: 'retention.ms', configOperation: SET, value: '6' }]
    broker.createTopic('u')
    const resources = ['t', 'u', 't'].map((resourceName) => ({ resourceType: TOPIC, resourceName, configs }))
    const { responses } = await broker.send(IncrementalAlterConfigs, { resources })
    const twice = [INVALID_REQUEST, 'Each resource must appear at most once.']
    expect(responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      twice,
      [NONE, null],
      twice,
    ])
    expect(topicConfigs()).toEqual({})
  })

  test('tells when the disk refuses, and changes nothing', async () => {
    const disk = new MemoryDisk()
    broker = new ConfigsBroker({}, disk)
    broker.createTopic('t')
    disk.failAt(1, 'ENOSPC', { lasting: true })
    expect(await change(TOPIC, 't', [['retention.ms', SET, '7']])).toEqual([
      KAFKA_STORAGE_ERROR,
      'cannot write to /data/__cluster_metadata-0: the disk is full (ENOSPC)',
    ])
    expect(topicConfigs()).toEqual({})
  })

  test('takes what is no error of Kafka for the bug that it is', async () => {
    broker.createTopic('t')
    broker.cluster.setTopicConfigs = () => {
      throw new TypeError('a bug')
    }
    await expect(change(TOPIC, 't', [['retention.ms', SET, '7']])).rejects.toThrow(new TypeError('a bug'))
  })
})

describe('IncrementalAlterConfigs of brokers', () => {
  test('changes one broker or all of them, and what holds for one wins', async () => {
    expect(await change(BROKER, '', [['log.retention.ms', SET, '3000']])).toEqual([NONE, null])
    expect(broker.topicConfigs.logConfig(new Map()).retentionMs).toBe(3000)
    expect(await change(BROKER, '1', [['log.retention.ms', SET, '2000']])).toEqual([NONE, null])
    expect(broker.topicConfigs.logConfig(new Map()).retentionMs).toBe(2000)
    expect((await describeOne(BROKER, '1', ['log.retention.ms'])).configs).toMatchObject([
      {
        value: '2000',
        configSource: 2,
        synonyms: [
          { value: '2000', source: 2 },
          { value: '3000', source: 3 },
          { name: 'log.retention.hours', value: '168', source: 5 },
        ],
      },
    ])
    expect(await change(BROKER, '1', [['log.retention.ms', DELETE, null]])).toEqual([NONE, null])
    expect(broker.topicConfigs.logConfig(new Map()).retentionMs).toBe(3000)
  })

  test.each<[string, readonly Change[], number, string]>([
    [
      '1',
      [
        ['broker.id', SET, '9'],
        ['log.cleaner.threads', SET, '2'],
      ],
      INVALID_REQUEST,
      'Cannot update these configs dynamically: [broker.id]',
    ],
    ['', [['num.partitions', SET, '9']], INVALID_REQUEST, 'Cannot update these configs dynamically: [num.partitions]'],
    [
      '1',
      [['ssl.keystore.location', SET, 'x']],
      INVALID_REQUEST,
      'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]',
    ],
    [
      '',
      [['listener.name.a.ssl.keystore.type', SET, 'JKS']],
      INVALID_REQUEST,
      'Cannot update these configs at default cluster level, broker id must be specified: [listener.name.a.ssl.keystore.type]',
    ],
    [
      '',
      [['listeners', SET, 'PLAINTEXT://:1']],
      INVALID_REQUEST,
      'Cannot update these configs at default cluster level, broker id must be specified: [listeners]',
    ],
    [
      '1',
      [['listeners', SET, 'PLAINTEXT://:1']],
      INVALID_REQUEST,
      'listeners is read when this broker starts; set it in its properties and start it anew.',
    ],
    [
      '1',
      [['message.max.bytes', SET, '-1']],
      INVALID_REQUEST,
      'Invalid value -1 for configuration message.max.bytes: Value must be at least 0',
    ],
    [
      '1',
      [['leader.replication.throttled.rate', SET, '-5']],
      INVALID_REQUEST,
      'Invalid value -5 for configuration leader.replication.throttled.rate: Value must be at least 0',
    ],
    ['1', [['log.roll.ms', SET, '0']], INVALID_REQUEST, 'log.roll.ms=0: must be greater than or equal to 1'],
    [
      '1',
      [['num.io.threads', SET, '17']],
      INVALID_REQUEST,
      'Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8',
    ],
    [
      '1',
      [['num.io.threads', SET, '3']],
      INVALID_REQUEST,
      'Dynamic thread count update validation failed for num.io.threads=3, value should be at least half the current value 8',
    ],
    [
      '1',
      [['message.max.bytes', APPEND, '1']],
      INVALID_CONFIG,
      'Config value append is not allowed for config key: message.max.bytes',
    ],
    ['1', [['no.such', SUBTRACT, '1']], INVALID_CONFIG, 'Unknown config name: no.such'],
    [
      '1',
      [['min.insync.replicas', SET, '2']],
      INVALID_CONFIG,
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    ],
    [
      '',
      [['min.insync.replicas', DELETE, null]],
      INVALID_CONFIG,
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    ],
    ['7', [['log.cleaner.threads', SET, '2']], INVALID_REQUEST, 'Unexpected broker id, expected 1, but received 7'],
    ['one', [['log.cleaner.threads', SET, '2']], INVALID_REQUEST, 'Node id must be an integer, but it is: one'],
  ])('%j refuses %j', async (name, changes, errorCode, errorMessage) => {
    const before = broker.cluster.configs('broker', name)
    expect(await change(BROKER, name, changes)).toEqual([errorCode, errorMessage])
    expect(broker.cluster.configs('broker', name)).toEqual(before)
  })

  test.each<[string, readonly Change[]]>([
    ['1', [['log.cleanup.policy', APPEND, 'compact']]],
    ['1', [['broker.id', DELETE, null]]],
    ['1', [['no.such', SET, '1']]],
    ['', [['min.insync.replicas', SET, '3']]],
    ['1', [['num.io.threads', SET, '16']]],
    ['', [['listener.name.a.max.connections', SET, '5']]],
    ['1', [['listener.name.a.ssl.keystore.type', SET, 'JKS']]],
    ['', [['follower.replication.throttled.rate', SET, '5']]],
  ])('%j takes %j', async (name, changes) => {
    expect(await change(BROKER, name, changes)).toEqual([NONE, null])
  })

  test('survives a restart', async () => {
    const disk = new MemoryDisk()
    broker = new ConfigsBroker({}, disk)
    await change(BROKER, '', [
      ['min.insync.replicas', SET, '2'],
      ['log.retention.ms', SET, '5'],
    ])
    expect(new ConfigsBroker({}, disk).config.number('min.insync.replicas')).toBe(2)
    expect(new ConfigsBroker({}, disk).config.number('log.retention.ms')).toBe(5)
  })

  test.each<[Change, number, string | null]>([
    [['root', SET, 'WARN'], NONE, null],
    [
      ['root', SET, 'DEBUG'],
      INVALID_REQUEST,
      'This broker logs at level WARN; the level of root cannot be changed to DEBUG.',
    ],
    [
      ['root', SET, 'loud'],
      INVALID_CONFIG,
      'Cannot set the log level of root to loud as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN',
    ],
    [['no.such.Logger', SET, 'DEBUG'], INVALID_CONFIG, 'Logger no.such.Logger does not exist!'],
    [['root', DELETE, null], INVALID_REQUEST, 'Removing the log level of the root logger is not allowed'],
    [['root', APPEND, 'INFO'], INVALID_REQUEST, 'APPEND operation is not allowed for the BROKER_LOGGER resource'],
  ])('has one logger, whose level stays: %j', async (one, errorCode, errorMessage) => {
    expect(await change(LOGGER, '1', [one])).toEqual([errorCode, errorMessage])
    expect((await change(LOGGER, '7', [one]))[0]).toBe(INVALID_REQUEST)
  })
})

describe('IncrementalAlterConfigs of client metrics and groups', () => {
  test('keeps a subscription and shows it', async () => {
    expect(
      await change(METRICS, 'm', [
        ['metrics', SET, 'a.b'],
        ['interval.ms', SET, '1000'],
      ]),
    ).toEqual([NONE, null])
    expect((await describeOne(METRICS, 'm')).configs).toMatchObject([
      {
        name: 'interval.ms',
        value: '1000',
        configSource: 7,
        synonyms: [{ name: 'interval.ms', value: '1000', source: 7 }],
      },
      { name: 'match', value: '', configSource: 5, synonyms: [] },
      { name: 'metrics', value: 'a.b', configSource: 7 },
    ])
    expect(
      await change(METRICS, 'm', [
        ['metrics', DELETE, null],
        ['interval.ms', DELETE, null],
      ]),
    ).toEqual([NONE, null])
    expect(broker.cluster.configNames('client-metrics')).toEqual([])
  })

  test.each<[number, string, Change, number, string]>([
    [METRICS, '', ['interval.ms', SET, '100'], INVALID_REQUEST, "Subscription name can't be empty"],
    [
      METRICS,
      'm',
      ['interval.ms', SET, '99'],
      INVALID_REQUEST,
      'Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ],
    [
      METRICS,
      'm',
      ['interval.ms', SET, 'x'],
      INVALID_CONFIG,
      'Invalid value x for configuration interval.ms: Not a number of type INT',
    ],
    [METRICS, 'm', ['nope', SET, 'x'], INVALID_REQUEST, 'Unknown client metrics configuration: nope'],
    [METRICS, 'm', ['match', SET, 'client_id=a,foo=b'], INVALID_CONFIG, 'Illegal client matching pattern: foo=b'],
    [METRICS, 'm', ['match', SET, 'client_id=['], INVALID_CONFIG, 'Illegal client matching pattern: client_id=['],
    [
      METRICS,
      'm',
      ['metrics', APPEND, 'a.b'],
      INVALID_CONFIG,
      "Can't APPEND to key metrics because its type is not LIST.",
    ],
    [
      GROUP,
      '',
      ['consumer.session.timeout.ms', SET, '50000'],
      INVALID_REQUEST,
      'Default group resources are not allowed.',
    ],
    [
      GROUP,
      'g',
      ['consumer.session.timeout.ms', SET, '1000'],
      INVALID_CONFIG,
      'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [GROUP, 'g', ['nope', SET, '1'], INVALID_CONFIG, 'Unknown group config name: nope'],
  ])('%i %j refuses %j', async (type, name, one, errorCode, errorMessage) => {
    expect(await change(type, name, [one])).toEqual([errorCode, errorMessage])
  })

  test('keeps the settings of a group that need not exist yet', async () => {
    expect(await change(GROUP, 'g', [['consumer.session.timeout.ms', SET, '50000']])).toEqual([NONE, null])
    expect((await describeOne(GROUP, 'g', ['consumer.session.timeout.ms'])).configs).toMatchObject([
      { value: '50000', configSource: 8 },
    ])
    expect(await replace(GROUP, 'g', {})).toEqual([NONE, null])
    expect(broker.cluster.configs('group', 'g').size).toBe(0)
  })
})

describe('AlterConfigs', () => {
  test.each([0, 1, 2])('v%i replaces everything', async (version) => {
    await change(TOPIC, 't', [
      ['retention.ms', SET, '7'],
      ['segment.ms', SET, '8'],
    ])
    const configs = [{ name: 'segment.ms', value: '1000' }]
    const { responses } = await broker.send(
      AlterConfigs,
      { resources: [{ resourceType: TOPIC, resourceName: 't', configs }] },
      version,
    )
    expect(responses).toEqual([{ errorCode: NONE, errorMessage: null, resourceType: TOPIC, resourceName: 't' }])
    expect(topicConfigs()).toEqual({ 'segment.ms': '1000' })
  })

  test('with validateOnly changes nothing', async () => {
    await change(TOPIC, 't', [['retention.ms', SET, '7']])
    expect(await replace(TOPIC, 't', {}, true)).toEqual([NONE, null])
    expect(topicConfigs()).toEqual({ 'retention.ms': '7' })
  })

  test.each<[number, string, Record<string, string | null>, number, string]>([
    [TOPIC, 't', { 'retention.ms': null }, INVALID_REQUEST, 'Null value not supported for : retention.ms'],
    [TOPIC, 't', { nope: '1' }, INVALID_CONFIG, 'Unknown topic config name: nope'],
    [TOPIC, 'none', {}, UNKNOWN_TOPIC_OR_PARTITION, "The topic 'none' does not exist."],
    [LOGGER, '1', { root: 'INFO' }, INVALID_REQUEST, 'Unknown resource type 8'],
    [BROKER, '1', { 'broker.id': '9' }, INVALID_REQUEST, 'Cannot update these configs dynamically: [broker.id]'],
    [BROKER, '', {}, INVALID_CONFIG, 'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.'],
    [BROKER, 'x', {}, INVALID_REQUEST, 'Node id must be an integer, but it is: x'],
  ])('%i %j refuses %o', async (type, name, settings, errorCode, errorMessage) => {
    expect(await replace(type, name, settings)).toEqual([errorCode, errorMessage])
  })

  test('refuses a name that is there twice', async () => {
    const configs = [
      { name: 'segment.ms', value: '1' },
      { name: 'segment.ms', value: '2' },
    ]
    const { responses } = await broker.send(AlterConfigs, {
      resources: [{ resourceType: TOPIC, resourceName: 't', configs }],
    })
    expect(responses[0]).toMatchObject({
      errorCode: INVALID_REQUEST,
      errorMessage: 'Error due to duplicate config keys',
    })
  })
})
