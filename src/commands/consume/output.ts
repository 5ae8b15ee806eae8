import type { Writable } from 'node:stream'
import { EnvironmentError } from '../../lib/errors.ts'

const CAPACITY = 1024 * 1024
/** Bytes that may be on their way to the stream before the next batch has to wait. */
const MOST_PENDING = 4 * CAPACITY
/** From this size on a piece is worth a write of its own. */
const BY_REFERENCE = CAPACITY / 4
const GIVEN_UP = 'GIVEN_UP'

/** Gathers bytes and passes them on in large blocks. Nothing waits for the stream within a batch; `ready` does between batches. */
export class Output {
  /** The block that is being filled, and how far it is. Formatters write here after `reserve`. */
  block: Buffer = Buffer.allocUnsafeSlow(CAPACITY)
  at = 0
  private pending = 0
  private readonly spare: Buffer[] = []
  private readonly waiting: (() => void)[] = []
  private failure: NodeJS.ErrnoException | undefined

  /** `onClosed` is called once when nobody reads the stream any more, or it fails. */
  constructor(
    private readonly stream: Writable,
    private readonly onClosed: () => void,
  ) {
    stream.on('error', (error: NodeJS.ErrnoException) => this.fail(error))
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

  text(text: string): void {
    this.reserve(text.length * 3)
    this.at += this.block.write(text, this.at)
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
    if (this.failure) return then()
    this.pending += piece.length
    this.stream.write(piece, (error) => {
      this.pending -= piece.length
      then()
      if (error) this.fail(error)
      this.wakeUp()
    })
  }

  /** A promise while too much is on its way, or nothing. */
  ready(): Promise<void> | undefined {
    return this.pending <= MOST_PENDING || this.failure ? undefined : new Promise((resolve) => this.waiting.push(resolve))
  }

  /**
   * Passes on what has been gathered and waits until the stream has taken everything: false when it never will.
   * Throws EnvironmentError when the stream failed, except for a reader that has gone (EPIPE).
   */
  async drain(): Promise<boolean> {
    this.flush()
    while (this.pending > 0 && !this.failure) await new Promise<void>((resolve) => this.waiting.push(resolve))
    if (!this.failure) return true
    if (this.failure.code === 'EPIPE' || this.failure.code === GIVEN_UP) return false
    throw new EnvironmentError(`Cannot write the output: ${this.failure.message}`)
  }

  /** Ends all waiting: whoever reads the stream has stopped, and so shall we. */
  giveUp(): void {
    if (this.pending > 0) this.fail(Object.assign(new Error('the reader has stopped'), { code: GIVEN_UP }))
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.failure) return
    this.failure = error
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
