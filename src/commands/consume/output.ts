import type { Writable } from 'node:stream'
import { isReaderGone } from '../../lib/output/failure.ts'
import type { PartlyWritten } from '../../lib/output/file-stream.ts'
import type { JsonBytes } from '../../lib/schemas/json-bytes.ts'

const CAPACITY = 1024 * 1024
/** Bytes that may be on their way to the stream before the next batch has to wait. */
const MOST_PENDING = 4 * CAPACITY
/** From this size on a piece is worth a write of its own. */
const BY_REFERENCE = CAPACITY / 4
/** So many marks are kept before those that have gone out are dropped. */
const MANY_MARKS = 256
const LF = 10

/**
 * Gathers bytes and passes them on in large blocks. Nothing waits for the stream within a batch; `ready` does between
 * batches.
 */
export class Output {
  /** The block that is being filled, and how far it is. Formatters write here after `reserve`. */
  block: Buffer = Buffer.allocUnsafeSlow(CAPACITY)
  at = 0
  private pending = 0
  private readonly spare: Buffer[] = []
  private readonly waiting: (() => void)[] = []
  /** What to do when so many bytes have been written, in ascending order. */
  private readonly afterBytes: { readonly bytes: number; readonly then: () => void }[] = []
  /** Bytes handed to the stream, and those that it has written. */
  private sent = 0
  private written = 0
  /** How much of the output so many records are, in ascending order. */
  private marks: { readonly bytes: number; readonly records: number }[] = [{ bytes: 0, records: 0 }]
  /** No more is written. */
  private isOver = false
  /** What of the piece that could not be written has been written all the same. */
  private remnant: Buffer | undefined

  /**
   * `onClosed` is called once when nobody reads the stream any more, or it fails: what to say of that is settled by
   * whoever owns the stream.
   */
  constructor(
    private readonly stream: Writable,
    private readonly onClosed: () => void,
  ) {
    stream.on('error', () => this.fail())
  }

  /** Makes room for `length` bytes at `at`. A length beyond a whole block gets a block of its own. */
  reserve(length: number): void {
    if (this.at + length <= this.block.length) return
    this.flush()
    if (length > this.block.length) this.block = Buffer.allocUnsafeSlow(length)
  }

  /** `source` from `start` to `end`. */
  copy(source: Buffer, start: number, end: number): void {
    this.reserve(end - start)
    source.copy(this.block, this.at, start, end)
    this.at += end - start
  }

  /** As `copy`, for bytes that nobody will touch any more: a large piece goes out as it lies. */
  pass(source: Buffer, start: number, end: number): void {
    if (end - start < BY_REFERENCE) return this.copy(source, start, end)
    this.flush()
    this.send(source.subarray(start, end), () => {})
  }

  bytes(source: Buffer): void {
    this.copy(source, 0, source.length)
  }

  text(text: string | JsonBytes): void {
    if (typeof text === 'string') {
      this.reserve(text.length * 3)
      this.at += this.block.write(text, this.at)
    } else {
      this.reserve(text.at)
      text.copyTo(this.block, this.at)
      this.at += text.at
    }
  }

  /** Passes on what has been gathered. */
  flush(): void {
    if (this.at === 0) return
    const { block, at: length } = this
    this.block = this.spare.pop() ?? Buffer.allocUnsafeSlow(CAPACITY)
    this.at = 0
    this.send(block.subarray(0, length), () => this.reuse(block))
  }

  private send(piece: Buffer, then: () => void): void {
    if (this.isOver) return then()
    this.pending += piece.length
    this.sent += piece.length
    this.stream.write(piece, (error) => {
      this.pending -= piece.length
      if (error) this.failIn(piece, error)
      else this.written += piece.length
      then()
      while (this.afterBytes.length > 0 && this.afterBytes[0]!.bytes <= this.written) this.afterBytes.shift()!.then()
      this.wakeUp()
    })
  }

  /** Calls `then` when the stream has written all that it got so far; never when it fails before. */
  whenWritten(then: () => void): void {
    if (this.written === this.sent) then()
    else this.afterBytes.push({ bytes: this.sent, then })
  }

  /** A promise while too much is on its way, or nothing. */
  ready(): Promise<void> | undefined {
    return this.pending <= MOST_PENDING || this.isOver
      ? undefined
      : new Promise((resolve) => this.waiting.push(resolve))
  }

  /** Passes on what has been gathered and waits until the stream has taken everything: false when it never will. */
  async drain(): Promise<boolean> {
    this.flush()
    while (this.pending > 0 && !this.isOver) await new Promise<void>((resolve) => this.waiting.push(resolve))
    return !this.isOver
  }

  /** Ends all waiting: whoever reads the stream has stopped, and so shall we. */
  giveUp(): void {
    if (this.pending > 0) this.fail()
  }

  /** All that there is of the first `records` records has been handed over. */
  mark(records: number): void {
    if (this.isOver) return
    const bytes = this.sent + this.at
    this.marks.push({ bytes, records })
    if (this.marks.length < MANY_MARKS) return
    const last = this.marks.findLastIndex((mark) => mark.bytes <= this.written)
    this.marks = this.marks.slice(Math.max(last, 0))
  }

  /**
   * How many records were written whole when a write failed: about, as those of the last batch are counted by their
   * lines.
   */
  recordsBeforeFailure(): number | undefined {
    if (!this.remnant) return undefined
    const last = this.marks.findLastIndex(({ bytes }) => bytes <= this.written)
    const [mark, next] = [this.marks[last]!, this.marks[last + 1]]
    const beyond = this.remnant.subarray(Math.max(0, mark.bytes - (this.written - this.remnant.length)))
    return Math.min(mark.records + countLines(beyond), next?.records ?? Infinity)
  }

  private failIn(piece: Buffer, error: PartlyWritten): void {
    if (!this.isOver && !isReaderGone(error)) {
      this.remnant = Buffer.from(piece.subarray(0, error.bytesWritten ?? 0))
      this.written += this.remnant.length
    }
    this.fail()
  }

  private fail(): void {
    if (this.isOver) return
    this.isOver = true
    this.wakeUp()
    this.onClosed()
  }

  private wakeUp(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  private reuse(block: Buffer): void {
    if (block.length === CAPACITY && this.spare.length < 4) this.spare.push(block)
  }
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count += 1
  return count
}
