/** Less is not worth the book-keeping. */
const LEAST_BYTES = 256 * 1024
/** Sizes are rounded up to this, so that one memory serves answers of about the same size. */
const STEP_BYTES = 1024 * 1024
const MOST_KEPT = 4

/**
 * Memory for large answers, used again when it is given back. What is new comes page by page from the system, which
 * has to clear it, and stays until the garbage collector finds it: by the megabyte that takes time, and as much memory
 * again.
 */
export class AnswerMemory {
  private readonly free: Buffer[] = []
  /** Each memory is taken back once, and from here only. */
  private readonly lent = new WeakSet<ArrayBufferLike>()

  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES) return Buffer.allocUnsafe(bytes)
    const index = this.free.findIndex(({ length }) => length >= bytes)
    const memory =
      index < 0 ? Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES) : this.free.splice(index, 1)[0]!
    this.lent.add(memory.buffer)
    return memory.subarray(0, bytes)
  }

  /** Takes back the memory that `part` lies in, of which nobody may read any more. What was not taken here is left. */
  giveBack({ buffer }: Buffer): void {
    if (!this.lent.delete(buffer)) return
    if (this.free.length === MOST_KEPT) this.free.shift()
    this.free.push(Buffer.from(buffer))
  }
}

/** That of all connections: answers that are large come over many, one after the other. */
export const answerMemory = new AnswerMemory()
