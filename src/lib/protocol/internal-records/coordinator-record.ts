import { MalformedError } from '../../errors.ts'
import { Reader } from '../bytes.ts'
import type { Fields, Versions } from '../schema.ts'
import { isKnown, messageType, readMessage, type MessageType, type StoredMessage } from '../message-type.ts'

/** A kind of record in a coordinator's topic: the key's version is its number (CoordinatorRecordType). */
export interface CoordinatorRecordType<K extends Fields = Fields, V extends Fields = Fields> {
  readonly type: number
  readonly name: string
  readonly key: MessageType<K>
  readonly value: MessageType<V>
}

export type CoordinatorRecordTypes = ReadonlyMap<number, CoordinatorRecordType>

export interface CoordinatorRecord {
  readonly type: number
  readonly name: string
  readonly key: StoredMessage
  /** Null for a record that removes the key. */
  readonly value: StoredMessage | null
}

/** A declaration: keys have one version, values those that are named. */
export const coordinatorRecord = <K extends Fields, V extends Fields>(
  type: number,
  name: string,
  versions: Versions,
  flexible: Versions,
  key: K,
  value: V,
): CoordinatorRecordType<K, V> => ({
  type,
  name,
  key: messageType(name, '0', 'none', key),
  value: messageType(name, versions, flexible, value),
})

export const recordTypes = (...types: readonly CoordinatorRecordType[]): CoordinatorRecordTypes =>
  new Map(types.map((record) => [record.type, record]))

/**
 * Undefined for a record of another kind. Throws MalformedError, in the words of Kafka's tool, for bytes that are no
 * such record and for a version that Kafka 4.3 does not know (CoordinatorRecordSerde).
 */
export function readCoordinatorRecord(
  types: CoordinatorRecordTypes,
  key: Buffer,
  value: Buffer | null,
): CoordinatorRecord | undefined {
  const keyReader = new Reader(key)
  const type = readVersion(keyReader, 'key')
  const record = types.get(type)
  if (!record) return undefined
  return {
    type,
    name: record.name,
    key: readPart(record.key, 0, keyReader, 'key'),
    value: value && readValue(type, record.value, new Reader(value)),
  }
}

function readValue(type: number, value: MessageType, reader: Reader): StoredMessage {
  const version = readVersion(reader, 'value')
  if (!isKnown(value, version)) throw new MalformedError(`Found an unknown record version ${version} for ${type} type`)
  return readPart(value, version, reader, 'value')
}

type Part = 'key' | 'value'

function readVersion(reader: Reader, part: Part): number {
  if (reader.remaining < 2) throw new MalformedError(`Could not read version from ${part}'s buffer.`)
  return reader.int16()
}

function readPart(type: MessageType, version: number, reader: Reader, part: Part): StoredMessage {
  try {
    return readMessage(type, version, reader)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new MalformedError(
      `Could not read record with version ${version} from ${part}'s buffer due to: ${error.message}.`,
    )
  }
}
