import { RecordReader } from '../../lib/protocol/records/index.ts'
import type { Context } from '../../lib/command/define.ts'
import { bare } from '../../lib/output/shown.ts'
import type { Formatter } from './formatters/index.ts'
import { Output } from './output.ts'
import { announceEnd, Printer } from './printer.ts'
import { readLast, type LastReading } from '../../lib/browse/read-last.ts'
import type { ScanParts } from '../../lib/browse/scan.ts'

export interface LastSession extends LastReading, Omit<ScanParts, 'context'> {
  readonly formatter: Formatter
  readonly skipsBadRecords: boolean
  /** A terminal gets control characters as they are. */
  readonly isRaw: boolean
  /** For Kafka's own system tests: print `shutdown_complete` at the end. */
  readonly announcesEnd: boolean
}

/**
 * Finds the newest records and prints them, the oldest first. Returns the exit code. Throws as readLast does, and
 * EnvironmentError for a record that cannot be shown.
 */
export async function printLast(session: LastSession, context: Context): Promise<number> {
  const { stdout } = context
  const records = await readLast({ ...session, context }, session)
  let isClosed = false
  const output = new Output(session.isRaw ? bare(stdout) : stdout, () => void (isClosed = true))
  const printer = new Printer(session.formatter, output, session.skipsBadRecords ? session.voice.say : undefined)
  const reader = new RecordReader()
  try {
    for (const { batch, place } of records) {
      if (isClosed) break
      const record = Object.assign(reader, place)
      await session.awaits?.(record)
      printer.batch(batch.partition, batch.header)
      printer.record(record)
      printer.endBatch()
      await printer.ready()
    }
  } finally {
    await output.drain()
  }
  announceEnd(output.recordsBeforeFailure() ?? records.length, session.announcesEnd, context)
  return 0
}
