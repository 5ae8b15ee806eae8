import { MalformedError } from '../../errors.ts'

/** Data that unpacks to more than was allowed. Nothing says that it is damaged. */
export class OversizeError extends MalformedError {}

export function growsBeyond(codec: string, maxBytes: number): OversizeError {
  return new OversizeError(`${codec} data grows beyond ${maxBytes} bytes`)
}

/** Pieces that any writer may make of its data, however small the data is. */
const ALWAYS_ALLOWED = 1024

/**
 * Compressed data may come in many pieces: frames, blocks, members. Writers fill them with tens of kilobytes each, so
 * that even what shrinks to nothing has few; thousands of pieces of a few bytes are there to cost time. Throws
 * MalformedError for more than one in `bytesEach` bytes.
 */
export function checkPieces(pieces: number, bytes: number, bytesEach: number, what: string): void {
  if (pieces > ALWAYS_ALLOWED + bytes / bytesEach) throw new MalformedError(`${pieces} ${what} in ${bytes} bytes`)
}
