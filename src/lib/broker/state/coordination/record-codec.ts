import { MalformedError } from '../../../errors.ts'
import { Reader, Writer } from '../../../protocol/bytes.ts'
import type { Codec } from '../../../protocol/compile.ts'
import type { CoordinatorRecordType } from '../../../protocol/internal-records/coordinator-record.ts'
import { isKnown, type MessageType } from '../../../protocol/message-type.ts'
import type { Fields, Message } from '../../../protocol/schema.ts'
import type { StateRecord } from './state-topic.ts'

export type RecordTypes = Readonly<Record<string, CoordinatorRecordType>>
export type RecordValue<T extends RecordTypes, K extends keyof T> = Message<T[K]['value']['fields']>

/** A record by name. A null value is a tombstone: what the key stands for is gone. */
export interface NamedRecord<T extends RecordTypes, K extends keyof T> {
  readonly kind: K
  readonly key: Message<T[K]['key']['fields']>
  readonly value: RecordValue<T, K> | null
}

/** The records of one state topic, between their fields and their bytes. */
export class RecordCodec<T extends RecordTypes> {
  private readonly kindOfType: ReadonlyMap<number, keyof T & string>

  /** `aliases` are further numbers that keys may begin with. */
  constructor(
    private readonly types: T,
    aliases: readonly (readonly [number, keyof T & string])[] = [],
  ) {
    const own = Object.entries(types).map(([kind, { type }]): [number, keyof T & string] => [type, kind])
    this.kindOfType = new Map([...own, ...aliases])
  }

  /** Bytes of a record, its value in the version given. */
  encode<K extends keyof T & string>({ kind, key, value }: NamedRecord<T, K>, valueVersion: number): StateRecord {
    const record = this.types[kind]!
    return {
      key: encode(record.type, record.key.codec(0), key),
      value: value && encode(valueVersion, record.value.codec(valueVersion), value),
    }
  }

  /**
   * Null for a record of a kind that is not known here. Throws MalformedError on damage, and for a value of a later
   * version.
   */
  decode({ key, value }: StateRecord): NamedRecord<T, keyof T & string> | null {
    const reader = new Reader(key)
    const kind = this.kindOfType.get(reader.int16())
    if (!kind) return null
    const record = this.types[kind]!
    const fields = record.key.codec(0).read(reader)
    requireEnd(reader, 'key')
    return { kind, key: fields, value: value && decodeValue(record.value, value) } as NamedRecord<T, keyof T & string>
  }
}

function decodeValue(type: MessageType, value: Buffer): Message<Fields> {
  const reader = new Reader(value)
  const version = reader.int16()
  if (!isKnown(type, version)) throw new MalformedError(`a value of ${type.name} in version ${version}`)
  const fields = type.codec(version).read(reader)
  requireEnd(reader, 'value')
  return fields
}

function requireEnd({ remaining }: Reader, part: string): void {
  if (remaining > 0) throw new MalformedError(`${remaining} bytes past the end of a ${part}`)
}

function encode(prefix: number, codec: Codec<Fields>, message: Message<Fields>): Buffer {
  const writer = new Writer()
  writer.int16(prefix)
  codec.write(writer, message as never)
  return writer.toBuffer()
}
