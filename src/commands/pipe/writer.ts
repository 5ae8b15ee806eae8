import type { Producer, TopicWriter } from '../../lib/client/producer/index.ts'
import type { Context } from '../../lib/command/define.ts'
import type { Batch, PipedRecord } from './batch.ts'
import { FilterFailure, runFilter } from './filter.ts'

interface Settings {
  readonly command: readonly string[]
  readonly keepsKey: boolean
}

/** Writes what becomes of a batch: its records, or what the command makes of them. */
export class BatchWriter {
  constructor(
    private readonly topic: TopicWriter,
    private readonly producer: Producer,
    private readonly settings: Settings,
    private readonly context: Pick<Context, 'clock' | 'cwd' | 'env' | 'stderr' | 'signal'>,
  ) {}

  /** How many records were written. Throws FilterFailure, or KafkaError when there is no memory for them. */
  async write(batch: Batch): Promise<number> {
    if (this.settings.command.length > 0) return this.writeThroughCommand(batch)
    for (const record of batch.records) if (!this.append(record)) await this.appendLater(record)
    return batch.records.length
  }

  private async writeThroughCommand(batch: Batch): Promise<number> {
    const { command, keepsKey } = this.settings
    let written = 0
    await runFilter(command, batch.lines(), this.context, async (lines) => {
      for (const value of lines) {
        const record = keepsKey
          ? { ...this.partner(batch, written), value }
          : { key: null, value, headers: null, timestampMs: this.context.clock.now() }
        written += 1
        if (!this.append(record)) await this.appendLater(record)
      }
      this.producer.drain()
    })
    const { length } = batch.records
    if (keepsKey && written < length)
      throw new FilterFailure(`--keep-key: the command has printed ${written} lines for ${length} records`, 1)
    return written
  }

  private partner({ records }: Batch, line: number): PipedRecord {
    const record = records[line]
    if (!record)
      throw new FilterFailure(
        `--keep-key: the command has printed more lines than the ${records.length} records that it was given`,
        1,
      )
    return record
  }

  private append({ timestampMs, key, value, headers }: PipedRecord): boolean {
    return this.topic.append(timestampMs, key, 0, key?.length ?? 0, value, 0, value?.length ?? 0, headers, 0)
  }

  private async appendLater(record: PipedRecord): Promise<void> {
    do {
      if (!(await this.producer.room())) throw this.producer.roomError()
    } while (!this.append(record))
  }
}
