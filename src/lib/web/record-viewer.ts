import type { BatchView } from '../browse/batch-view.ts'
import type { RecordSink } from '../client/consumer/index.ts'
import type { RecordReader } from '../protocol/records/index.ts'
import type { PageCluster } from './cluster.ts'
import type { PageText } from './registry.ts'
import { parseFilter, type RecordTexts } from './filter.ts'
import { cutText, viewOf, type Showing } from './record-view.ts'
import type { Content, RecordView } from './wire.ts'

/** A record on its way to the page, and what of it names a schema, if anything does. */
export interface Kept {
  readonly view: RecordView
  readonly framed: readonly Framed[]
}

interface Framed {
  readonly part: 'key' | 'value'
  readonly bytes: Buffer
  /** Of the header that may hold the id. */
  readonly header: Buffer | null
}

/** Longer ones stay the bytes that they are. */
const MOST_DECODED_BYTES = 2 ** 20

/** Shows records; those that name schemas of a registry decoded, at the time when they go to the page. */
export class RecordViewer {
  private readonly showing: Showing

  constructor(
    private readonly cluster: Pick<PageCluster, 'registry' | 'session'>,
    mostBytes: number,
  ) {
    this.showing = { mostBytes, hidesValues: cluster.session.hidesValues }
  }

  /**
   * What of a filter that is typed in has to do with records: those that it wants, as they are shown, and what has to
   * come before they can be. Throws UserError.
   */
  looking(filter: string): Pick<RecordSink, 'wants' | 'awaits'> {
    const { registry } = this.cluster
    if (!registry || filter.trim() === '') return { wants: parseFilter(filter) }
    const framed = (record: RecordReader): Framed[] => [...this.framedIn(record)]
    const textOf = (part: Framed['part']) => (record: RecordReader) => {
      const named = framed(record).find((one) => one.part === part)
      return named && registry.textOf(named.bytes, named.header)
    }
    const texts: RecordTexts = { key: textOf('key'), value: textOf('value') }
    return {
      wants: parseFilter(filter, texts),
      awaits: (record) => {
        const waits = framed(record).flatMap(({ bytes, header }) => registry.awaits(bytes, header) ?? [])
        return waits.length === 0 ? undefined : Promise.all(waits)
      },
    }
  }

  /** Nothing of the batch's memory is kept. */
  readonly keep = (record: RecordReader, batch: BatchView): Kept => ({
    view: viewOf(record, batch, this.showing),
    framed: this.cluster.registry ? [...this.framedIn(record)].map(copied) : [],
  })

  show(records: readonly Kept[]): Promise<RecordView[]> {
    return Promise.all(records.map((kept) => (kept.framed.length === 0 ? kept.view : this.decoded(kept))))
  }

  private *framedIn(record: RecordReader): Generator<Framed> {
    const registry = this.cluster.registry!
    const { body, keyStart, keyLength, valueStart, valueLength, headerCount } = record
    const headers = headerCount === 0 ? [] : record.headers()
    for (const [part, start, length] of [
      ['key', keyStart, keyLength],
      ['value', valueStart, valueLength],
    ] as const) {
      if (length < 0 || length > MOST_DECODED_BYTES || (part === 'value' && this.showing.hidesValues)) continue
      const bytes = body.subarray(start, start + length)
      const header = headers.find(({ key }) => key === registry.idHeader(part))?.value ?? null
      if (!registry.namesSchema(bytes, header)) continue
      yield { part, bytes, header }
    }
  }

  private async decoded({ view, framed }: Kept): Promise<RecordView> {
    const parts = await Promise.all(
      framed.map(async ({ part, bytes, header }) => {
        const read = await this.cluster.registry!.read(bytes, header)
        return [part, 'text' in read ? this.contentOf(read, bytes) : { ...view[part]!, reason: read.reason }] as const
      }),
    )
    return { ...view, ...Object.fromEntries(parts) }
  }

  private contentOf({ text, schema, messageIndexes }: PageText, bytes: Buffer): Content {
    const shown = cutText(Buffer.from(text), this.showing.mostBytes)
    const base64 = bytes.toString('base64', 0, this.showing.mostBytes)
    return { ...shown, base64, size: bytes.length, schema, ...(messageIndexes && { messageIndexes }) }
  }
}

const copied = ({ part, bytes, header }: Framed): Framed => ({
  part,
  bytes: Buffer.from(bytes),
  header: header && Buffer.from(header),
})
