import { createWriteStream, fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'

/**
 * For output by the megabyte: where stdout is a file, Node writes it before it does anything else; this stream has the
 * system write it meanwhile. What was written to either of the two must be out before the other one is used.
 */
export function unblocked(stream: Writable & { readonly fd?: number }): Writable {
  const { fd } = stream
  return fd !== undefined && fstatSync(fd).isFile() ? createWriteStream('', { fd, autoClose: false }) : stream
}
