import { Reader, Writer } from '../../../protocol/bytes.ts'
import { compile, type Codec } from '../../../protocol/compile.ts'
import type { Fields } from '../../../protocol/schema.ts'
import { RECORD_SCHEMAS, type RecordKey, type RecordKind, type RecordValue } from './record-schemas.ts'
import type { StateRecord } from './storage.ts'

/** A record of the coordinator's state, by name. A null value is a tombstone: what the key stands for is gone. */
export type GroupRecord = { [K in RecordKind]: RecordOf<K> }[RecordKind]

export interface RecordOf<K extends RecordKind> {
  readonly kind: K
  readonly key: RecordKey<K>
  readonly value: RecordValue<K> | null
}

/** Commits written before Kafka 0.8.2 have the same key under another number. */
const LEGACY_OFFSET_COMMIT = 0

const KIND_OF_TYPE = new Map(Object.entries(RECORD_SCHEMAS).map(([kind, { type }]) => [type, kind as RecordKind]))
  .set(LEGACY_OFFSET_COMMIT, 'OffsetCommit')

export function tombstone<K extends RecordKind>(kind: K, key: RecordKey<K>): RecordOf<K> {
  return { kind, key, value: null }
}

export function encodeRecord(record: GroupRecord): StateRecord {
  return {
    key: encode(RECORD_SCHEMAS[record.kind].type, codecOf(record.kind, 'key', 0), record.key),
    value: record.value === null ? null : encodeValue(record),
  }
}

/** Null for a record that this coordinator does not know (share and streams groups). Throws MalformedError on damage. */
export function decodeRecord({ key, value }: StateRecord): GroupRecord | null {
  const reader = new Reader(key)
  const kind = KIND_OF_TYPE.get(reader.int16())
  if (!kind) return null
  return { kind, key: codecOf(kind, 'key', 0).read(reader), value: value && decodeValue(kind, value) } as unknown as GroupRecord
}

function encodeValue(record: GroupRecord): Buffer {
  const version = valueVersion(record)
  return encode(version, codecOf(record.kind, 'value', version), record.value!)
}

function decodeValue(kind: RecordKind, value: Buffer): unknown {
  const reader = new Reader(value)
  return codecOf(kind, 'value', reader.int16()).read(reader)
}

/** The versions that Kafka 4.3 writes; a commit with a deadline of its own has to be of version 1. */
function valueVersion(record: GroupRecord): number {
  if (record.kind === 'OffsetCommit') return record.value!.expireTimestamp === -1n ? 4 : 1
  return record.kind === 'GroupMetadata' ? 3 : 0
}

function encode(prefix: number, codec: Codec<Fields>, message: Record<string, unknown>): Buffer {
  const writer = new Writer()
  writer.int16(prefix)
  codec.write(writer, message as never)
  return writer.toBuffer()
}

const codecs = new Map<string, Codec<Fields>>()

function codecOf(kind: RecordKind, part: 'key' | 'value', version: number): Codec<Fields> {
  const name = `${kind} ${part} ${version}`
  let codec = codecs.get(name)
  if (!codec) {
    const schema = RECORD_SCHEMAS[kind]
    codec = compile(schema[part] as Fields, version, part === 'value' && version >= schema.flexibleFrom)
    codecs.set(name, codec)
  }
  return codec
}
