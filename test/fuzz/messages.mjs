// Requests that keep to the form of their API and version, with values that few clients would send.
import { protocol } from '../support/protocol.mjs'
import { makeRecords } from './batches.mjs'

const { isField, within } = protocol
/**
 * Few names, so that requests meet each other's topics, groups and transactions, and what the broker keeps has an end.
 */
const NAMES = [
  ...Array.from({ length: 4 }, (_, i) => `fuzz-${i}`),
  'fuzz.group',
  'fuzz-member',
  '',
  '.',
  '..',
  'a/b',
  '__consumer_offsets',
  '__transaction_state',
  '1',
  '0',
  'consumer',
  'range',
  'uniform',
  'retention.ms',
  'cleanup.policy',
  'segment.bytes',
  'compact',
  '-1',
  '86400000',
  '\u0000',
  'ünï-鍵🔑',
  'x'.repeat(249),
  'y'.repeat(400),
]
const MANY = 200
const LIMITS = { int8: 7, int16: 15, uint16: 16, int32: 31 }

export function makeMessage(fields, version, random) {
  const carried = Object.entries(fields).filter(([, field]) => within(field.versions, version))
  return Object.fromEntries(carried.map(([name, field]) => [name, makeNamed(name, field, version, random)]))
}

function makeNamed(name, field, version, random) {
  if (isWait(name) && random() < 0.95) return Math.floor(random() * 20)
  // None of those many that are allowed: see isCostly.
  if (name === 'numPartitions' || name === 'count') return pick(random, [-1, 0, 1, 2, 3, 20_001, 2 ** 31 - 1])
  return makeValue(field, version, random)
}

/** What the broker is asked to wait for stands in the way of what comes behind it. */
const isWait = (name) => name === 'maxWaitMs' || name === 'rebalanceTimeoutMs' || name === 'timeoutMs'

function makeValue(field, version, random) {
  if (field.nullable && within(field.nullable, version) && random() < 0.15) return null
  switch (field.type) {
    case 'bool':
      return random() < 0.5
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
      return makeInteger(field.type, random)
    case 'int64':
      return makeLong(random)
    case 'float64':
      return pick(random, [0, -1, 1e300, NaN, Infinity, random() * 1000])
    case 'uuid':
      return pick(random, ['AAAAAAAAAAAAAAAAAAAAAA', randomBytes(random, 16).toString('base64url')])
    case 'string':
      return pick(random, NAMES)
    case 'bytes':
      return randomBytes(random, random() * 40)
    case 'records':
      return makeRecords(random)
    case 'struct':
      return makeMessage(field.of, version, random)
    case 'array':
      return Array.from({ length: makeLength(random) }, () =>
        isField(field.of) ? makeValue(field.of, version, random) : makeMessage(field.of, version, random),
      )
  }
}

const makeLength = (random) => (random() < 0.005 ? MANY : Math.floor(random() * 4))

function makeInteger(type, random) {
  const most = 2 ** LIMITS[type] - 1
  const least = type === 'uint16' ? 0 : -most - 1
  return Math.max(
    least,
    Math.min(most, pick(random, [0, 0, 1, 2, 3, 5, 1000, 10_000, -1, -2, least, most, Math.floor(random() * most)])),
  )
}

const makeLong = (random) =>
  pick(random, [
    0n,
    1n,
    5n,
    1000n,
    -1n,
    -2n,
    BigInt(Date.now()),
    2n ** 63n - 1n,
    -(2n ** 63n),
    BigInt(Math.floor(random() * 1e15)),
  ])

export const pick = (random, choice) => choice[Math.floor(random() * choice.length)]

export function randomBytes(random, length) {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
}
