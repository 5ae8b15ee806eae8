import { MalformedError } from '../../errors.ts'
import { Reader, Writer } from '../bytes.ts'
import { messageType, readMessage, type MessageType, type StoredMessage } from '../message-type.ts'
import type { BatchHeader } from '../records/batch.ts'
import { buildBatch, type BatchOptions } from '../records/builder.ts'
import { RecordReader } from '../records/reader.ts'
import {
  array,
  int16,
  int32,
  int64,
  string,
  struct,
  uint16,
  uuid,
  type Field,
  type Fields,
  type Input,
  type Message,
  type Versions,
} from '../schema.ts'

const record = <F extends Fields>(
  name: string,
  versions: Versions,
  fields: F,
): MessageType<{ version: Field<number> } & F> => messageType(name, versions, '0+', { version: int16('0+'), ...fields })

const voters = array('0+', { voterId: int32('0+'), voterDirectoryId: uuid('1+') })

const TYPES = {
  LeaderChange: record('LeaderChange', '0-1', { leaderId: int32('0+'), voters, grantingVoters: voters }),
  SnapshotHeader: record('SnapshotHeader', '0', { lastContainedLogTimestamp: int64('0+') }),
  SnapshotFooter: record('SnapshotFooter', '0', {}),
  KRaftVersion: record('KRaftVersion', '0', { kRaftVersion: int16('0+') }),
  KRaftVoters: record('KRaftVoters', '0', {
    voters: array('0+', {
      voterId: int32('0+'),
      voterDirectoryId: uuid('0+'),
      endpoints: array('0+', { name: string('0+'), host: string('0+'), port: uint16('0+') }),
      kRaftVersionFeature: struct('0+', { minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') }),
    }),
  }),
}
type Types = typeof TYPES
type Name = keyof Types

/** ControlRecordType; 0 and 1 end transactions (see EndMarker). */
const KINDS: Readonly<Record<Name, number>> = {
  LeaderChange: 2,
  SnapshotHeader: 3,
  SnapshotFooter: 4,
  KRaftVersion: 5,
  KRaftVoters: 6,
}

/**
 * What the leader of `__cluster_metadata` writes for its peers, and what begins and ends a snapshot (KIP-595, KIP-630,
 * KIP-853), by kind.
 */
export const KRAFT_CONTROL_RECORDS: ReadonlyMap<number, MessageType> = new Map(
  (Object.keys(KINDS) as Name[]).map((name) => [KINDS[name], TYPES[name]]),
)

/** A control record by its name, e.g. `{ type: 'LeaderChange', version: 1, leaderId: 3, … }`. */
export type ControlRecord<N extends Name = Name> = { [K in N]: { readonly type: K } & Message<Types[K]['fields']> }[N]

/** The same with fields left out that have their default; the version is 0 by default. */
export type ControlRecordInput = { [K in Name]: { readonly type: K } & Input<Message<Types[K]['fields']>> }[Name]

const KEY_VERSION = 0
const KEY_BYTES = 4

/**
 * A control batch. The key of each record is version int16, type int16; the value begins with its own version. Throws
 * RangeError for no records, MalformedError for a field that the version cannot carry.
 */
export function buildControlBatch(
  records: readonly ControlRecordInput[],
  { timestamp, ...options }: { readonly timestamp: bigint } & Pick<BatchOptions, 'baseOffset' | 'partitionLeaderEpoch'>,
): Buffer {
  return buildBatch(
    records.map((record) => ({ timestamp, key: keyOf(record.type), value: valueOf(record) })),
    { ...options, isControl: true },
  )
}

function keyOf(name: Name): Buffer {
  const key = Buffer.alloc(KEY_BYTES)
  key.writeInt16BE(KEY_VERSION, 0)
  key.writeInt16BE(KINDS[name], 2)
  return key
}

function valueOf({ type, ...values }: ControlRecordInput): Buffer {
  const writer = new Writer()
  const { version = 0 } = values
  ;(TYPES[type] as MessageType).codec(version).write(writer, values as never)
  return writer.toBuffer()
}

/**
 * The records of the control batch at `at`. Throws MalformedError when it is damaged, and for a record of a kind or
 * version that Kafka 4.3 does not know: none may be passed over.
 */
export function readControlRecords(buffer: Buffer, at: number, header: BatchHeader): ControlRecord[] {
  const records: ControlRecord[] = []
  const reader = new RecordReader()
  reader.open(buffer, at, header)
  while (reader.next()) {
    const { body, keyStart, keyLength, valueStart, valueLength } = reader
    if (keyLength < KEY_BYTES || valueLength < 0) throw new MalformedError('a control record without key or value')
    const kind = body.readInt16BE(keyStart + 2)
    const message = readControlRecord(kind, body.subarray(valueStart, valueStart + valueLength))
    if (message === undefined) throw new MalformedError(`a control record of kind ${kind}, which is not known`)
    records.push({ type: message.type.name, ...message.values } as ControlRecord)
  }
  return records
}

/** Each begins with its version. Undefined for a record of another kind. Throws MalformedError. */
export function readControlRecord(kind: number, value: Buffer): StoredMessage | undefined {
  const type = KRAFT_CONTROL_RECORDS.get(kind)
  return type && readMessage(type, new Reader(value).int16(), new Reader(value))
}
