import { MalformedError } from '../../errors.ts'
import { Reader } from '../../protocol/bytes.ts'
import { compile } from '../../protocol/compile.ts'
import {
  array, bounds, bytes, int16, int32, int64, int8, isField, nullableArray, nullableString, string, uuid, within, type Field, type Fields, type Versions,
} from '../../protocol/schema.ts'

/** A kind of record in Kafka's own topics: the key's version is the kind (CoordinatorRecordType). */
interface RecordType {
  readonly key: Fields
  readonly value: Fields
  readonly versions: Versions
  readonly flexible: Versions
}

const OFFSET_KEY = { group: string('0+'), topic: string('0+'), partition: int32('0+') }

/** OffsetCommitValue.json */
const OFFSET_VALUE = {
  offset: int64('0+'), leaderEpoch: int32('3+', { default: -1 }), metadata: string('0+'), commitTimestamp: int64('0+'),
  expireTimestamp: int64('1', { default: -1n }), topicId: uuid('4+', { tag: 0 }),
}

/** GroupMetadataValue.json */
const GROUP_VALUE = {
  protocolType: string('0+'), generation: int32('0+'), protocol: nullableString('0+', '0+'), leader: nullableString('0+', '0+'),
  currentStateTimestamp: int64('2+', { default: -1n }),
  members: array('0+', {
    memberId: string('0+'), groupInstanceId: nullableString('3+', '3+'), clientId: string('0+'), clientHost: string('0+'),
    rebalanceTimeout: int32('1+', { default: -1 }), sessionTimeout: int32('0+'), subscription: bytes('0+'), assignment: bytes('0+'),
  }),
}

/** TransactionLogValue.json */
const TRANSACTION_VALUE = {
  producerId: int64('0+'), previousProducerId: int64('1+', { default: -1n, tag: 0 }), nextProducerId: int64('1+', { default: -1n, tag: 1 }),
  producerEpoch: int16('0+'), nextProducerEpoch: int16('1+', { default: -1, tag: 3 }), transactionTimeoutMs: int32('0+'), transactionStatus: int8('0+'),
  transactionPartitions: nullableArray('0+', '0+', { topic: string('0+'), partitionIds: array('0+', int32('0+')) }),
  transactionLastUpdateTimestampMs: int64('0+'), transactionStartTimestampMs: int64('0+'), clientTransactionVersion: int16('1+', { tag: 2 }),
}

/** The records that each of Kafka's formatters shows; others in the topic it passes over. */
export const COORDINATOR_RECORDS = {
  offsets: new Map<number, RecordType>([
    [0, { key: OFFSET_KEY, value: OFFSET_VALUE, versions: '0', flexible: '4+' }],
    [1, { key: OFFSET_KEY, value: OFFSET_VALUE, versions: '0-4', flexible: '4+' }],
  ]),
  groups: new Map<number, RecordType>([[2, { key: { group: string('0+') }, value: GROUP_VALUE, versions: '0-4', flexible: '4+' }]]),
  transactions: new Map<number, RecordType>([[0, { key: { transactionalId: string('0+') }, value: TRANSACTION_VALUE, versions: '0-1', flexible: '1+' }]]),
} as const

/** A record of one of Kafka's own topics: its kind, and key and value as JSON. */
export interface CoordinatorRecord {
  readonly type: number
  readonly keyJson: string
  /** Null for a record that removes the key. */
  readonly value: { readonly version: number; readonly json: string } | null
}

/**
 * Reads a record of `__consumer_offsets` or `__transaction_state`; undefined for one of another kind. Throws MalformedError
 * for bytes that are no such record, and for a version that Kafka 4.3 does not know.
 */
export function readCoordinatorRecord(types: ReadonlyMap<number, RecordType>, key: Buffer, value: Buffer | null): CoordinatorRecord | undefined {
  const keyReader = new Reader(key)
  const type = keyReader.int16()
  const record = types.get(type)
  if (!record) return undefined
  return { type, keyJson: readJson(record.key, 0, false, keyReader), value: value && readValue(record, value) }
}

/** The same as one JSON document, in the form of Kafka's formatters. */
export function describeCoordinatorRecord(types: ReadonlyMap<number, RecordType>, key: Buffer, value: Buffer | null): string | undefined {
  const record = readCoordinatorRecord(types, key, value)
  if (!record) return undefined
  const valueJson = record.value === null ? 'null' : `{"version":${record.value.version},"data":${record.value.json}}`
  return `{"key":{"type":${record.type},"data":${record.keyJson}},"value":${valueJson}}`
}

function readValue({ value: fields, versions, flexible }: RecordType, value: Buffer): CoordinatorRecord['value'] {
  const reader = new Reader(value)
  const version = reader.int16()
  if (!within(versions, version)) throw new MalformedError(`version ${version} is not known, the latest is ${bounds(versions)[1]}`)
  return { version, json: readJson(fields, version, within(flexible, version), reader) }
}

function readJson(fields: Fields, version: number, isFlexible: boolean, reader: Reader): string {
  return objectJson(fields, version, compile(fields, version, isFlexible).read(reader))
}

/** What the version does not carry is left out, and so is a tagged field that has its default. */
function objectJson(fields: Fields, version: number, message: Record<string, unknown>): string {
  const shown = Object.entries(fields).filter(([name, field]) =>
    within(field.versions, version) && !(field.tag !== undefined && message[name] === field.default))
  return `{${shown.map(([name, field]) => `"${name}":${valueJson(field, version, message[name])}`).join(',')}}`
}

/** Bytes in base64, and numbers of 64 bits as they are: JSON has no limit of its own. */
function valueJson(field: Field, version: number, value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => itemJson(field.of!, version, item)).join(',')}]`
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('base64') : value)
}

const itemJson = (of: Field | Fields, version: number, item: unknown): string =>
  isField(of) ? valueJson(of, version, item) : objectJson(of, version, item as Record<string, unknown>)
