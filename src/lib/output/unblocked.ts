import { fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { FileStream } from './file-stream.ts'

/**
 * For output by the megabyte: where stdout is a file, it is written before anything else is done; this stream has the
 * system write it meanwhile. What was written to either of the two must be out before the other one is used. An error
 * is one of both: whoever listens to stdout hears of it first.
 */
export function unblocked(stdout: Writable & { readonly fd?: number }): Writable {
  const { fd } = stdout
  if (fd === undefined || !fstatSync(fd).isFile()) return stdout
  return new FileStream(fd, { isAsync: true, onError: (error) => stdout.emit('error', error) })
}
