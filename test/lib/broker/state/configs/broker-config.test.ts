import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { BrokerConfig } from '../../../../../src/lib/broker/state/configs/broker-config.ts'
import { parseAdvertisedListeners, parseListeners } from '../../../../../src/lib/broker/state/configs/listeners.ts'
import {
  nearBrokerSetting,
  parseBrokerConfig,
} from '../../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { CONFIG_SOURCES } from '../../../../../src/lib/protocol/apis/describe-configs.ts'
import { UserError } from '../../../../../src/lib/errors.ts'
import { parseProperties } from '../../../../../src/lib/properties.ts'
import { parseConfig } from './support.ts'

const parseText = (text: string): ReturnType<typeof parseBrokerConfig> => parseBrokerConfig(parseProperties(text))

const QUORUM = 'controller.quorum.bootstrap.servers=localhost:9093\ncontroller.listener.names=CONTROLLER'

const KRAFT = `
# One node, broker and controller
process.roles=broker,controller
node.id=3
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://kafka.example:9092,CONTROLLER://kafka.example:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=/var/kafka/a, /var/kafka/b
num.partitions=6
num.recovery.threads.per.data.dir=2
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=48
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
`

const ZOOKEEPER = `
broker.id=0
zookeeper.connect=localhost:2181
zookeeper.connection.timeout.ms=18000
inter.broker.protocol.version=2.8
log.message.format.version=2.8
listeners=PLAINTEXT://127.0.0.1:9092
log.dirs=/tmp/kafka-logs
group.initial.rebalance.delay.ms=0
`

describe('a server.properties file', () => {
  test('of KRaft is read whole, without a warning', () => {
    const { config, warnings } = parseText(KRAFT)
    expect(warnings).toEqual([])
    expect(config.number('node.id')).toBe(3)
    expect(config.number('num.partitions')).toBe(6)
    expect(config.logDirs()).toEqual(['/var/kafka/a', '/var/kafka/b'])
    expect(parseListeners(config)).toEqual([{ name: 'PLAINTEXT', host: '', port: 9092, securityProtocol: 'PLAINTEXT' }])
    expect(parseAdvertisedListeners(config)).toMatchObject([{ name: 'PLAINTEXT', host: 'kafka.example', port: 9092 }])
  })

  test('of the time of ZooKeeper works too, with one warning', () => {
    const { config, warnings } = parseText(ZOOKEEPER)
    expect(warnings).toEqual([
      'settings of Kafka before 4.0 are ignored: zookeeper.connection.timeout.ms, inter.broker.protocol.version, log.message.format.version',
    ])
    expect(config.number('node.id')).toBe(0)
    expect(config.number('group.initial.rebalance.delay.ms')).toBe(0)
  })

  test('may be empty: the broker is then number 1 and listens on loopback', () => {
    const { config, warnings } = parseText('')
    expect(warnings).toEqual([])
    expect(config.number('node.id')).toBe(1)
    expect(parseListeners(config)).toEqual([
      { name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 'PLAINTEXT' },
    ])
    expect(parseAdvertisedListeners(config)).toEqual(parseListeners(config))
    expect(config.logDirs()).toEqual(['/tmp/kafka-logs'])
  })

  test('says at least what every file of Kafka says: who this is, and what it does', () => {
    const { config } = parseText('')
    const first = (name: string) => config.synonyms(name)[0]
    expect(first('node.id')).toEqual({ name: 'node.id', value: '1', source: 4 })
    expect(first('broker.id')).toEqual({ name: 'broker.id', value: '1', source: 4 })
    expect(first('process.roles')).toEqual({ name: 'process.roles', value: 'broker,controller', source: 4 })
    expect(parseText(`process.roles=broker\nnode.id=1\n${QUORUM}`).config.synonyms('process.roles')[0]).toMatchObject({
      value: 'broker',
    })
  })

  test('is told the addresses of a broker that runs, unless it knows them', () => {
    const told = (text: string) =>
      parseText(text)
        .config.withAddresses([
          ['PLAINTEXT', { host: '::1', port: 4711 }],
          ['OUT', { host: 'kafka.example', port: 1 }],
        ])
        .synonyms('advertised.listeners')
    expect(told('')).toEqual([
      { name: 'advertised.listeners', value: 'PLAINTEXT://[::1]:4711,OUT://kafka.example:1', source: 4 },
    ])
    expect(told('advertised.listeners=PLAINTEXT://localhost:0')[0]!.value).toContain('4711')
    expect(told('advertised.listeners=PLAINTEXT://localhost:9092')[0]!.value).toBe('PLAINTEXT://localhost:9092')
  })

  test('may hold the settings of an authorizer', () => {
    expect(parseText('super.users=User:admin\nallow.everyone.if.no.acl.found=true').warnings).toEqual([])
  })

  test('with settings that nobody knows warns of each, and keeps them', () => {
    const { config, warnings } = parseText(
      'no.such=1\nlog.retention.hour=1\nlistener.name.plaintext.max.connections.per.ip=5\n__proto__=1',
    )
    expect(warnings).toEqual([
      ...['no.such', 'log.retention.hour', '__proto__'].map(
        (name) => `${name} is not a setting of a Kafka broker; it is ignored`,
      ),
      'settings without effect in this broker: listener.name.plaintext.max.connections.per.ip',
    ])
    const { warnings: hinted } = parseBrokerConfig(new Map([['log.retention.hour', '1']]), nearBrokerSetting)
    expect(hinted).toEqual([
      'log.retention.hour is not a setting of a Kafka broker; it is ignored; did you mean log.retention.hours?',
    ])
    expect(config.names()).toContain('no.such')
    expect(config.value('listener.name.plaintext.max.connections.per.ip')).toBe(5)
  })

  test('with settings that have no effect here names them in one line, where they are not the defaults', () => {
    expect(
      parseText(
        'log.cleaner.enable=false\nnum.replica.fetchers=4\nunclean.leader.election.enable=TRUE\nlog.preallocate=false\n' +
          'compression.lz4.level=3\nssl.provider=x\nsasl.enabled.mechanisms=PLAIN\nnum.partitions=3',
      ).warnings,
    ).toEqual([
      'settings without effect in this broker: log.cleaner.enable, num.replica.fetchers, ' +
        'compression.lz4.level, ssl.provider',
    ])
  })

  test("with a tutorial's threads, buffers and quorum has nothing said of them", () => {
    expect(
      parseText(
        'controller.quorum.voters=1@localhost:9093\nnum.network.threads=8\nnum.io.threads=16\nbackground.threads=4\n' +
          'socket.send.buffer.bytes=1048576\nsocket.receive.buffer.bytes=1048576\nqueued.max.requests=1000\n' +
          'num.recovery.threads.per.data.dir=4\nreplica.fetch.max.bytes=5242880\nlog.cleaner.threads=2\n' +
          'log.cleaner.dedupe.buffer.size=268435456\nlog.cleaner.enable=true\nlog.flush.interval.messages=10000\n' +
          'log.retention.hours=48\nlog.segment.bytes=104857600\nauto.create.topics.enable=false\n' +
          'delete.topic.enable=true\nmessage.max.bytes=5242880\noffsets.retention.minutes=1440',
      ).warnings,
    ).toEqual([])
    expect(parseText(readFileSync('config/server.properties', 'utf8')).warnings).toEqual([])
  })
})

describe('values', () => {
  test('have their types, null where nothing is set', () => {
    const config = parseConfig({
      'log.retention.ms': '86400000',
      'compression.type': 'zstd',
      'delete.topic.enable': 'False',
    })
    expect(config.boolean('delete.topic.enable')).toBe(false)
    expect(config.bigint('log.retention.ms')).toBe(86400000n)
    expect(config.number('log.retention.minutes')).toBeNull()
    expect(config.number('log.flush.interval.messages')).toBe(Number.MAX_SAFE_INTEGER)
    expect(config.bigint('log.flush.interval.messages')).toBe(9223372036854775807n)
    expect(config.number('log.cleaner.min.cleanable.ratio')).toBe(0.5)
    expect(config.string('compression.type')).toBe('zstd')
    expect(config.string('broker.rack')).toBeNull()
    expect(config.list('group.consumer.assignors')).toEqual(['uniform', 'range'])
  })

  test.each([
    [
      'num.partitions',
      '0',
      'Invalid value 0 for configuration num.partitions: Value must be at least 1 (allowed: an integer of 32 bits from 1 on)',
    ],
    [
      'auto.create.topics.enable',
      'on',
      'Invalid value on for configuration auto.create.topics.enable: Expected value to be either true or false (allowed: true or false)',
    ],
    [
      'compression.type',
      'zip',
      'Invalid value zip for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer (allowed: one of uncompressed, zstd, lz4, snappy, gzip, producer)',
    ],
    [
      'log.segment.bytes',
      '1GB',
      'Invalid value 1GB for configuration log.segment.bytes: Not a number of type INT (allowed: an integer of 32 bits from 1048576 on)',
    ],
    [
      'listener.name.plaintext.max.connections',
      'many',
      'Invalid value many for configuration listener.name.plaintext.max.connections: Not a number of type INT (allowed: an integer of 32 bits from 0 on)',
    ],
    [
      'log.dirs',
      '',
      "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value (allowed: a list separated by commas)",
    ],
  ])('%s=%s is refused with its range', (name, value, sentence) => {
    expect(() => parseConfig({ [name]: value })).toThrow(new UserError(sentence))
  })

  test.each<[Record<string, string>, RegExp]>([
    [{ 'log.retention.hours': '0' }, /^log.retention.ms .* must be at least 1, or -1/],
    [{ 'log.roll.ms': '0' }, /^log.roll.ms=0: must be greater/],
    [{ 'log.roll.jitter.ms': '-1' }, /^log.roll.jitter.ms=-1: must be greater/],
    [{ 'default.replication.factor': '0' }, /^default.replication.factor must be at least 1/],
    [{ 'queued.max.request.bytes': '5' }, /^queued.max.request.bytes must not be less/],
    [{ 'max.connections.per.ip': '0' }, /^max.connections.per.ip=0 goes only with/],
    [{ 'remote.log.storage.system.enable': 'true' }, /^remote.log.storage.system.enable=true: /],
    [
      { 'group.consumer.session.timeout.ms': '1000' },
      /^group.consumer.min.session.timeout.ms=45000 must not be more than group.consumer.session.timeout.ms=1000/,
    ],
    [
      { 'group.consumer.max.heartbeat.interval.ms': '50000', 'group.consumer.heartbeat.interval.ms': '45000' },
      /^group.consumer.heartbeat.interval.ms must be less than/,
    ],
    [
      { 'group.streams.num.standby.replicas': '3' },
      /^group.streams.num.standby.replicas=3 must not be more than group.streams.max.standby.replicas=2/,
    ],
    [{ 'node.id': '1', 'broker.id': '2' }, /^node.id=1 and broker.id=2 must be the same/],
    [{ 'broker.id': '-5' }, /^Invalid value -5 for configuration node.id/],
  ])('%o cannot be', (properties, sentence) => {
    const refused = () => parseConfig(properties)
    expect(refused).toThrow(UserError)
    expect(refused).toThrow(sentence)
  })

  test('broker.id=-1 asked for a number once; it gets the default', () => {
    expect(parseConfig({ 'broker.id': '-1' }).number('node.id')).toBe(1)
  })
})

describe('listeners', () => {
  const listeners = (listeners: string, more: Record<string, string> = {}): BrokerConfig =>
    parseConfig({ listeners, ...more })

  test('may be several, with names of their own and IPv6 addresses', () => {
    const config = listeners('INSIDE://127.0.0.1:9092, outside://[::1]:0', {
      'listener.security.protocol.map': 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
      'inter.broker.listener.name': 'INSIDE',
      'advertised.listeners': 'outside://kafka.example:19092,INSIDE://localhost:9092',
    })
    expect(parseListeners(config)).toMatchObject([
      { name: 'INSIDE', host: '127.0.0.1', port: 9092 },
      { name: 'OUTSIDE', host: '::1', port: 0 },
    ])
    expect(parseAdvertisedListeners(config)).toMatchObject([
      { name: 'OUTSIDE', host: 'kafka.example', port: 19092 },
      { name: 'INSIDE', port: 9092 },
    ])
  })

  test('without a host mean every interface, and clients are told the name of this machine', () => {
    const config = listeners('PLAINTEXT://:9092')
    expect(parseListeners(config)).toMatchObject([{ host: '' }])
    expect(parseAdvertisedListeners(config)).toMatchObject([{ host: hostname(), port: 9092 }])
  })

  test('on 0.0.0.0 need an address that clients can use, as in Kafka', () => {
    expect(() => listeners('PLAINTEXT://0.0.0.0:9092')).toThrow(
      /^advertised.listeners: clients cannot connect to 0.0.0.0; give the address of this machine/,
    )
    expect(
      parseListeners(listeners('PLAINTEXT://0.0.0.0:9092', { 'advertised.listeners': 'PLAINTEXT://h:1' })),
    ).toMatchObject([{ host: '0.0.0.0' }])
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['PLAINTEXT:9092', {}, /^listeners: PLAINTEXT:9092 is not of the form NAME:\/\/host:port/],
    ['PLAINTEXT://h:port', {}, /^listeners: .* is not of the form/],
    ['PLAINTEXT://h:65536', {}, /^listeners: .* is not of the form/],
    ['PLAINTEXT://:1,PLAINTEXT://:2', {}, /^listeners: two are called PLAINTEXT/],
    [
      'PLAINTEXT://:1,B://:1',
      { 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,B:PLAINTEXT' },
      /^listeners: PLAINTEXT and B have the same port 1/,
    ],
    ['FOO://:9092', {}, /^listeners: which security protocol FOO speaks is not said/],
    ['A://:1', { 'listener.security.protocol.map': 'A:FOO' }, /^listener.security.protocol.map: FOO is none of/],
    ['A://:1', { 'listener.security.protocol.map': 'A' }, /^listener.security.protocol.map: A is not of the form/],
    ['CONTROLLER://:9093', { 'controller.listener.names': 'CONTROLLER' }, /^listeners: there must be one for clients/],
    [
      'PLAINTEXT://:1',
      { 'advertised.listeners': 'X://h:1' },
      /^advertised.listeners: X is not among the listeners PLAINTEXT/,
    ],
    [
      'PLAINTEXT://:1',
      { 'inter.broker.listener.name': 'X' },
      /^inter.broker.listener.name: X is not among the advertised listeners PLAINTEXT/,
    ],
    [
      'PLAINTEXT://:1',
      { 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' },
      / exclude each other$/,
    ],
    ['PLAINTEXT://:1', { 'security.inter.broker.protocol': 'SSL' }, /^inter.broker.listener.name: SSL is not among/],
  ])('%s with %o are refused', (text, more, sentence) => {
    const refused = () => listeners(text, more)
    expect(refused).toThrow(UserError)
    expect(refused).toThrow(sentence)
  })
})

describe('what admins set', () => {
  const { DYNAMIC_BROKER_CONFIG, DYNAMIC_DEFAULT_BROKER_CONFIG, STATIC_BROKER_CONFIG, DEFAULT_CONFIG } = CONFIG_SOURCES
  const dynamic = (perBroker: Record<string, string>, clusterDefault: Record<string, string> = {}): BrokerConfig =>
    parseConfig({ 'log.cleaner.backoff.ms': '2' }).withDynamic(
      new Map(Object.entries(perBroker)),
      new Map(Object.entries(clusterDefault)),
    )

  test('for one broker wins over what is set for all, that over the file, and that over the default', () => {
    const name = 'log.cleaner.backoff.ms'
    expect(dynamic({}).number(name)).toBe(2)
    expect(dynamic({}, { [name]: '3' }).number(name)).toBe(3)
    const config = dynamic({ [name]: '4' }, { [name]: '3' })
    expect(config.number(name)).toBe(4)
    expect(config.synonyms(name)).toEqual([
      { name, value: '4', source: DYNAMIC_BROKER_CONFIG },
      { name, value: '3', source: DYNAMIC_DEFAULT_BROKER_CONFIG },
      { name, value: '2', source: STATIC_BROKER_CONFIG },
      { name, value: '15000', source: DEFAULT_CONFIG },
    ])
  })

  test('is left out when it can no longer be read', () => {
    const config = dynamic({ 'log.cleaner.backoff.ms': 'soon', 'no.such': '1' })
    expect(config.number('log.cleaner.backoff.ms')).toBe(2)
    expect([...config.dynamic]).toEqual([['no.such', '1']])
  })

  test('holds min.insync.replicas of the cluster from the start, as the file has it', () => {
    expect([...parseConfig({}).dynamicDefaults]).toEqual([['min.insync.replicas', '1']])
    expect([...parseConfig({ 'min.insync.replicas': '2' }).dynamicDefaults]).toEqual([['min.insync.replicas', '2']])
    expect(dynamic({}, { 'min.insync.replicas': '3' }).number('min.insync.replicas')).toBe(3)
  })

  test('names a setting by all its units, beginning with the one that was asked for', () => {
    const config = parseConfig({ 'log.retention.hours': '24', 'log.retention.minutes': '60' })
    expect(config.synonyms('log.retention.ms')).toEqual([])
    expect(config.synonyms('log.retention.minutes').map(({ name }) => name)).toEqual([
      'log.retention.minutes',
      'log.retention.hours',
      'log.retention.hours',
    ])
    expect(config.synonyms('no.such')).toEqual([])
  })
})
