import { EnvironmentError } from '../../../lib/errors.ts'
import { RegistryError } from '../../../lib/schemas/client/index.ts'
import { SchemaError } from '../../../lib/schemas/format.ts'
import { SCHEMA_ID_HEADERS, type RecordPart } from '../../../lib/schemas/wire.ts'
import { DocumentError, type DocumentEncoder, type EncodedPart, type NamedPart } from '../document-parser.ts'
import type { Encoding, NamedSchema, RecordEncoder } from './record-encoder.ts'
import { encode } from './schema-records.ts'

/** Encodes keys and values of documents: by the schema that the options ask for, or by the one that they name. */
export class DocumentSchemas implements DocumentEncoder {
  /** Schemas that cannot be had. */
  private readonly refused = new Map<string, DocumentError>()
  private prepare: (() => Promise<void>) | undefined

  constructor(
    private readonly encoder: RecordEncoder,
    private readonly topic: string | undefined,
  ) {}

  encodes(part: RecordPart): boolean {
    return this.encoder.settings[part] !== undefined
  }

  encode(named: NamedPart): EncodedPart | undefined {
    const encoding = this.encodes(named.part) ? this.findForTopic(named) : this.findNamed(named)
    if (!encoding) return undefined
    try {
      return encodePart(encoding, named)
    } catch (error) {
      throw error instanceof SchemaError ? new DocumentError(error.message) : error
    }
  }

  async room(): Promise<void> {
    await this.prepare?.()
    this.prepare = undefined
  }

  private findForTopic({ part, topic = this.topic }: NamedPart): Encoding | undefined {
    if (topic === undefined) throw new DocumentError('"topic" is missing, and so is --topic')
    const encoding = this.encoder.find(part, topic)
    if (encoding === undefined) this.prepare = () => this.encoder.prepare(part, topic)
    return encoding ?? undefined
  }

  private findNamed({ schema, messageIndexes }: NamedPart): Encoding | undefined {
    const named: NamedSchema = { schema: schema!, messageIndexes }
    const refused = this.refused.get(String(schema))
    if (refused) throw refused
    const encoding = this.encoder.findNamed(named)
    if (!encoding) this.prepare = () => this.prepareNamed(named)
    return encoding
  }

  /** A schema that is not there spoils its own lines alone; a registry out of reach is the end of all. */
  private async prepareNamed(named: NamedSchema): Promise<void> {
    try {
      await this.encoder.prepareNamed(named)
    } catch (error) {
      if (!(error instanceof EnvironmentError) || (error instanceof RegistryError && error.isUnreachable)) throw error
      this.refused.set(String(named.schema), new DocumentError(error.message))
    }
  }
}

/** A document whose headers have the id gets no other one. Throws SchemaError. */
function encodePart(encoding: Encoding, { part, json, headerNames }: NamedPart): EncodedPart {
  const key = SCHEMA_ID_HEADERS[part]
  const isNamed = headerNames.includes(key)
  const bytes = encode(isNamed ? { ...encoding, isInHeader: true } : encoding, json, part)
  return { bytes, header: encoding.isInHeader && !isNamed ? { key, value: encoding.id } : undefined }
}
