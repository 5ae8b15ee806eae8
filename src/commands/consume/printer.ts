import type { BatchHeader, RecordReader } from '../../lib/protocol/records/index.ts'
import type { PartitionState, RecordSink } from '../../lib/client/consumer/index.ts'
import type { Context } from '../../lib/command/define.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { offsetOf, type BatchView } from '../../lib/browse/batch-view.ts'
import { namingRecords, type RecordFilter } from '../../lib/browse/record-filter.ts'
import type { Formatter } from './formatters/index.ts'
import type { Output } from './output.ts'

/**
 * Prints the records that are wanted. One that cannot be shown ends the run with EnvironmentError, or is named to
 * `onSkip` and passed over.
 */
export class Printer implements RecordSink {
  readonly wants: RecordFilter | undefined
  private view: BatchView | undefined
  private count = 0

  constructor(
    private readonly formatter: Formatter,
    private readonly output: Output,
    private readonly onSkip?: (line: string) => void,
    filter?: RecordFilter,
    readonly awaits?: RecordSink['awaits'],
  ) {
    this.wants = namingRecords(filter, () => this.view!)
  }

  batch(partition: PartitionState, header: BatchHeader): void {
    this.view = { partition, header }
  }

  record(record: RecordReader): void {
    this.count += 1
    try {
      this.formatter.write(record, this.view!, this.output)
    } catch (error) {
      this.meet(error, record)
    }
  }

  endBatch(): void {
    this.formatter.endBatch?.(this.output)
    this.output.mark(this.count)
  }

  ready(): Promise<void> | undefined {
    return this.output.ready()
  }

  whenUnread(then: () => void): void {
    this.output.whenWritten(then)
  }

  private meet(error: unknown, record: RecordReader): void {
    if (!(error instanceof UserError)) throw error
    const { partition } = this.view!
    const line = `The record at offset ${offsetOf(record, this.view!)} of ${partition.key} cannot be shown: ${error.message}`
    if (!this.onSkip) throw new EnvironmentError(line)
    this.onSkip(line)
  }
}

/** What is said when all is printed; `announcesEnd` is for Kafka's own system tests. */
export function announceEnd(
  count: number,
  announcesEnd: boolean,
  { stdout, stderr }: Pick<Context, 'stdout' | 'stderr'>,
): void {
  stderr.write(`Processed a total of ${count} messages\n`)
  if (announcesEnd) stdout.write('shutdown_complete\n')
}
