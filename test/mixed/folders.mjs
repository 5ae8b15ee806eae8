// What lies in a replica's folder: batches below the high watermark, to be the same on every node.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkpoint of high watermarks, by `topic-partition`. */
export function highWatermarks(dataDir) {
  const path = join(dataDir, 'replication-offset-checkpoint')
  if (!existsSync(path)) return new Map()
  const [, , ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ', line.lastIndexOf(' ') - 1)
      const [partition, offset] = line.slice(at + 1).split(' ')
      return [`${line.slice(0, at)}-${partition}`, BigInt(offset)]
    }),
  )
}

/** The batches of a replica from one offset to another, as `{ baseOffset, lastOffset, bytes }`. */
export function* batchesOf(dataDir, name) {
  const folder = join(dataDir, name)
  for (const file of readdirSync(folder)
    .filter((each) => each.endsWith('.log'))
    .sort()) {
    const bytes = readFileSync(join(folder, file))
    for (let at = 0; at + 61 <= bytes.length; ) {
      const size = 12 + bytes.readInt32BE(at + 8)
      if (size < 61 || at + size > bytes.length) break
      const baseOffset = bytes.readBigInt64BE(at)
      yield {
        baseOffset,
        lastOffset: baseOffset + BigInt(bytes.readInt32BE(at + 23)),
        bytes: bytes.subarray(at, at + size),
      }
      at += size
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
