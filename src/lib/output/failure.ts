import { getSystemErrorMap } from 'node:util'

/** A reader who has gone: no failure, and nothing to be told. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

/** Whether an error of a stream means that nobody reads it any more. */
export const isReaderGone = ({ code }: NodeJS.ErrnoException): boolean => READER_GONE.has(code)

/**
 * Why a stream cannot be written, in the system's words: `no space left on device`. Streams of files and of terminals
 * give their errors different messages, and the same number.
 */
export function writeProblem({ errno, message }: NodeJS.ErrnoException): string {
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? message
}
