const MARK = Buffer.from('\ufeff')

/** The chunks without the mark that editors put before text in UTF-8: it is not part of the first line. */
export async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (!head) {
      yield chunk
      continue
    }
    const start: Buffer = head.length === 0 ? chunk : Buffer.concat([head, chunk])
    // A chunk is good until the next one is asked for.
    head = start.length < MARK.length && MARK.subarray(0, start.length).equals(start) ? Buffer.from(start) : undefined
    const rest = start.subarray(0, MARK.length).equals(MARK) ? start.subarray(MARK.length) : start
    if (!head && rest.length > 0) yield rest
  }
  if (head && head.length > 0) yield head
}
