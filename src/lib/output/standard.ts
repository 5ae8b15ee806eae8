import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { FileStream } from './file-stream.ts'

/** stdout as this process has it. */
export type Stdout = NodeJS.WriteStream | FileStream

/** stdout of this process. What is no terminal, pipe or socket is written by a stream that notices a disk that is full. */
export function standardOutput(): Stdout {
  const fd = 1
  return isatty(fd) || isStream(fd) ? process.stdout : new FileStream(fd)
}

function isStream(fd: number): boolean {
  const stats = fstatSync(fd)
  return stats.isFIFO() || stats.isSocket()
}
