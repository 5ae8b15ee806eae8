import { MalformedError } from '../../../errors.ts'
import { Reader, Writer } from '../../../protocol/bytes.ts'
import { compile, type Codec } from '../../../protocol/compile.ts'
import type { Fields, Message } from '../../../protocol/schema.ts'
import type { StateRecord } from './state-topic.ts'

/** A kind of record of a state topic. The int16 that its key begins with names it; values begin with their version. */
export interface RecordSchema<K extends Fields = Fields, V extends Fields = Fields> {
  readonly type: number
  readonly key: K
  readonly value: V
  /** Values from this version on are flexible (KIP-915). */
  readonly flexibleFrom: number
  /** The last version of values that is known here. */
  readonly maxVersion: number
}

export type RecordSchemas = Readonly<Record<string, RecordSchema>>
export type RecordKey<S extends RecordSchemas, K extends keyof S> = Message<S[K]['key']>
export type RecordValue<S extends RecordSchemas, K extends keyof S> = Message<S[K]['value']>

/** A record by name. A null value is a tombstone: what the key stands for is gone. */
export interface NamedRecord<S extends RecordSchemas, K extends keyof S> {
  readonly kind: K
  readonly key: RecordKey<S, K>
  readonly value: RecordValue<S, K> | null
}

export const recordSchema = <K extends Fields, V extends Fields>(
  type: number,
  key: K,
  value: V,
  { flexibleFrom = 0, maxVersion = 0 } = {},
): RecordSchema<K, V> => ({ type, key, value, flexibleFrom, maxVersion })

/** The records of one state topic, between their fields and their bytes. */
export class RecordCodec<S extends RecordSchemas> {
  private readonly kindOfType: ReadonlyMap<number, keyof S & string>
  private readonly codecs = new Map<string, Codec<Fields>>()

  /** `aliases` are further numbers that keys may begin with. */
  constructor(
    private readonly schemas: S,
    aliases: readonly (readonly [number, keyof S & string])[] = [],
  ) {
    const own = Object.entries(schemas).map(([kind, { type }]): [number, keyof S & string] => [type, kind])
    this.kindOfType = new Map([...own, ...aliases])
  }

  /** Bytes of a record, its value in the version given. */
  encode<K extends keyof S & string>({ kind, key, value }: NamedRecord<S, K>, valueVersion: number): StateRecord {
    return {
      key: encode(this.schemas[kind]!.type, this.codecOf(kind, 'key', 0), key),
      value: value === null ? null : encode(valueVersion, this.codecOf(kind, 'value', valueVersion), value),
    }
  }

  /**
   * Null for a record of a kind that is not known here. Throws MalformedError on damage, and for a value of a later
   * version.
   */
  decode({ key, value }: StateRecord): NamedRecord<S, keyof S & string> | null {
    const reader = new Reader(key)
    const kind = this.kindOfType.get(reader.int16())
    if (!kind) return null
    const fields = this.codecOf(kind, 'key', 0).read(reader)
    requireEnd(reader, 'key')
    return { kind, key: fields, value: value && this.decodeValue(kind, value) } as unknown as NamedRecord<
      S,
      keyof S & string
    >
  }

  private decodeValue(kind: keyof S & string, value: Buffer): unknown {
    const reader = new Reader(value)
    const version = reader.int16()
    if (version < 0 || version > this.schemas[kind]!.maxVersion)
      throw new MalformedError(`a value of ${kind} in version ${version}`)
    const fields = this.codecOf(kind, 'value', version).read(reader)
    requireEnd(reader, 'value')
    return fields
  }

  private codecOf(kind: keyof S & string, part: 'key' | 'value', version: number): Codec<Fields> {
    const name = `${kind} ${part} ${version}`
    let codec = this.codecs.get(name)
    if (!codec) {
      const schema = this.schemas[kind]!
      codec = compile(schema[part], version, part === 'value' && version >= schema.flexibleFrom)
      this.codecs.set(name, codec)
    }
    return codec
  }
}

function requireEnd({ remaining }: Reader, part: string): void {
  if (remaining > 0) throw new MalformedError(`${remaining} bytes behind a ${part}`)
}

function encode(prefix: number, codec: Codec<Fields>, message: Record<string, unknown>): Buffer {
  const writer = new Writer()
  writer.int16(prefix)
  codec.write(writer, message as never)
  return writer.toBuffer()
}
