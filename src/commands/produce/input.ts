import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'

type InputContext = Pick<Context, 'stdin' | 'cwd' | 'signal'>

const CHUNK_BYTES = 1024 * 1024

/**
 * The bytes to produce, in chunks that are good until the next one is asked for: of a file, or of stdin where no path or `-` is
 * given. Ends early when the signal is raised. Throws UserError when the file cannot be opened, EnvironmentError when
 * reading fails later.
 */
export function readInput(path: string | undefined, context: InputContext): AsyncGenerator<Buffer> {
  return path === undefined || path === '-' ? readStdin(context) : readFile(path, context)
}

/** While one chunk is worked on, the next is being read. */
async function* readFile(path: string, { cwd, signal }: InputContext): AsyncGenerator<Buffer> {
  const file = await open(resolve(cwd, path)).catch((error: unknown) => {
    throw new UserError(`--input-file ${path} cannot be read: ${reason(error)}`)
  })
  const chunks = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const
  const read = (turn: number) => file.read(chunks[turn % 2]!, 0, CHUNK_BYTES, null)
  let next = read(0)
  try {
    for (let turn = 0; !signal.aborted; turn += 1) {
      const { bytesRead, buffer } = await next
      if (bytesRead === 0) return
      next = read(turn + 1)
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw readError(path, error)
  } finally {
    next.catch(() => {}).then(() => file.close()).catch(() => {})
  }
}

async function* readStdin({ stdin, signal }: InputContext): AsyncGenerator<Buffer> {
  const stop = (): void => void stdin.destroy()
  if (signal.aborted) return
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stdin) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk as Buffer
      if (signal.aborted) return
    }
  } catch (error) {
    if (!signal.aborted) throw readError('stdin', error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function readError(what: string, error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === undefined ? error : new EnvironmentError(`${what} cannot be read: ${reason(error)}`, { cause: error })
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return { ENOENT: 'there is no such file', EACCES: 'permission denied', EISDIR: 'it is a folder' }[code ?? ''] ?? message
}
