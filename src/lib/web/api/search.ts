import { Scan } from '../../browse/scan.ts'
import { isExpected } from '../../errors.ts'
import { scanParts, type PageCluster } from '../cluster.ts'
import type { EventStream } from '../event-stream.ts'
import { problemOf } from '../problem.ts'
import { LIST_BYTES } from '../record-view.ts'
import { RecordViewer, type Kept } from '../record-viewer.ts'
import type { SearchProgress } from '../wire.ts'
import { nextPlace, spansFrom, type Place } from './places.ts'

const PROGRESS_EVERY_MS = 250
const MOST_RECORDS = 500
/** Of a page of the search; more are asked for one after the other. */
const PAGE = 50

export interface Search {
  readonly place: Place
  readonly from: string
  readonly filter: string
  readonly limit: number
}

/**
 * Sends what is found as it is found, and how far the search is; ends with where it can go on. Throws UserError and
 * KafkaError before anything has been sent.
 */
export async function search(
  cluster: PageCluster,
  { place, from, filter, limit }: Search,
  open: () => EventStream,
  signal: AbortSignal,
): Promise<void> {
  const wanted = Math.min(limit, MOST_RECORDS)
  const viewer = new RecordViewer(cluster, LIST_BYTES)
  const { wants, awaits } = viewer.looking(filter)
  const { order, spans } = await spansFrom(cluster, place, from)
  const stream = open()
  const meter = new Meter(cluster)
  const scan = new Scan<Kept>(scanParts(cluster, signal), {
    order,
    spans,
    limit: Math.min(wanted, PAGE),
    filter: wants,
    awaits,
    keep: viewer.keep,
    onProgress: () => {
      if (meter.isDue()) stream.send('progress', meter.read(scan, found))
    },
  })
  let found = 0
  try {
    while (found < wanted && !signal.aborted) {
      const records = await scan.next()
      if (records.length === 0) break
      found += records.length
      stream.send('records', { records: await viewer.show(records) })
      await stream.drained()
    }
    if (!signal.aborted) stream.send('end', { ...meter.read(scan, found), next: nextPlace(order, scan.left) })
  } catch (error) {
    if (!isExpected(error)) throw error
    stream.send('problem', problemOf(error))
  }
  stream.end()
}

/** How far a search is, and how fast. */
class Meter {
  private readonly startedMs: number
  private toldMs: number

  constructor(private readonly cluster: Pick<PageCluster, 'clock'>) {
    this.startedMs = this.toldMs = cluster.clock.now()
  }

  isDue(): boolean {
    const nowMs = this.cluster.clock.now()
    if (nowMs - this.toldMs < PROGRESS_EVERY_MS) return false
    this.toldMs = nowMs
    return true
  }

  read({ seen, covered }: Pick<Scan<unknown>, 'seen' | 'covered'>, found: number): SearchProgress {
    const seconds = Math.max(this.cluster.clock.now() - this.startedMs, 1) / 1000
    return {
      scanned: String(covered.offsets),
      total: String(covered.total),
      found,
      perSecond: Math.round(seen / seconds),
    }
  }
}
