/** As much as a disk writes as one piece; small, so that tests see it torn. */
const BLOCK_BYTES = 64
const CHUNK_BYTES = 64 * 1024
const FIRST_CHUNK_BYTES = 256

interface Chunk {
  bytes: Buffer
  /** The content's generation when the chunk was last written: an older one is shared with a saved state. */
  generation: number
}

/** What a file held at some moment. Chunks are shared with the content until either side changes them. */
export interface SavedContent {
  readonly chunks: readonly Chunk[]
  readonly size: number
}

export const NOTHING: SavedContent = { chunks: [], size: 0 }

/** The content of a file in memory, in chunks: an append copies nothing but what is appended. */
export class MemoryFile {
  private chunks: Chunk[] = []
  private generation = 0
  size = 0

  read(target: Buffer, length: number, position: number): number {
    const end = Math.min(position + length, this.size)
    let at = position
    while (at < end) {
      const start = at % CHUNK_BYTES
      const count = Math.min(CHUNK_BYTES - start, end - at)
      this.chunks[Math.floor(at / CHUNK_BYTES)]!.bytes.copy(target, at - position, start, start + count)
      at += count
    }
    return Math.max(end - position, 0)
  }

  write(data: Buffer, position: number): void {
    if (data.length === 0) return
    if (position > this.size) this.write(Buffer.alloc(position - this.size), this.size)
    let done = 0
    while (done < data.length) {
      const at = position + done
      const start = at % CHUNK_BYTES
      const count = Math.min(CHUNK_BYTES - start, data.length - done)
      data.copy(this.chunkForWriting(Math.floor(at / CHUNK_BYTES), start + count), start, done, done + count)
      done += count
    }
    this.size = Math.max(this.size, position + data.length)
  }

  truncate(size: number): void {
    if (size > this.size) this.write(Buffer.alloc(size - this.size), this.size)
    this.chunks.length = Math.ceil(size / CHUNK_BYTES)
    this.size = size
  }

  save(): SavedContent {
    this.generation += 1
    return { chunks: this.chunks.slice(), size: this.size }
  }

  restore(saved: SavedContent): void {
    this.generation += 1
    this.chunks = saved.chunks.slice()
    this.size = saved.size
  }

  /** Of what was written since it was saved, block by block, only what `survives`; the rest is as it was, or zeros. */
  tear(saved: SavedContent, survives: () => boolean): void {
    const written = this.toBuffer()
    this.restore(saved)
    if (written.length > this.size) this.truncate(survives() ? written.length : this.size)
    for (let at = 0; at < Math.min(written.length, this.size); at += BLOCK_BYTES) {
      if (survives()) this.write(written.subarray(at, Math.min(at + BLOCK_BYTES, this.size)), at)
    }
  }

  toBuffer(): Buffer {
    const content = Buffer.allocUnsafe(this.size)
    this.read(content, this.size, 0)
    return content
  }

  private chunkForWriting(index: number, bytes: number): Buffer {
    const chunk = this.chunks[index] ?? (this.chunks[index] = { bytes: Buffer.alloc(0), generation: this.generation })
    if (chunk.bytes.length >= bytes && chunk.generation === this.generation) return chunk.bytes
    const grown = Buffer.alloc(Math.max(chunk.bytes.length, capacityFor(bytes)))
    chunk.bytes.copy(grown)
    this.chunks[index] = { bytes: grown, generation: this.generation }
    return grown
  }
}

/** Small files take little: capacity doubles up to a whole chunk. */
function capacityFor(bytes: number): number {
  let capacity = FIRST_CHUNK_BYTES
  while (capacity < bytes) capacity *= 2
  return capacity
}
