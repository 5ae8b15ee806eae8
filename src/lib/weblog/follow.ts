import { open, stat, type FileHandle } from 'node:fs/promises'
import { EnvironmentError } from '../errors.ts'
import { fileProblem } from '../files.ts'
import { pause } from '../clock.ts'

export interface FollowOptions {
  /** How many of the last lines to begin with; `all` for the whole file. */
  readonly lines: number | 'all'
  /** Whether to wait for more at the end. */
  readonly follow: boolean
  readonly signal: AbortSignal
  /** Told once when there is no such file yet, or no longer. */
  onMissing?(): void
}

const chunkBytes = 65_536
const pollMs = 50

/**
 * The bytes at the end of a file, and those that are appended, like `tail -F`: a file that is truncated or replaced is
 * read again from its start, one that is not there is waited for. Ends at the file's end without `follow`, or when
 * the signal is raised. Throws EnvironmentError when the file cannot be read, or is missing and not followed.
 */
export async function* followFile(
  path: string,
  { lines, follow, signal, onMissing }: FollowOptions,
): AsyncGenerator<Buffer> {
  let tail = lines
  let missing = false
  while (!signal.aborted) {
    const file = await openFile(path, follow)
    if (file) {
      missing = false
      try {
        yield* readOn(file, path, tail === 'all' ? 0 : await startOfLastLines(file, tail), { follow, signal })
      } finally {
        await file.close()
      }
      if (!follow) return
    } else {
      if (!missing) onMissing?.()
      missing = true
      await pause(pollMs, signal)
    }
    // What appears from now on is new, all of it.
    tail = 'all'
  }
}

async function openFile(path: string, follow: boolean): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && follow) return undefined
    throw new EnvironmentError(`${path} cannot be read: ${fileProblem(error)}`)
  }
}

/** Reads to the end of one file and waits there, until it is truncated or another file has its name. */
async function* readOn(
  file: FileHandle,
  path: string,
  start: number,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): AsyncGenerator<Buffer> {
  let position = start
  while (!signal.aborted) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead > 0) {
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
      continue
    }
    if (!follow) return
    const { size, ino } = await file.stat()
    if (size < position || (size === position && (await inode(path)) !== ino)) return
    if (size === position) await pause(pollMs, signal)
  }
}

async function inode(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  )
}

/** Position of the last `count` lines; a line that has no newline yet counts. */
async function startOfLastLines(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat()
  if (count === 0) return size
  let newlines = 0
  for (let end = size; end > 0; ) {
    const length = Math.min(chunkBytes, end)
    const { buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, end - length)
    for (let i = length - 1; i >= 0; i--) {
      const position = end - length + i
      if (buffer[i] === 0x0a && position !== size - 1 && ++newlines === count) return position + 1
    }
    end -= length
  }
  return 0
}
