import { EnvironmentError } from '../../../lib/errors.ts'
import { isMissing } from '../../../lib/schemas/client/index.ts'
import { SchemaError, type ParsedSchema, type ValueCodec } from '../../../lib/schemas/format.ts'
import { encodeSchemaId, type RecordPart, type SchemaId } from '../../../lib/schemas/wire.ts'
import { layOutJson } from '../../../lib/json-text.ts'
import { findSchema, targetOf, type FoundSchema, type Registry } from './find-schema.ts'
import type { PartSettings } from './settings.ts'

/** How keys or values are encoded by one schema. */
export interface Encoding {
  /** What stands in front of the payload, or in the header. */
  readonly id: Buffer
  readonly isInHeader: boolean
  /** Throws SchemaError. */
  encode(json: string, prefix?: Buffer): Buffer
}

/** What a document says of the schema of its key or value. */
export interface NamedSchema {
  readonly schema: SchemaId
  readonly messageIndexes?: readonly number[] | undefined
}

/** Encodes keys and values by schemas of a registry, which are fetched or registered when the first is met. */
export class RecordEncoder {
  /** By topic; null for what goes out as it is. */
  private readonly encodings = { key: new Map<string, Encoding | null>(), value: new Map<string, Encoding | null>() }
  private readonly named = new Map<string, Encoding>()

  constructor(
    private readonly registry: Registry,
    readonly settings: Partial<Readonly<Record<RecordPart, PartSettings>>>,
  ) {}

  /** How a part of the records of a topic is encoded, null for as it is; undefined until `prepare` has found out. */
  find(part: RecordPart, topic: string): Encoding | null | undefined {
    return this.settings[part] ? this.encodings[part].get(topic) : null
  }

  /** Throws as findSchema does. */
  async prepare(part: RecordPart, topic: string): Promise<void> {
    const settings = this.settings[part]!
    const found = await findSchema(topic, settings, this.registry)
    this.encodings[part].set(topic, found ? encodingOf(found, settings) : null)
  }

  /** Undefined until `prepareNamed` has fetched the schema. */
  findNamed(named: NamedSchema): Encoding | undefined {
    return this.named.get(nameOf(named))
  }

  /** Throws EnvironmentError where there is no such schema, or none that can be used. */
  async prepareNamed(named: NamedSchema): Promise<void> {
    const { schema, messageIndexes } = named
    const parsed = await this.registry.store.load(schema)
    if (isMissing(parsed)) throw new EnvironmentError(`Cannot encode by schema ${schema}: ${parsed.reason}`)
    const codec = parsed.codec(messageIndexes ? { messageIndexes } : {})
    this.named.set(nameOf(named), {
      id: encodeSchemaId(schema, codec.messageIndexes),
      isInHeader: false,
      encode: (json, prefix) => codec.encode(json, prefix),
    })
  }
}

const nameOf = ({ schema, messageIndexes = [] }: NamedSchema): string => `${schema} ${messageIndexes.join()}`

function encodingOf({ parsed, id }: FoundSchema, settings: PartSettings): Encoding {
  const codec = codecOf(parsed, settings)
  return {
    id: encodeSchemaId(id, codec.messageIndexes),
    isInHeader: settings.isInHeader,
    encode: (json, prefix) => codec.encode(json, prefix),
  }
}

function codecOf(parsed: ParsedSchema, settings: PartSettings): Pick<ValueCodec, 'encode' | 'messageIndexes'> {
  return parsed.type === 'JSON' && !settings.isValidated ? UNCHECKED : parsed.codec(targetOf(settings))
}

/** Any JSON there is. */
const UNCHECKED: Pick<ValueCodec, 'encode' | 'messageIndexes'> = {
  encode(json, prefix = Buffer.alloc(0)) {
    const text = layOutJson(json)
    if (text === undefined) throw new SchemaError('it is not JSON')
    return Buffer.concat([prefix, Buffer.from(text)])
  },
}
