import { closeSync, fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { FileStream } from './file-stream.ts'
import { isPipe } from './is-pipe.ts'

/** stdout or stderr as this process has it. */
export type StandardStream = NodeJS.WriteStream | FileStream

/**
 * stdout of this process. What is no terminal, pipe or socket is written by a stream that notices a disk that is full.
 */
export function standardOutput(): StandardStream {
  if (isatty(1)) return withoutBlocking(process.stdout, 1)
  return isPipe({ fd: 1 }) ? process.stdout : new FileStream(1)
}

/**
 * stderr of this process: the same stream as stdout on the same terminal, so that what is written there keeps its
 * order.
 */
export function standardError(stdout: StandardStream): StandardStream {
  if (!isatty(2)) return process.stderr
  return isatty(1) && fstatSync(1).rdev === fstatSync(2).rdev ? stdout : withoutBlocking(process.stderr, 2)
}

/**
 * A terminal may be slow, or have been stopped: who waits for it in a system call hears of no signal. Node has a
 * terminal of its own opened beside the one that other programs write to as well, where that goes, and only that one
 * may be changed.
 */
function withoutBlocking(stream: NodeJS.WriteStream, fd: number): NodeJS.WriteStream {
  const handle = handleOf(stream)
  if (process.platform !== 'win32' && handle?.fd !== undefined && handle.fd !== fd) handle.setBlocking?.(false)
  return stream
}

interface Handle {
  readonly fd?: number
  setBlocking?(isBlocking: boolean): void
}

const handleOf = (stream: StandardStream): Handle | undefined => (stream as { _handle?: Handle })._handle

/** Last words, past what the stream holds back. A terminal or reader that takes nothing more is no reason to stay. */
export function writeAtOnce(stream: StandardStream, text: string): void {
  try {
    writeSync(handleOf(stream)?.fd ?? 2, text)
  } catch {}
}

let restoreTerminal = (): void => {}

/** Names what puts the terminal back, should the process end before whoever has changed it. */
export function restoreTerminalWith(restore: () => void): void {
  restoreTerminal = restore
}

/**
 * To be called right before the process ends. Node would put the terminal back to what it was when Node started, which
 * may be what a pager, a menu or a password prompt of the same pipeline had made of it for a while; kts itself leaves
 * nothing behind there. What is closed is left alone.
 */
export function leaveTerminal(): void {
  restoreTerminal()
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd)
}
