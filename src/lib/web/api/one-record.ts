import type { ServerResponse } from 'node:http'
import { WindowAssignment, type RecordSink } from '../../client/consumer/index.ts'
import type { BatchView } from '../../browse/batch-view.ts'
import { readAll } from '../../browse/scan.ts'
import { ForbiddenError, KafkaError, UserError } from '../../errors.ts'
import type { RecordReader } from '../../protocol/records/index.ts'
import { scanParts, type PageCluster } from '../cluster.ts'
import { DETAIL_BYTES } from '../record-view.ts'
import { RecordViewer } from '../record-viewer.ts'
import type { RecordView } from '../wire.ts'
import { extentsOf } from './places.ts'

export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** Reads `/topics/:topic/partitions/:partition/records/:offset`. Throws UserError. */
export function recordPlace({
  topic = '',
  partition = '',
  offset = '',
}: Readonly<Record<string, string>>): RecordPlace {
  if (!/^\d{1,9}$/.test(partition) || !/^\d{1,19}$/.test(offset))
    throw new UserError(`partition ${partition}, offset ${offset} is no place of a record`)
  return { topic, partition: Number(partition), offset: BigInt(offset) }
}

/** As much of one record as a person looks at. Throws KafkaError where there is none. */
export async function recordView(cluster: PageCluster, place: RecordPlace, signal: AbortSignal): Promise<RecordView> {
  const viewer = new RecordViewer(cluster, DETAIL_BYTES)
  const [view] = await viewer.show([await readOne(cluster, place, signal, viewer.keep)])
  return view!
}

/** A key or a value whole, byte for byte, as a file. Throws KafkaError, ForbiddenError. */
export async function sendPart(
  cluster: PageCluster,
  place: RecordPlace,
  part: 'key' | 'value',
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (part === 'value' && cluster.session.hidesValues) throw new ForbiddenError('values are hidden (--hide-values)')
  const bytes = await readOne(cluster, place, signal, ({ body, keyStart, keyLength, valueStart, valueLength }) => {
    const [start, length] = part === 'key' ? [keyStart, keyLength] : [valueStart, valueLength]
    return Buffer.from(body.subarray(start, start + Math.max(length, 0)))
  })
  sendFile(response, `${place.topic}-${place.partition}-${place.offset}.${part}`)
  response.end(bytes)
}

/** The head of an answer that is kept as a file, and never shown. */
export function sendFile(response: ServerResponse, name: string): void {
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  })
}

async function readOne<R>(
  cluster: PageCluster,
  { topic, partition, offset }: RecordPlace,
  signal: AbortSignal,
  keep: (record: RecordReader, batch: BatchView) => R,
): Promise<R> {
  const [extent] = await extentsOf(cluster, { topic, partitions: new Set([partition]) })
  if (offset < extent!.from || offset >= extent!.to)
    throw new KafkaError('OFFSET_OUT_OF_RANGE', `${topic}-${partition} holds offsets ${extent!.from} to ${extent!.to}`)
  const found: R[] = []
  let view: BatchView
  const sink: RecordSink = {
    batch: (state, header) => void (view = { partition: state, header }),
    record: (record) => void found.push(keep(record, view)),
    endBatch() {},
    ready: () => undefined,
  }
  const window = { topic, partition, from: offset, to: offset + 1n }
  await readAll(scanParts(cluster, signal), sink, (parts) => new WindowAssignment(parts, [window]))
  if (found.length === 0)
    throw new KafkaError('OFFSET_OUT_OF_RANGE', `${topic}-${partition} has no record at offset ${offset} any more`)
  return found[0]!
}
