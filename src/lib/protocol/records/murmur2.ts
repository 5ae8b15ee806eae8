const SEED = 0x9747b28c
const M = 0x5bd1e995
const R = 24

/** Murmur2 of `data[start, end)` as a signed 32-bit number, as Kafka's Java clients compute it (Utils.murmur2). */
export function murmur2(data: Buffer, start = 0, end = data.length): number {
  let hash = SEED ^ (end - start)
  let at = start
  for (; at + 4 <= end; at += 4) {
    let word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    word = Math.imul(word, M)
    word ^= word >>> R
    hash = Math.imul(hash, M) ^ Math.imul(word, M)
  }
  if (at < end) {
    for (let shift = (end - at - 1) * 8; shift >= 0; shift -= 8) hash ^= data[at + shift / 8]! << shift
    hash = Math.imul(hash, M)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, M)
  return hash ^ (hash >>> 15)
}

/** The partition that Java's producer gives a keyed record (BuiltInPartitioner.partitionForKey). */
export function partitionForKey(key: Buffer, start: number, end: number, partitionCount: number): number {
  return (murmur2(key, start, end) & 0x7fffffff) % partitionCount
}
