import { offsetOf, type BatchView } from '../../lib/browse/batch-view.ts'
import type { RecordReader } from '../../lib/protocol/records/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import { UserError } from '../../lib/errors.ts'
import { openRegistryClient, SchemaStore } from '../../lib/schemas/client/index.ts'
import type { CodecTarget } from '../../lib/schemas/format.ts'
import {
  isDecoded,
  RecordDecoder,
  UNFRAMED,
  type Decoded,
  type Decoding,
  type Undecoded,
} from '../../lib/schemas/record-decoder.ts'
import { SCHEMA_ID_HEADERS, type RecordPart } from '../../lib/schemas/wire.ts'
import type { DecodedPart, DecodedParts } from './decoded-parts.ts'

export interface DecodingOptions {
  readonly properties: ReadonlyMap<string, string>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly parts: readonly RecordPart[]
  readonly look: Pick<CodecTarget, 'readable' | 'preservesFieldNames'>
  say(this: void, line: string): void
}

/** Nothing is asked of the registry yet. Throws UserError for properties that name none, or one that cannot be used. */
export async function openDecoding({
  properties,
  clock,
  signal,
  parts,
  look,
  say,
}: DecodingOptions): Promise<DecodedParts> {
  const registry = await openRegistryClient(properties, clock)
  if (!registry) throw new UserError('schema.registry.url is empty')
  const decoder = new RecordDecoder(new SchemaStore(registry, clock), look)
  return Object.fromEntries(parts.map((part) => [part, new PartDecoder(part, decoder, { signal, say })]))
}

/** Where a key or value lies in the body of its batch. */
interface Place {
  readonly start: number
  /** -1 for null. */
  readonly length: number
}

/** What it cannot decode is named once for each kind of reason. */
class PartDecoder implements DecodedPart {
  last: Decoded | undefined
  private readonly told = new Set<string>()

  constructor(
    private readonly part: RecordPart,
    private readonly decoder: RecordDecoder,
    private readonly world: Pick<DecodingOptions, 'signal' | 'say'>,
  ) {}

  awaits(record: RecordReader): Promise<unknown> | undefined {
    const { start, length } = this.placeIn(record)
    if (length < 0) return undefined
    const schema = this.decoder.awaits(record.body, this.headerOf(record), start, start + length)
    return schema && unlessAborted(this.world.signal, () => schema)
  }

  decode(record: RecordReader, batch: BatchView): Decoded | undefined {
    const decoding = this.decodingOf(record)
    this.last = decoding && isDecoded(decoding) ? decoding : undefined
    if (decoding && !isDecoded(decoding)) this.tell(decoding, record, batch)
    return this.last
  }

  decodingOf(record: RecordReader): Decoding | undefined {
    const { start, length } = this.placeIn(record)
    if (length < 0) return undefined
    return this.decoder.decode(record.body, this.headerOf(record), start, start + length)
  }

  private tell(undecoded: Undecoded, record: RecordReader, batch: BatchView): void {
    const { part, told } = this
    // Keys are text more often than not.
    if (told.has(undecoded.kind) || (part === 'key' && undecoded === UNFRAMED)) return
    told.add(undecoded.kind)
    const place = `the ${part} at offset ${offsetOf(record, batch)} of ${batch.partition.key}`
    this.world.say(`${place} is shown as it is: ${undecoded.reason}`)
  }

  private placeIn({ keyStart, keyLength, valueStart, valueLength }: RecordReader): Place {
    return this.part === 'key' ? { start: keyStart, length: keyLength } : { start: valueStart, length: valueLength }
  }

  private headerOf(record: RecordReader): Buffer | null | undefined {
    if (record.headerCount === 0) return undefined
    const name = SCHEMA_ID_HEADERS[this.part]
    return record.rawHeaders().findLast(({ key }) => key.toString() === name)?.value
  }
}
