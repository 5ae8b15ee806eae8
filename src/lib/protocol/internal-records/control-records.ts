import { Reader } from '../bytes.ts'
import { array, int16, int32, int64, string, struct, uint16, uuid, type Fields, type Versions } from '../schema.ts'
import { messageType, readMessage, type MessageType, type StoredMessage } from '../message-type.ts'

const VOTERS = array('0+', { voterId: int32('0+'), voterDirectoryId: uuid('1+') })

const record = (name: string, versions: Versions, fields: Fields): MessageType =>
  messageType(name, versions, '0+', fields)

/**
 * What the leader of `__cluster_metadata` writes for its peers (KIP-595, KIP-630, KIP-853), by kind
 * (ControlRecordType).
 */
export const KRAFT_CONTROL_RECORDS: ReadonlyMap<number, MessageType> = new Map([
  [
    2,
    record('LeaderChange', '0-1', {
      version: int16('0+'),
      leaderId: int32('0+'),
      voters: VOTERS,
      grantingVoters: VOTERS,
    }),
  ],
  [3, record('SnapshotHeader', '0', { version: int16('0+'), lastContainedLogTimestamp: int64('0+') })],
  [4, record('SnapshotFooter', '0', { version: int16('0+') })],
  [5, record('KRaftVersion', '0', { version: int16('0+'), kRaftVersion: int16('0+') })],
  [
    6,
    record('KRaftVoters', '0', {
      version: int16('0+'),
      voters: array('0+', {
        voterId: int32('0+'),
        voterDirectoryId: uuid('0+'),
        endpoints: array('0+', { name: string('0+'), host: string('0+'), port: uint16('0+') }),
        kRaftVersionFeature: struct('0+', { minSupportedVersion: int16('0+'), maxSupportedVersion: int16('0+') }),
      }),
    }),
  ],
])

/** Each begins with its version. Undefined for a record of another kind. Throws MalformedError. */
export function readControlRecord(kind: number, value: Buffer): StoredMessage | undefined {
  const type = KRAFT_CONTROL_RECORDS.get(kind)
  return type && readMessage(type, new Reader(value).int16(), new Reader(value))
}
