import { fstatSync, read } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Socket, type SocketConstructorOpts } from 'node:net'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Context } from '../../lib/command/define.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'

const CHUNK_BYTES = 1024 * 1024
/** As much as a pipe holds, unless somebody has made it larger. */
const PIPE_BYTES = 64 * 1024

/** The bytes to produce. */
export interface Input {
  /** How many there are; Infinity where that shows only at the end. */
  readonly size: number
  /** Each is good until the next one is asked for. */
  readonly chunks: AsyncGenerator<Buffer>
}

/**
 * Opens a file, or stdin where no path or `-` is given. Its chunks end early when `signal` is raised. Throws UserError
 * when the file cannot be opened; reading it throws EnvironmentError, and so does a stdin that is a folder.
 */
export async function openInput(
  path: string | undefined,
  { stdin, stdinFd, cwd }: Pick<Context, 'stdin' | 'stdinFd' | 'cwd'>,
  signal: AbortSignal,
): Promise<Input> {
  if (path !== undefined && path !== '-') return openFile(path, cwd, signal)
  if (stdinFd === undefined) return { size: Infinity, chunks: readStream(stdin, signal) }
  const kind = fstatSync(stdinFd)
  // As a stream Node would take it for an empty one.
  if (kind.isDirectory()) throw new EnvironmentError('stdin cannot be read: it is a folder')
  if (kind.isBlockDevice()) return { size: Infinity, chunks: readDescriptor(stdinFd, 'stdin', signal) }
  if (kind.isFile()) return { size: kind.size, chunks: readDescriptor(stdinFd, 'stdin', signal) }
  return {
    size: Infinity,
    chunks: kind.isFIFO() || kind.isSocket() ? readPipe(stdinFd, signal) : readStream(stdin, signal),
  }
}

async function openFile(path: string, cwd: string, signal: AbortSignal): Promise<Input> {
  const file = await open(resolve(cwd, path)).catch((error: unknown) => {
    throw new UserError(`--input-file ${path} cannot be read: ${fileProblem(error)}`)
  })
  const kind = await file.stat()
  return { size: kind.isFile() ? kind.size : Infinity, chunks: readFile(file, path, signal) }
}

async function* readFile(file: FileHandle, path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* readDescriptor(file.fd, path, signal)
  } finally {
    await file.close()
  }
}

/** While one chunk is worked on, the next is being read. */
async function* readDescriptor(fd: number, name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const
  const readNext = (turn: number) => readAsync(fd, chunks[turn % 2]!, 0, CHUNK_BYTES, null)
  let next = readNext(0)
  try {
    for (let turn = 0; !signal.aborted; turn += 1) {
      const { bytesRead, buffer } = await next
      if (bytesRead === 0) return
      next = readNext(turn + 1)
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw readError(name, error)
  } finally {
    await next.catch(() => {})
  }
}

const readAsync = promisify(read)

/** Into one piece of memory, where a stream takes a new one for each chunk. */
async function* readPipe(fd: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (signal.aborted) return
  const buffer = Buffer.allocUnsafeSlow(PIPE_BYTES)
  let settle: (bytes: number) => void = () => {}
  let fail: (error: Error) => void = () => {}
  const onread = { buffer, callback: (bytes: number) => (settle(bytes), false) }
  const pipe = new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts)
  pipe
    .on('end', () => settle(0))
    .on('close', () => settle(0))
    .on('error', (error) => fail(error))
  const stop = (): void => void pipe.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (!pipe.destroyed) {
      const bytes = await new Promise<number>((resolve, reject) => {
        ;[settle, fail] = [resolve, reject]
        pipe.resume()
      })
      if (bytes === 0) return
      yield buffer.subarray(0, bytes)
    }
  } catch (error) {
    throw readError('stdin', error)
  } finally {
    signal.removeEventListener('abort', stop)
    pipe.destroy()
  }
}

async function* readStream(stdin: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = (): void => void stdin.destroy()
  if (signal.aborted) return
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stdin) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
      if (signal.aborted) return
    }
  } catch (error) {
    if (!signal.aborted) throw readError('stdin', error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function readError(what: string, error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === undefined
    ? error
    : new EnvironmentError(`${what} cannot be read: ${fileProblem(error)}`, { cause: error })
}
