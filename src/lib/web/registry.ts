import type { Clock } from '../clock.ts'
import { openRegistryClient, SchemaStore, type RegistryClient } from '../schemas/client/index.ts'
import { isDecoded, RecordDecoder } from '../schemas/record-decoder.ts'
import { readWireForm, SCHEMA_ID_HEADERS, type RecordPart } from '../schemas/wire.ts'
import type { SecurityProperties } from '../security/properties.ts'

/** The registry of a cluster, and what it makes of its records. Loaded only where one is configured. */
export class PageRegistry {
  private readonly decoder: RecordDecoder

  constructor(
    readonly client: RegistryClient,
    clock: Clock,
  ) {
    this.decoder = new RecordDecoder(new SchemaStore(client, clock), { readable: true })
  }

  /** The header that may hold the id of a part. */
  idHeader(part: RecordPart): string {
    return SCHEMA_ID_HEADERS[part]
  }

  /** Whether bytes, or the header that belongs to them, name a schema. */
  namesSchema(bytes: Buffer, header: Buffer | null): boolean {
    return readWireForm(bytes, header) !== undefined
  }

  /** A promise while the schema that bytes name has to be fetched. */
  awaits(bytes: Buffer, header: Buffer | null): Promise<unknown> | undefined {
    return this.decoder.awaits(bytes, header)
  }

  /** Bytes as JSON text by the schema that they name, which has been fetched; undefined where that cannot be. */
  textOf(bytes: Buffer, header: Buffer | null): string | undefined {
    const decoding = this.decoder.decode(bytes, header)
    return isDecoded(decoding) ? decoding.text.toString() : undefined
  }

  /** Bytes that name a schema as JSON text, or why they stay what they are. */
  async read(bytes: Buffer, header: Buffer | null): Promise<PageText | { readonly reason: string }> {
    await this.decoder.awaits(bytes, header)
    const decoding = this.decoder.decode(bytes, header)
    if (!isDecoded(decoding)) return { reason: decoding.reason }
    const { text, schema, messageIndexes } = decoding
    return { text: text.toString(), schema: String(schema), messageIndexes }
  }
}

/** What a schema has made of bytes. */
export interface PageText {
  readonly text: string
  readonly schema: string
  /** Of Protobuf. */
  readonly messageIndexes: readonly number[] | undefined
}

/** Null where the properties name no registry. Throws UserError. */
export async function openPageRegistry(properties: SecurityProperties, clock: Clock): Promise<PageRegistry | null> {
  const client = await openRegistryClient(properties, clock)
  return client ? new PageRegistry(client, clock) : null
}
