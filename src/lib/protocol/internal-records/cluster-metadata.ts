import {
  array,
  bool,
  bytes,
  float64,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableString,
  string,
  uint16,
  uuid,
  type Fields,
  type Versions,
} from '../schema.ts'
import type { FramedRecordTypes } from './framed-record.ts'
import { messageType, type MessageType } from '../message-type.ts'

const END_POINTS = array('0+', {
  name: string('0+'),
  host: string('0+'),
  port: uint16('0+'),
  securityProtocol: int16('0+'),
})
const FEATURES = array('0+', { name: string('0+'), minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') })

const record = (name: string, versions: Versions, fields: Fields): MessageType =>
  messageType(name, versions, '0+', fields)

/** `__cluster_metadata`: what KRaft controllers decide (KIP-631), by kind (MetadataRecordType). */
export const CLUSTER_METADATA_RECORDS: FramedRecordTypes = new Map([
  [
    0,
    record('REGISTER_BROKER_RECORD', '0-4', {
      brokerId: int32('0+'),
      isMigratingZkBroker: bool('2+'),
      incarnationId: uuid('0+'),
      brokerEpoch: int64('0+'),
      endPoints: END_POINTS,
      features: FEATURES,
      rack: nullableString('0+', '0+', { default: '' }),
      fenced: bool('0+', { default: true }),
      inControlledShutdown: bool('1+'),
      logDirs: array('3+', uuid('3+'), { tag: 0 }),
      cordonedLogDirs: nullableArray('4+', '4+', uuid('4+'), { tag: 1 }),
    }),
  ],
  [1, record('UNREGISTER_BROKER_RECORD', '0', { brokerId: int32('0+'), brokerEpoch: int64('0+') })],
  [2, record('TOPIC_RECORD', '0', { name: string('0+'), topicId: uuid('0+') })],
  [
    3,
    record('PARTITION_RECORD', '0-2', {
      partitionId: int32('0+', { default: -1 }),
      topicId: uuid('0+'),
      replicas: array('0+', int32('0+')),
      isr: array('0+', int32('0+')),
      removingReplicas: array('0+', int32('0+')),
      addingReplicas: array('0+', int32('0+')),
      leader: int32('0+', { default: -1 }),
      leaderRecoveryState: int8('0+', { tag: 0 }),
      leaderEpoch: int32('0+', { default: -1 }),
      partitionEpoch: int32('0+', { default: -1 }),
      directories: array('1+', uuid('1+')),
      eligibleLeaderReplicas: nullableArray('2+', '2+', int32('2+'), { tag: 1 }),
      lastKnownElr: nullableArray('2+', '2+', int32('2+'), { tag: 2 }),
    }),
  ],
  [
    4,
    record('CONFIG_RECORD', '0', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      name: string('0+'),
      value: nullableString('0+', '0+', { default: '' }),
    }),
  ],
  [
    5,
    record('PARTITION_CHANGE_RECORD', '0-2', {
      partitionId: int32('0+', { default: -1 }),
      topicId: uuid('0+'),
      isr: nullableArray('0+', '0+', int32('0+'), { tag: 0 }),
      leader: int32('0+', { default: -2, tag: 1 }),
      replicas: nullableArray('0+', '0+', int32('0+'), { tag: 2 }),
      removingReplicas: nullableArray('0+', '0+', int32('0+'), { tag: 3 }),
      addingReplicas: nullableArray('0+', '0+', int32('0+'), { tag: 4 }),
      leaderRecoveryState: int8('0+', { default: -1, tag: 5 }),
      directories: nullableArray('1+', '1+', uuid('1+'), { tag: 8 }),
      eligibleLeaderReplicas: nullableArray('2+', '2+', int32('2+'), { tag: 6 }),
      lastKnownElr: nullableArray('2+', '2+', int32('2+'), { tag: 7 }),
    }),
  ],
  [7, record('FENCE_BROKER_RECORD', '0', { id: int32('0+'), epoch: int64('0+') })],
  [8, record('UNFENCE_BROKER_RECORD', '0', { id: int32('0+'), epoch: int64('0+') })],
  [9, record('REMOVE_TOPIC_RECORD', '0', { topicId: uuid('0+') })],
  [
    10,
    record('DELEGATION_TOKEN_RECORD', '0', {
      owner: string('0+'),
      requester: string('0+'),
      renewers: array('0+', string('0+')),
      issueTimestamp: int64('0+'),
      maxTimestamp: int64('0+'),
      expirationTimestamp: int64('0+'),
      tokenId: string('0+'),
    }),
  ],
  [
    11,
    record('USER_SCRAM_CREDENTIAL_RECORD', '0', {
      name: string('0+'),
      mechanism: int8('0+'),
      salt: bytes('0+'),
      storedKey: bytes('0+'),
      serverKey: bytes('0+'),
      iterations: int32('0+'),
    }),
  ],
  [12, record('FEATURE_LEVEL_RECORD', '0', { name: string('0+'), featureLevel: int16('0+') })],
  [
    14,
    record('CLIENT_QUOTA_RECORD', '0', {
      entity: array('0+', { entityType: string('0+'), entityName: nullableString('0+', '0+', { default: '' }) }),
      key: string('0+'),
      value: float64('0+'),
      remove: bool('0+'),
    }),
  ],
  [
    15,
    record('PRODUCER_IDS_RECORD', '0', {
      brokerId: int32('0+'),
      brokerEpoch: int64('0+', { default: -1n }),
      nextProducerId: int64('0+'),
    }),
  ],
  [
    17,
    record('BROKER_REGISTRATION_CHANGE_RECORD', '0-3', {
      brokerId: int32('0+'),
      brokerEpoch: int64('0+'),
      fenced: int8('0+', { tag: 0 }),
      inControlledShutdown: int8('1+', { tag: 1 }),
      logDirs: array('2+', uuid('2+'), { tag: 2 }),
      cordonedLogDirs: nullableArray('3+', '3+', uuid('3+'), { tag: 3 }),
    }),
  ],
  [
    18,
    record('ACCESS_CONTROL_ENTRY_RECORD', '0', {
      id: uuid('0+'),
      resourceType: int8('0+'),
      resourceName: string('0+'),
      patternType: int8('0+'),
      principal: string('0+'),
      host: string('0+'),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  ],
  [19, record('REMOVE_ACCESS_CONTROL_ENTRY_RECORD', '0', { id: uuid('0+') })],
  [20, record('NO_OP_RECORD', '0', {})],
  [21, record('ZK_MIGRATION_STATE_RECORD', '0', { zkMigrationState: int8('0+') })],
  [22, record('REMOVE_USER_SCRAM_CREDENTIAL_RECORD', '0', { name: string('0+'), mechanism: int8('0+') })],
  [23, record('BEGIN_TRANSACTION_RECORD', '0', { name: nullableString('0+', '0+', { tag: 0 }) })],
  [24, record('END_TRANSACTION_RECORD', '0', {})],
  [25, record('ABORT_TRANSACTION_RECORD', '0', { reason: nullableString('0+', '0+', { tag: 0 }) })],
  [26, record('REMOVE_DELEGATION_TOKEN_RECORD', '0', { tokenId: string('0+') })],
  [
    27,
    record('REGISTER_CONTROLLER_RECORD', '0', {
      controllerId: int32('0+'),
      incarnationId: uuid('0+'),
      zkMigrationReady: bool('0+'),
      endPoints: END_POINTS,
      features: FEATURES,
    }),
  ],
  [28, record('CLEAR_ELR_RECORD', '0', { topicName: string('0+') })],
])
