import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import type { Output } from '../output.ts'
import type { BatchView } from '../../../lib/browse/batch-view.ts'
import type { Formatter } from './formatter.ts'

const NOTHING = Buffer.alloc(0)

/**
 * Value and separator and nothing else: what most runs print. The values are moved together where they lie, over the
 * record headers between them, and leave the batch in one piece: twice as fast as copying each to the output.
 */
export class ValueLines implements Formatter {
  private body: Buffer = NOTHING
  private start = 0
  private end = 0

  /** `separator` is a single byte: there is room for no more after the last value. */
  constructor(
    private readonly nullLiteral: Buffer,
    private readonly separator: number,
  ) {}

  write(record: RecordReader, _batch: BatchView, output: Output): void {
    const { body, valueStart, valueLength } = record
    if (valueLength < 0) return this.writeNull(output)
    if (body !== this.body) this.begin(body, valueStart, output)
    if (this.end !== valueStart) body.copyWithin(this.end, valueStart, valueStart + valueLength)
    this.end += valueLength
    // The header count, a byte at least, stood here and has been read.
    body[this.end++] = this.separator
  }

  endBatch(output: Output): void {
    if (this.end > this.start) output.pass(this.body, this.start, this.end)
    this.body = NOTHING
    this.start = this.end = 0
  }

  private begin(body: Buffer, valueStart: number, output: Output): void {
    this.endBatch(output)
    this.body = body
    this.start = this.end = valueStart
  }

  private writeNull(output: Output): void {
    this.endBatch(output)
    output.bytes(this.nullLiteral)
    output.reserve(1)
    output.block[output.at++] = this.separator
  }
}
