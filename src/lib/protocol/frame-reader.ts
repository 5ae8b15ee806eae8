import { MalformedError } from '../errors.ts'

/** What a read takes in between frames: most answers, and the beginning of a large one. */
const STAGE_BYTES = 64 * 1024
const LENGTH_BYTES = 4
/** Room that is made on the word of a length alone; beyond it as much again as has come. */
const TRUSTED_BYTES = 16 * 1024 * 1024

/**
 * Cuts a stream of bytes into frames, an int32 length and then so many bytes, for a socket that reads into memory it is
 * given: what is still missing of a large frame is read to where it will stay, and copied no more.
 */
export class FrameReader {
  private readonly stage = Buffer.allocUnsafeSlow(STAGE_BYTES)
  /** Bytes at the front of the stage that are not cut yet: less than a length. */
  private staged = 0
  /** A frame that is not complete, and how far it is. */
  private frame: Buffer | null = null
  private filled = 0
  /** How long it will be. */
  private wanted = 0

  /** `maxBytes` is the largest frame that is let through; `allocate` gives the memory of a frame. */
  constructor(
    public maxBytes: number,
    private readonly allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
  ) {}

  /** Where the next bytes belong; never empty. */
  space(): Buffer {
    return this.frame === null ? this.stage.subarray(this.staged) : this.frame.subarray(this.filled)
  }

  /**
   * So many bytes have been read into `space`; returns the frames that they complete. Throws MalformedError for a
   * length that no frame can have.
   */
  take(bytes: number): Buffer[] {
    if (this.frame === null) return this.cut(this.staged + bytes)
    this.filled += bytes
    if (this.filled < this.wanted) {
      if (this.filled === this.frame.length) this.grow(this.frame)
      return []
    }
    const { frame } = this
    this.frame = null
    return [frame]
  }

  private grow(frame: Buffer): void {
    const grown = this.makeRoom(Math.min(this.wanted, frame.length * 2))
    frame.copy(grown)
    this.frame = grown
  }

  /** Cuts what is on the stage; the frames are copies, since the stage is used again. */
  private cut(end: number): Buffer[] {
    const { stage } = this
    const frames: Buffer[] = []
    let at = 0
    while (end - at >= LENGTH_BYTES) {
      const length = this.lengthAt(at)
      at += LENGTH_BYTES
      const frame = this.makeRoom(Math.min(length, TRUSTED_BYTES))
      const copied = stage.copy(frame, 0, at, Math.min(end, at + length))
      at += copied
      if (copied === length) frames.push(frame)
      else [this.frame, this.filled, this.wanted] = [frame, copied, length]
    }
    this.staged = stage.copy(stage, 0, at, end)
    return frames
  }

  private lengthAt(at: number): number {
    const length = this.stage.readInt32BE(at)
    if (length < 0 || length > this.maxBytes)
      throw new MalformedError(`a frame of ${length} bytes, the limit is ${this.maxBytes}`)
    return length
  }

  private makeRoom(bytes: number): Buffer {
    try {
      return this.allocate(bytes)
    } catch {
      throw new MalformedError(`an answer for which there is no memory: ${bytes} bytes`)
    }
  }
}
