/** A reader who has gone: no failure, and nothing to be told. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

/** Whether an error of a stream means that nobody reads it any more. */
export const isReaderGone = ({ code }: NodeJS.ErrnoException): boolean => READER_GONE.has(code)
