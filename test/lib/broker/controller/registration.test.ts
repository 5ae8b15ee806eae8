import { beforeEach, expect, test } from 'vitest'
import type { BrokerRegistrationRequest } from '../../../../src/lib/protocol/apis/broker-registration.ts'
import { directoryOf, TestController, TOPIC_ID, uuid } from './support.ts'

let tested: TestController
beforeEach(() => {
  tested = new TestController()
  tested.records()
})

test('a broker that registers is fenced, and its epoch is where its registration stands', () => {
  const offset = tested.cluster.metadataOffset
  expect(tested.register(1)).toBe(offset)
  expect(tested.records()).toEqual([
    expect.objectContaining({
      type: 'REGISTER_BROKER_RECORD',
      brokerId: 1,
      brokerEpoch: offset,
      incarnationId: uuid(1),
      endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9091, securityProtocol: 0 }],
      fenced: true,
      inControlledShutdown: false,
      logDirs: [directoryOf(1)],
    }),
  ])
  expect(tested.cluster.registration(1)).toMatchObject({ isFenced: true, epoch: offset })
})

test('the same run may register again, and keeps its epoch', () => {
  const epoch = tested.register(1)
  tested.heartbeat(1)
  expect(tested.register(1, { rack: 'r' })).toBe(epoch)
  expect(tested.cluster.registration(1)).toMatchObject({ isFenced: false, rack: 'r' })
})

test.each<[string, Partial<BrokerRegistrationRequest>, string, string]>([
  [
    'another cluster',
    { clusterId: 'other' },
    'INCONSISTENT_CLUSTER_ID',
    'Expected cluster ID cluster, but got cluster ID other',
  ],
  ['no directory', { logDirs: [] }, 'INVALID_REGISTRATION', 'No directories specified in request'],
  [
    'a directory that is none',
    { logDirs: ['AAAAAAAAAAAAAAAAAAAAAQ'] },
    'INVALID_REGISTRATION',
    'Reserved directory ID in request',
  ],
  ['a directory twice', { logDirs: [uuid(1), uuid(1)] }, 'INVALID_REGISTRATION', 'Duplicate directory ID in request'],
  [
    'a directory of another broker',
    { logDirs: [directoryOf(2)] },
    'INVALID_REGISTRATION',
    `Broker 2 is already registered with directory ${directoryOf(2)}`,
  ],
  [
    'features without the version of the metadata',
    { features: [] },
    'INVALID_REGISTRATION',
    "Request features do not contain 'metadata.version'",
  ],
  [
    'a feature that the broker does not go up to',
    { features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 29 }] },
    'UNSUPPORTED_VERSION',
    'Unable to register because the broker does not support finalized version 30 of metadata.version. The broker wants ' +
      'a version between 7 and 29, inclusive.',
  ],
  [
    'a feature that the broker does not speak of',
    { features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 30 }] },
    'UNSUPPORTED_VERSION',
    'Unable to register because the broker does not support finalized version 1 of eligible.leader.replicas.version. ' +
      'The broker wants a version between 0 and 0, inclusive.',
  ],
  [
    'a broker of ZooKeeper',
    { isMigratingZkBroker: true },
    'BROKER_ID_NOT_REGISTERED',
    'Controller does not support registering ZK brokers.',
  ],
])('%s is refused', (_, change, code, message) => {
  tested.register(2)
  tested.records()
  expect(() => tested.register(1, change)).toThrow(expect.objectContaining({ code, message }))
  expect(tested.records()).toEqual([])
})

test('two nodes with one id: the first is in for as long as it is heard of', () => {
  tested.register(1)
  tested.heartbeat(1)
  const second = (): bigint => tested.register(1, { incarnationId: uuid(11) })
  tested.clock.advance(9000)
  expect(second).toThrow(expect.objectContaining({ code: 'DUPLICATE_BROKER_REGISTRATION' }))
  tested.clock.advance(1)
  expect(second()).toBeGreaterThan(0n)
})

const TOPIC = [{ isr: [1, 2] }, { leader: 2, isr: [2], elr: [1] }]
const MIN_ISR = { 'min.insync.replicas': '2' }

test.each([
  ['after a crash the broker leaves ISR and ELR', -1n, 4, { isr: [2], elr: [] }, { isr: [2], elr: [] }],
  ['after a clean stop it stays eligible', null, 4, { isr: [2], elr: [1] }, { isr: [2], elr: [1] }],
  ['a version that does not tell counts as a crash', null, 2, { isr: [2], elr: [] }, { isr: [2], elr: [] }],
] as const)('%s', (_, previous, apiVersion, first, second) => {
  tested = new TestController({ brokers: [1, 2, 3] })
  tested.createTopic(TOPIC, MIN_ISR)
  const previousBrokerEpoch = previous ?? tested.cluster.registration(1)!.epoch
  tested.clock.advance(9001)
  for (const nodeId of [2, 3]) tested.heartbeat(nodeId)
  tested.records()
  tested.register(1, { incarnationId: uuid(11), previousBrokerEpoch }, apiVersion)
  expect(tested.partition(0)).toMatchObject({ leader: 2, leaderEpoch: 6, ...first })
  expect(tested.partition(1)).toMatchObject({ leader: 2, leaderEpoch: 5, ...second })
  expect(tested.records().at(-1)).toMatchObject({ type: 'REGISTER_BROKER_RECORD' })
})

test('without ELR a crash is like a fence', () => {
  tested = new TestController({ brokers: [1, 2], isElrEnabled: false })
  tested.createTopic([{ replicas: [1, 2], isr: [1] }])
  tested.clock.advance(9001)
  tested.records()
  tested.register(1, { incarnationId: uuid(11) })
  expect(tested.records()[0]).toEqual({
    type: 'PARTITION_CHANGE_RECORD',
    topicId: TOPIC_ID,
    partitionId: 0,
    leader: -1,
  })
})
