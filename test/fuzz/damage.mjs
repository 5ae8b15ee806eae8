// Ways to spoil bytes. Each takes a buffer that it may write to, and returns the spoilt one.
import { pick, randomBytes } from './messages.mjs'

const EXTREMES = [0x7fff_ffff, -0x8000_0000, -1, 0, 0x0fff_ffff, 1_000_000]
const VARINTS = [
  Buffer.from('ffffffff0f', 'hex'),
  Buffer.from('ffffffffffffffffff01', 'hex'),
  Buffer.from('808080808000', 'hex'),
  Buffer.from('80ade204', 'hex'),
]

const WAYS = [flip, flip, flip, truncate, insert, remove, swap, swap, enlarge, enlarge, overwriteVarint]

export function damage(bytes, random) {
  if (bytes.length < 2) return bytes
  return pick(random, WAYS)(Buffer.from(bytes), random)
}

const placeIn = (bytes, random) => Math.floor(random() * bytes.length)

function flip(bytes, random) {
  for (let i = 1 + Math.floor(random() * 4); i > 0; i -= 1)
    bytes[placeIn(bytes, random)] = pick(random, [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)])
  return bytes
}

function truncate(bytes, random) {
  return bytes.subarray(0, placeIn(bytes, random))
}

function insert(bytes, random) {
  const at = placeIn(bytes, random)
  return Buffer.concat([bytes.subarray(0, at), randomBytes(random, 1 + random() * 20), bytes.subarray(at)])
}

function remove(bytes, random) {
  const at = placeIn(bytes, random)
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + Math.floor(random() * 8))])
}

/** Two neighbouring pieces change places. */
function swap(bytes, random) {
  const [from, middle, to] = [placeIn(bytes, random), placeIn(bytes, random), placeIn(bytes, random)].sort(
    (a, b) => a - b,
  )
  return Buffer.concat([
    bytes.subarray(0, from),
    bytes.subarray(middle, to),
    bytes.subarray(from, middle),
    bytes.subarray(to),
  ])
}

/** A length or count that is far from the truth. */
function enlarge(bytes, random) {
  if (bytes.length >= 4) bytes.writeInt32BE(pick(random, EXTREMES), Math.floor(random() * (bytes.length - 3)))
  return bytes
}

function overwriteVarint(bytes, random) {
  const at = placeIn(bytes, random)
  return Buffer.concat([bytes.subarray(0, at), pick(random, VARINTS), bytes.subarray(at + 1)])
}
