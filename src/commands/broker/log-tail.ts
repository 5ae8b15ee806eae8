import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** What is added to a log file, line by line, with a name in front. */
export class LogTail {
  private position: number

  constructor(
    private readonly path: string,
    private readonly prefix: string,
  ) {
    this.position = this.size()
  }

  /** The whole lines that have come since the last time. */
  read(): string {
    const bytes = this.readFrom(this.position)
    const end = bytes.lastIndexOf('\n') + 1
    this.position += end
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1)
    return lines
      .filter((line) => line !== '')
      .map((line) => `${this.prefix}${line}\n`)
      .join('')
  }

  private size(): number {
    return this.open((file) => fstatSync(file).size) ?? 0
  }

  private readFrom(position: number): Buffer {
    return (
      this.open((file) => {
        const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - position))
        return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position))
      }) ?? Buffer.alloc(0)
    )
  }

  /** Undefined while there is no such file. */
  private open<T>(look: (file: number) => T): T | undefined {
    let file: number
    try {
      file = openSync(this.path, 'r')
    } catch {
      return undefined
    }
    try {
      return look(file)
    } finally {
      closeSync(file)
    }
  }
}
