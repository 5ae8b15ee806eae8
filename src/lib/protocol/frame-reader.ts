import { MalformedError } from '../errors.ts'

const LENGTH_BYTES = 4
/** The length, and the API that a request is for. */
const HEAD_BYTES = 6
/** What a read takes in between frames: many requests and most answers, and the beginning of a large one. */
const STAGE_BYTES = 128 * 1024
/** Room that is made on the word of a length alone; beyond it so many times what has come. */
const TRUSTED_BYTES = 64 * 1024
const TRUST = 8

const EMPTY = Buffer.alloc(0)

/** All readers share it: what is on it is cut before anything else is read. In front is room for what was left over. */
const stage = Buffer.allocUnsafeSlow(HEAD_BYTES + STAGE_BYTES)
const stageSpace = stage.subarray(HEAD_BYTES)

/** Where the memory of frames comes from, and goes that a frame has outgrown. */
export interface FrameMemory {
  take(bytes: number): Buffer
  giveBack(memory: Buffer): void
}

export interface FrameReaderOptions {
  readonly memory?: FrameMemory
  /** Why a request of an API is too long; it is asked before the request is taken in. */
  readonly refusal?: (apiKey: number, length: number) => string | null
}

const garbageCollected: FrameMemory = { take: Buffer.allocUnsafe, giveBack() {} }

/**
 * Cuts a stream of bytes into frames, an int32 length and then so many bytes, for a socket that reads into memory it is
 * given: what is still missing of a large frame is read to where it will stay, and copied no more.
 */
export class FrameReader {
  /** Why nothing follows behind the frames that have been returned; null as long as something can. */
  problem: MalformedError | null = null
  /** What came of a head. */
  private head: Buffer = EMPTY
  /** A frame that is not complete, how far it is, and how long it will be. */
  private frame: Buffer | null = null
  private filled = 0
  private wanted = 0
  private readonly memory: FrameMemory
  private readonly refusal: FrameReaderOptions['refusal']

  /** `maxBytes` is the largest frame that is let through. */
  constructor(
    public maxBytes: number,
    { memory = garbageCollected, refusal }: FrameReaderOptions = {},
  ) {
    this.memory = memory
    this.refusal = refusal
  }

  /** Bytes held back because their frame is not complete. */
  get pending(): number {
    return this.frame === null ? this.head.length : LENGTH_BYTES + this.filled
  }

  /** Where the next bytes belong; never empty. They have to be there when the next reader is asked. */
  space(): Buffer {
    return this.frame === null ? stageSpace : this.frame.subarray(this.filled)
  }

  /**
   * So many bytes have been read into `space`; returns the frames that they complete. A length that no frame can have
   * is a `problem`: it ends the stream.
   */
  take(bytes: number): Buffer[] {
    if (this.problem) return []
    if (this.frame === null) return this.cut(HEAD_BYTES + bytes)
    this.filled += bytes
    if (this.filled < this.wanted) {
      if (this.filled === this.frame.length) this.frame = this.grown(this.frame)
      return []
    }
    const { frame } = this
    this.frame = null
    return [frame]
  }

  /** The same for bytes that lie somewhere else. */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = []
    for (let at = 0; at < chunk.length && !this.problem; ) {
      const bytes = chunk.copy(this.space(), 0, at)
      frames.push(...this.take(bytes))
      at += bytes
    }
    return frames
  }

  /** Forgets what is held back. */
  drop(): void {
    this.frame = null
    this.head = EMPTY
  }

  private grown(frame: Buffer): Buffer {
    const grown = this.room(this.wanted, frame.length)
    frame.copy(grown)
    this.memory.giveBack(frame)
    return grown
  }

  private room(wanted: number, come: number): Buffer {
    const bytes = Math.min(wanted, Math.max(TRUSTED_BYTES, TRUST * come))
    try {
      return this.memory.take(bytes)
    } catch {
      throw new MalformedError(`a frame for which there is no memory: ${bytes} bytes`)
    }
  }

  /** Cuts what is on the stage; the frames are copies, since the stage is used again. */
  private cut(end: number): Buffer[] {
    const frames: Buffer[] = []
    let at = HEAD_BYTES - this.head.length
    this.head.copy(stage, at)
    for (let length = this.lengthAt(at, end); length !== null; length = this.lengthAt(at, end)) {
      at += LENGTH_BYTES
      const come = Math.min(length, end - at)
      const frame = this.room(length, come)
      stage.copy(frame, 0, at, at + come)
      at += come
      if (come === length) frames.push(frame)
      else [this.frame, this.filled, this.wanted] = [frame, come, length]
    }
    this.head = this.problem || at === end ? EMPTY : Buffer.from(stage.subarray(at, end))
    return frames
  }

  /** The length of the frame that begins there; null while that cannot be said, and where there can be none. */
  private lengthAt(at: number, end: number): number | null {
    if (end - at < LENGTH_BYTES) return null
    const length = stage.readInt32BE(at)
    if (length < 0 || length > this.maxBytes)
      return this.fail(
        `${protocolOf(stage.subarray(at, end))}a frame of ${length} bytes, the limit is ${this.maxBytes}`,
      )
    if (!this.refusal || length < HEAD_BYTES - LENGTH_BYTES) return length
    if (end - at < HEAD_BYTES) return null
    const refusal = this.refusal(stage.readInt16BE(at + LENGTH_BYTES), length)
    return refusal === null ? length : this.fail(refusal)
  }

  private fail(reason: string): null {
    this.problem = new MalformedError(reason)
    return null
  }
}

/** What else than Kafka's protocol may begin so, for messages. */
function protocolOf(head: Buffer): string {
  const isTls = (head[0] === 0x16 || head[0] === 0x15) && head[1] === 3
  if (isTls) return 'TLS where plain text is spoken: as a length it would be '
  return /^(GET|POST|PUT|HEAD|HTTP)/.test(head.toString('latin1', 0, 4)) ? 'HTTP: as a length it would be ' : ''
}
