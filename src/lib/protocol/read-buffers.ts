/** Smaller buffers are cheap to make and to collect. */
const LEAST_BYTES = 4 * 1024
/** What is kept at most for the next reads. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024

/**
 * Buffers that requests and answers are read into, and records on their way to a client, used again once they have been
 * dealt with: at full speed they would otherwise leave gigabytes to the garbage collector, which takes as long as the
 * work itself. Who does not give a buffer back only costs its reuse.
 */
export class ReadBuffers {
  /** By size, the one given back last at the end. */
  private readonly idle = new Map<number, ArrayBuffer[]>()
  private readonly lent = new WeakSet<ArrayBufferLike>()
  private keptBytes = 0

  /** A buffer of this length with anything in it. */
  take(length: number): Buffer {
    if (length < LEAST_BYTES) return Buffer.allocUnsafe(length)
    const size = sizeFor(length)
    const memory = this.reuse(size) ?? Buffer.allocUnsafeSlow(size).buffer
    this.lent.add(memory)
    return Buffer.from(memory, 0, length)
  }

  /** Takes back a buffer, or a part of one, that nobody reads any more; any other buffer is let be. */
  giveBack({ buffer: memory }: Buffer): void {
    const size = memory.byteLength
    if (!this.lent.delete(memory) || size > MOST_KEPT_BYTES) return
    const sameSize = this.idle.get(size) ?? []
    sameSize.push(memory as ArrayBuffer)
    this.keptBytes += size
    // The sizes in use stay; what gives way is what another load has left.
    this.idle.delete(size)
    this.idle.set(size, sameSize)
    while (this.keptBytes > MOST_KEPT_BYTES) this.dropLongestUnused()
  }

  private dropLongestUnused(): void {
    const [size, buffers] = this.idle.entries().next().value!
    if (buffers.pop()) this.keptBytes -= size
    if (buffers.length === 0) this.idle.delete(size)
  }

  private reuse(size: number): ArrayBuffer | undefined {
    const memory = this.idle.get(size)?.pop()
    if (memory) this.keptBytes -= size
    return memory
  }
}

/** A power of two and an eighth: records are batched to round sizes, and an answer has a few bytes more. */
const sizeFor = (length: number) => 1.125 * 2 ** Math.ceil(Math.log2(length / 1.125))

/** Those of all logs and connections of this process. */
export const readBuffers = new ReadBuffers()
