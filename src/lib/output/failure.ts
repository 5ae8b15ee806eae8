import { getSystemErrorMap } from 'node:util'

/** A reader who has gone: no failure, and nothing to be told. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

/** Whether an error of a stream means that nobody reads it any more. */
export const isReaderGone = ({ code }: NodeJS.ErrnoException): boolean => READER_GONE.has(code)

/** `no space left on device`: what the system says, without the name of the call and the file. */
export function systemReason(error: NodeJS.ErrnoException): string {
  return (error.errno !== undefined && getSystemErrorMap().get(error.errno)?.[1]) || error.message
}
