// What a consumer sees in an answer to Fetch.
import { protocol } from './protocol.mjs'

const { AbortedFilter, RecordReader, batches, isCrcValid } = protocol
const reader = new RecordReader()

/**
 * The records from `offset` on, as `{ offset, key, value }`, and where to go on. Records of transactions that the
 * answer names as aborted are left out, as are markers. Throws at a batch whose checksum is wrong.
 */
export function readRecords({ records, abortedTransactions }, offset) {
  const chunk = records ?? Buffer.alloc(0)
  const filter = new AbortedFilter(abortedTransactions ?? [])
  const found = []
  let next = offset
  for (const { header, at } of batches(chunk)) {
    if (!isCrcValid(chunk, at, header)) throw new Error(`the checksum of the batch at ${header.baseOffset} is wrong`)
    if (!filter.isAborted(chunk, at, header) && !header.isControl) found.push(...recordsOf(chunk, at, header, offset))
    next = header.lastOffset + 1n
  }
  return { found, next }
}

function recordsOf(chunk, at, header, from) {
  const found = []
  reader.open(chunk, at, header)
  while (reader.next()) {
    const offset = header.baseOffset + BigInt(reader.offsetDelta)
    if (offset >= from)
      found.push({
        offset,
        key: textOf(reader.keyStart, reader.keyLength),
        value: textOf(reader.valueStart, reader.valueLength),
      })
  }
  return found
}

const textOf = (start, length) => (length < 0 ? null : reader.body.toString('latin1', start, start + length))
