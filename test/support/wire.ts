import { Duplex } from 'node:stream'
import { FrameReader } from '../../src/lib/protocol/frame-reader.ts'

/** The client's end of a connection, in memory. Until `read` is called nothing that the broker says is taken. */
export class Wire extends Duplex {
  readonly said: Buffer[] = []
  private parked: (() => void) | null = null
  isReading = true

  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.said.push(chunk)
    if (this.isReading) done()
    else this.parked = done
  }

  readOn(): void {
    this.isReading = true
    this.parked?.()
    this.parked = null
  }

  get frames(): Buffer[] {
    return new FrameReader(1 << 30).push(Buffer.concat(this.said))
  }
}
