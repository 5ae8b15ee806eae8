import { write, writeSync } from 'node:fs'
import { Writable } from 'node:stream'

/** What a write that failed in its midst adds to the error. */
export interface PartlyWritten extends NodeJS.ErrnoException {
  /** Bytes of the chunk that were written all the same. */
  bytesWritten?: number
}

export interface FileStreamOptions {
  /** Whether the thread does something else while the system writes. */
  readonly isAsync?: boolean
  /** Told of an error before anybody who waits for the write is. */
  onError?(error: Error): void
}

/**
 * Writes to a file or device that stays open in the end. A disk that fills up takes a part of a write, and refuses only
 * the next one: Node's own stdout takes the part for the whole.
 */
export class FileStream extends Writable {
  readonly isTTY = false

  constructor(
    readonly fd: number,
    private readonly options: FileStreamOptions = {},
  ) {
    super()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    const settle = (error: Error | null, bytesWritten: number): void => {
      if (!error) return done()
      const failure = Object.assign(error, { bytesWritten })
      this.options.onError?.(failure)
      done(failure)
    }
    if (this.options.isAsync) this.writeOn(chunk, 0, settle)
    else this.writeNow(chunk, settle)
  }

  private writeNow(chunk: Buffer, settle: (error: Error | null, bytesWritten: number) => void): void {
    let at = 0
    try {
      while (at < chunk.length) at += writeSync(this.fd, chunk, at)
    } catch (error) {
      return settle(error as Error, at)
    }
    settle(null, at)
  }

  private writeOn(chunk: Buffer, at: number, settle: (error: Error | null, bytesWritten: number) => void): void {
    write(this.fd, chunk, at, chunk.length - at, null, (error, count) => {
      if (error || at + count === chunk.length) settle(error, at)
      else this.writeOn(chunk, at + count, settle)
    })
  }
}
