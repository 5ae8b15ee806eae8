// What lies in a replica's folder: batches, to be the same on every node.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { protocol } from '../support/protocol.mjs'

/** The batches of a replica, as `{ baseOffset, lastOffset, header, bytes }`. */
export function* batchesOf(dataDir, name) {
  const folder = join(dataDir, name)
  const files = readdirSync(folder).filter((each) => each.endsWith('.log'))
  for (const file of files.sort()) {
    const content = readFileSync(join(folder, file))
    for (const { header, at } of protocol.batches(content)) {
      const { baseOffset, lastOffset, sizeInBytes } = header
      yield { baseOffset, lastOffset, header, bytes: content.subarray(at, at + sizeInBytes) }
    }
  }
}

/** Where two replicas differ below `upTo`, or null. Each may begin at another offset. */
export function firstDifference(one, other, name, upTo) {
  const batches = [one, other].map(
    (dataDir) =>
      new Map(
        [...batchesOf(dataDir, name)]
          .filter(({ lastOffset }) => lastOffset < upTo)
          .map((batch) => [batch.baseOffset, batch]),
      ),
  )
  const start = batches.map((map) => map.keys().next().value ?? upTo).reduce((a, b) => (a > b ? a : b))
  const offsets = new Set(batches.flatMap((map) => [...map.keys()]))
  for (const offset of offsets) {
    if (offset < start) continue
    const [a, b] = batches.map((map) => map.get(offset))
    if (!a || !b) return `offset ${offset} is only in ${a ? one : other}`
    if (!a.bytes.equals(b.bytes)) return `the batch at offset ${offset} differs`
  }
  return null
}
