// What is sent: frames as they should be, and frames that are not.
import { protocol } from '../support/protocol.mjs'
import { damage } from './damage.mjs'
import { makeMessage, pick, randomBytes } from './messages.mjs'

const { APIS, Reader, encodeRequest, readRequestHeader, skipTags } = protocol
const MOST_REQUEST_BYTES = 100 * 1024 * 1024
const LENGTHS = [MOST_REQUEST_BYTES + 1, 0x7fff_ffff, -1, -0x8000_0000, MOST_REQUEST_BYTES, 10_000_000]
const KEYS = [-1, 4, 5, 6, 7, 17, 33, 99, 0x7fff]

/** Every API in every version that is declared. */
export const PAIRS = APIS.flatMap((api) =>
  Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, i) => ({ api, version: api.minVersion + i })),
)

/** A damaged request may still make sense, and then others can follow. */
const DEADLY_SHARE = 0.7

const WAYS = [
  { share: 0.3, name: 'unusual', make: (body) => withLength(body) },
  { share: 0.45, name: 'damaged', make: (body, random) => withLength(damage(body, random)) },
  {
    share: 0.08,
    name: 'damaged in their header',
    make: (body, random) => withLength(Buffer.concat([damage(body.subarray(0, 14), random), body.subarray(14)])),
  },
  { share: 0.05, name: 'of strange versions and APIs', make: (body, random) => withLength(misdirect(body, random)) },
  {
    share: 0.05,
    name: 'cut off',
    make: (body, random) => withLength(body).subarray(0, 4 + Math.floor(random() * body.length)),
    isLast: true,
  },
  {
    share: 0.04,
    name: 'of a size that is not true',
    make: (body, random) => withLength(body, pick(random, LENGTHS)),
    isLast: true,
  },
  { share: 0.03, name: 'no requests at all', make: (_, random) => randomBytes(random, random() * 200) },
]

/**
 * One thing to send, and whether it is better the last one: the broker may close the connection, or take what follows
 * for a part of it.
 */
export function makeFrame({ api, version }, random) {
  const way = choose(random())
  const body = Buffer.concat(
    encodeRequest(api, version, Math.floor(random() * 1000), 'fuzz', makeMessage(api.fields.request, version, random)),
  ).subarray(4)
  const bytes = way.make(body, random)
  return {
    bytes: isCostly(api, version, bytes) ? withLength(body) : bytes,
    isLast: way.isLast || (way !== WAYS[0] && random() < DEADLY_SHARE),
    way: way.name,
  }
}

/**
 * What an administrator may ask for takes its time: a thousand partitions, two seconds. The damage would ask for them
 * often.
 */
function isCostly(api, version, bytes) {
  if (api.name !== 'CreateTopics' && api.name !== 'CreatePartitions') return false
  try {
    const reader = new Reader(bytes, 4)
    readRequestHeader(reader)
    if (api.isFlexible(version)) skipTags(reader)
    const counts = api
      .request(version)
      .read(reader)
      .topics.map(({ numPartitions, count, assignments }) =>
        Math.max(numPartitions ?? 0, count ?? 0, assignments?.length ?? 0),
      )
    return counts.some((count) => count > 10 && count <= 20_000)
  } catch {
    return false
  }
}

function choose(number) {
  let sum = 0
  return WAYS.find(({ share }) => (sum += share) > number) ?? WAYS[0]
}

function withLength(body, length = body.length) {
  const head = Buffer.alloc(4)
  head.writeInt32BE(length)
  return Buffer.concat([head, body])
}

function misdirect(body, random) {
  const bytes = Buffer.from(body)
  if (random() < 0.5) bytes.writeInt16BE(pick(random, KEYS), 0)
  else bytes.writeInt16BE(pick(random, [-1, 0, 1, 2, 19, 99, 0x7fff, -0x8000]), 2)
  return bytes
}
