import type { ServerResponse } from 'node:http'
import { jsonLine } from '../../browse/json-line.ts'
import { Scan } from '../../browse/scan.ts'
import { ForbiddenError } from '../../errors.ts'
import { scanParts, type PageCluster } from '../cluster.ts'
import { drained } from '../drained.ts'
import { LIST_BYTES } from '../record-view.ts'
import { RecordViewer } from '../record-viewer.ts'
import { sendFile } from './one-record.ts'
import { spansFrom, type Place } from './places.ts'

const PAGE = 500

export interface Download {
  readonly place: Place
  readonly from: string
  readonly filter: string
}

/** Writes records as a file of NDJSON, the lines of `kts consume --json`. Throws ForbiddenError, and as search does. */
export async function download(
  cluster: PageCluster,
  { place, from, filter }: Download,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (cluster.session.hidesValues) throw new ForbiddenError('values are hidden (--hide-values)')
  const { wants, awaits } = new RecordViewer(cluster, LIST_BYTES).looking(filter)
  const { order, spans } = await spansFrom(cluster, place, from)
  const scanning = { order, spans, limit: PAGE, filter: wants, awaits, keep: jsonLine }
  const scan = new Scan(scanParts(cluster, signal), scanning)
  sendFile(response, `${place.topic}.ndjson`)
  for (;;) {
    const lines = await scan.next()
    if (lines.length === 0) break
    if (!response.write(lines.join(''))) await drained(response)
  }
  response.end()
}
