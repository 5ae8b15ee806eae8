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
  within,
  type Fields,
  type Input,
  type Message,
  type Versions,
} from '../schema.ts'
import { Writer } from '../bytes.ts'
import { messageType, type MessageType } from '../message-type.ts'
import { recordVersion } from '../metadata-version.ts'
import { FRAME_VERSION, readFramedRecord, type FramedRecordTypes } from './framed-record.ts'

const END_POINTS = array('0+', {
  name: string('0+'),
  host: string('0+'),
  port: uint16('0+'),
  securityProtocol: int16('0+'),
})
const FEATURES = array('0+', { name: string('0+'), minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') })

interface Declared<F extends Fields> {
  readonly id: number
  readonly message: MessageType<F>
  readonly fields: F
}

const record = <F extends Fields>(id: number, name: string, versions: Versions, fields: F): Declared<F> => ({
  id,
  message: messageType(name, versions, '0+', fields),
  fields,
})

const RECORDS = {
  REGISTER_BROKER_RECORD: record(0, 'REGISTER_BROKER_RECORD', '0-4', {
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
  UNREGISTER_BROKER_RECORD: record(1, 'UNREGISTER_BROKER_RECORD', '0', {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
  }),
  TOPIC_RECORD: record(2, 'TOPIC_RECORD', '0', { name: string('0+'), topicId: uuid('0+') }),
  PARTITION_RECORD: record(3, 'PARTITION_RECORD', '0-2', {
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
  CONFIG_RECORD: record(4, 'CONFIG_RECORD', '0', {
    resourceType: int8('0+'),
    resourceName: string('0+'),
    name: string('0+'),
    value: nullableString('0+', '0+', { default: '' }),
  }),
  PARTITION_CHANGE_RECORD: record(5, 'PARTITION_CHANGE_RECORD', '0-2', {
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
  FENCE_BROKER_RECORD: record(7, 'FENCE_BROKER_RECORD', '0', { id: int32('0+'), epoch: int64('0+') }),
  UNFENCE_BROKER_RECORD: record(8, 'UNFENCE_BROKER_RECORD', '0', { id: int32('0+'), epoch: int64('0+') }),
  REMOVE_TOPIC_RECORD: record(9, 'REMOVE_TOPIC_RECORD', '0', { topicId: uuid('0+') }),
  DELEGATION_TOKEN_RECORD: record(10, 'DELEGATION_TOKEN_RECORD', '0', {
    owner: string('0+'),
    requester: string('0+'),
    renewers: array('0+', string('0+')),
    issueTimestamp: int64('0+'),
    maxTimestamp: int64('0+'),
    expirationTimestamp: int64('0+'),
    tokenId: string('0+'),
  }),
  USER_SCRAM_CREDENTIAL_RECORD: record(11, 'USER_SCRAM_CREDENTIAL_RECORD', '0', {
    name: string('0+'),
    mechanism: int8('0+'),
    salt: bytes('0+'),
    storedKey: bytes('0+'),
    serverKey: bytes('0+'),
    iterations: int32('0+'),
  }),
  FEATURE_LEVEL_RECORD: record(12, 'FEATURE_LEVEL_RECORD', '0', { name: string('0+'), featureLevel: int16('0+') }),
  CLIENT_QUOTA_RECORD: record(14, 'CLIENT_QUOTA_RECORD', '0', {
    entity: array('0+', { entityType: string('0+'), entityName: nullableString('0+', '0+', { default: '' }) }),
    key: string('0+'),
    value: float64('0+'),
    remove: bool('0+'),
  }),
  PRODUCER_IDS_RECORD: record(15, 'PRODUCER_IDS_RECORD', '0', {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1n }),
    nextProducerId: int64('0+'),
  }),
  BROKER_REGISTRATION_CHANGE_RECORD: record(17, 'BROKER_REGISTRATION_CHANGE_RECORD', '0-3', {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
    fenced: int8('0+', { tag: 0 }),
    inControlledShutdown: int8('1+', { tag: 1 }),
    logDirs: array('2+', uuid('2+'), { tag: 2 }),
    cordonedLogDirs: nullableArray('3+', '3+', uuid('3+'), { tag: 3 }),
  }),
  ACCESS_CONTROL_ENTRY_RECORD: record(18, 'ACCESS_CONTROL_ENTRY_RECORD', '0', {
    id: uuid('0+'),
    resourceType: int8('0+'),
    resourceName: string('0+'),
    patternType: int8('0+'),
    principal: string('0+'),
    host: string('0+'),
    operation: int8('0+'),
    permissionType: int8('0+'),
  }),
  REMOVE_ACCESS_CONTROL_ENTRY_RECORD: record(19, 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD', '0', { id: uuid('0+') }),
  NO_OP_RECORD: record(20, 'NO_OP_RECORD', '0', {}),
  ZK_MIGRATION_STATE_RECORD: record(21, 'ZK_MIGRATION_STATE_RECORD', '0', { zkMigrationState: int8('0+') }),
  REMOVE_USER_SCRAM_CREDENTIAL_RECORD: record(22, 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD', '0', {
    name: string('0+'),
    mechanism: int8('0+'),
  }),
  BEGIN_TRANSACTION_RECORD: record(23, 'BEGIN_TRANSACTION_RECORD', '0', {
    name: nullableString('0+', '0+', { tag: 0 }),
  }),
  END_TRANSACTION_RECORD: record(24, 'END_TRANSACTION_RECORD', '0', {}),
  ABORT_TRANSACTION_RECORD: record(25, 'ABORT_TRANSACTION_RECORD', '0', {
    reason: nullableString('0+', '0+', { tag: 0 }),
  }),
  REMOVE_DELEGATION_TOKEN_RECORD: record(26, 'REMOVE_DELEGATION_TOKEN_RECORD', '0', { tokenId: string('0+') }),
  REGISTER_CONTROLLER_RECORD: record(27, 'REGISTER_CONTROLLER_RECORD', '0', {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    endPoints: END_POINTS,
    features: FEATURES,
  }),
  CLEAR_ELR_RECORD: record(28, 'CLEAR_ELR_RECORD', '0', { topicName: string('0+') }),
}

type Records = typeof RECORDS
type FieldsOf<N extends keyof Records> = Records[N] extends Declared<infer F> ? F : never

/** A record of a kind, every field with its value. */
export type MetadataRecordOf<N extends keyof Records> = { readonly type: N } & Readonly<Message<FieldsOf<N>>>
/** A record of the controllers' log as it was read. */
export type MetadataRecord = { [N in keyof Records]: MetadataRecordOf<N> }[keyof Records]
/** A record to be written: fields that are left out have their default. */
export type NewMetadataRecord = {
  [N in keyof Records]: { readonly type: N } & Input<Message<FieldsOf<N>>>
}[keyof Records]

/** The same for one kind. */
export type NewMetadataRecordOf<N extends keyof Records> = Extract<NewMetadataRecord, { readonly type: N }>

/** `__cluster_metadata`: what KRaft controllers decide (KIP-631), by kind (MetadataRecordType). */
export const CLUSTER_METADATA_RECORDS: FramedRecordTypes = new Map(
  Object.values(RECORDS).map(({ id, message }) => [id, message as unknown as MessageType]),
)

/**
 * The value of a record, in the version that every node at a level of `metadata.version` can read. What that version
 * has no room for is left out: it has no meaning at this level.
 */
export function encodeMetadataRecord(record: NewMetadataRecord, metadataLevel: number): Buffer {
  const { id, message } = RECORDS[record.type]
  const highest = recordVersion(record.type, metadataLevel)
  const version =
    record.type === 'BROKER_REGISTRATION_CHANGE_RECORD' ? Math.min(changeVersion(record), highest) : highest
  const writer = new Writer()
  for (const part of [FRAME_VERSION, id, version]) writer.uvarint(part)
  ;(message as unknown as MessageType).codec(version).write(writer, knownTo(version, record))
  return writer.toBuffer()
}

const knownTo = (version: number, { type, ...values }: NewMetadataRecord): Input<Message<Fields>> => {
  const { message, fields } = RECORDS[type] as unknown as Declared<Fields>
  const all = values as Input<Message<Fields>>
  if (version === message.maxVersion) return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => within(fields[name]!.versions, version)))
}

/** The lowest version that can say it (BrokerRegistrationChangeRecord in ClusterControlManager). */
function changeVersion({
  inControlledShutdown = 0,
  logDirs = [],
  cordonedLogDirs = null,
}: Extract<NewMetadataRecord, { readonly type: 'BROKER_REGISTRATION_CHANGE_RECORD' }>): number {
  if (cordonedLogDirs !== null) return 3
  if (logDirs.length > 0) return 2
  return inControlledShutdown === 0 ? 0 : 1
}

/**
 * Throws MalformedError for a record of a kind or version that Kafka 4.3 does not know: a node that passed over it
 * would have another idea of the cluster than the others.
 */
export function decodeMetadataRecord(value: Buffer | null): MetadataRecord {
  const { type, values } = readFramedRecord(CLUSTER_METADATA_RECORDS, value)
  return { type: type.name, ...values } as unknown as MetadataRecord
}
