import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { isPipe } from './is-pipe.ts'

/** How often a reader is looked for where the system does not tell that it goes. */
const everyMs = 500

/**
 * Calls `onGone` once when the program that reads a pipe goes away, though nothing is written that would fail of it.
 * Keeps no process alive. Does nothing for a file or a terminal, nor where it cannot be found out.
 */
export function watchReader(fd: number, onGone: () => void): void {
  if (!isPipe({ fd })) return
  const stats = fstatSync(fd)
  if (stats.isFIFO() && process.platform === 'linux') return listen(fd, onGone)
  const isGone = stats.isSocket() ? socketHasEnded : pipeIsBroken
  if (stats.isSocket() && stats.ino === fstatSync(0).ino) return
  const timer = setInterval(() => {
    if (!isGone(fd)) return
    clearInterval(timer)
    onGone()
  }, everyMs)
  timer.unref()
}

/** The little of Node's insides that is wanted here. */
interface TcpWrap {
  readonly TCP: new (type: number) => { open(fd: number): number }
  readonly constants: { readonly SOCKET: number }
}

/**
 * epoll tells of a broken pipe unasked, to whoever waits for anything at all on its writing end. Node waits for nothing
 * there while nothing is to be written, and will not wait for input at such an end, unless it takes it for a socket.
 * The input that can never come then fails with EBADF, when the pipe breaks.
 */
function listen(fd: number, onGone: () => void): void {
  try {
    const {
      TCP,
      constants: { SOCKET },
    } = (process as unknown as { binding(name: 'tcp_wrap'): TcpWrap }).binding('tcp_wrap')
    const again = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
    const handle = new TCP(SOCKET)
    if (handle.open(again) !== 0) return closeSync(again)
    new Socket({ handle, readable: true, writable: false } as ConstructorParameters<typeof Socket>[0])
      .on('error', ({ code }: NodeJS.ErrnoException) => code === 'EBADF' && onGone())
      .unref()
  } catch {
    // Another user's pipe, or a Node without this: a write finds out.
  }
}

/** BSD and macOS look at the reader before they look at how much is to be written. */
function pipeIsBroken(fd: number): boolean {
  return codeOf(() => writeSync(fd, Buffer.alloc(0))) === 'EPIPE'
}

/** Nothing is said at this end by a program that reads it, and the end of what it says is its own. */
function socketHasEnded(fd: number): boolean {
  const found = codeOf(() => readSync(fd, Buffer.alloc(1)))
  return found === 0 || found === 'ECONNRESET'
}

function codeOf(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}
