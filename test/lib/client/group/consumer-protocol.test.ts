import { describe, expect, it } from 'vitest'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../../src/lib/client/group/consumer-protocol.ts'
import {
  decodeCooperativeUserData,
  decodeStickyUserData,
  encodeCooperativeUserData,
  encodeStickyUserData,
} from '../../../../src/lib/client/group/sticky-user-data.ts'
import { MalformedError } from '../../../../src/lib/errors.ts'

const partition = (topic: string, number: number) => ({ topic, partition: number })

/** Bytes that Java's ConsumerProtocol (Kafka 4.3) writes for this subscription, version by version. */
const SUBSCRIPTION = {
  topics: ['foo', 'bar'],
  userData: Buffer.from([1, 2]),
  ownedPartitions: [partition('foo', 1), partition('bar', 0), partition('foo', 0)],
  generationId: 7,
  rackId: 'r1',
}
const HEAD = '00000000000200036261720003666f6f000000020102'.slice(4)
const OWNED = '00000002000362617200000001000000000003666f6f000000020000000000000001'
const SUBSCRIPTIONS = [
  `0000${HEAD}`,
  `0001${HEAD}${OWNED}`,
  `0002${HEAD}${OWNED}00000007`,
  `0003${HEAD}${OWNED}0000000700027231`,
]

const ASSIGNMENT = [partition('foo', 0), partition('bar', 2), partition('foo', 1)]
const ASSIGNMENT_BODY = '000000020003666f6f00000002000000000000000100036261720000000100000002ffffffff'

describe('a subscription', () => {
  it.each(SUBSCRIPTIONS.map((hex, version) => [version, hex] as const))(
    'is written as Java writes version %i',
    (version, hex) => {
      expect(encodeSubscription(SUBSCRIPTION, version).toString('hex')).toBe(hex)
    },
  )

  it('without anything more than topics is written as Java writes it', () => {
    const bytes = encodeSubscription({
      topics: ['retail'],
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: null,
    })
    expect(bytes.toString('hex')).toBe('000300000001000672657461696cffffffff00000000ffffffffffff')
  })

  it('is read back, with what its version does not know left at its default', () => {
    const sorted = {
      ...SUBSCRIPTION,
      topics: ['bar', 'foo'],
      ownedPartitions: [partition('bar', 0), partition('foo', 0), partition('foo', 1)],
    }
    expect(decodeSubscription(Buffer.from(SUBSCRIPTIONS[3]!, 'hex'))).toEqual(sorted)
    expect(decodeSubscription(Buffer.from(SUBSCRIPTIONS[1]!, 'hex'))).toEqual({
      ...sorted,
      generationId: -1,
      rackId: null,
    })
    expect(decodeSubscription(Buffer.from(SUBSCRIPTIONS[0]!, 'hex'))).toEqual({
      ...sorted,
      generationId: -1,
      rackId: null,
      ownedPartitions: [],
    })
  })

  it('of a later version is read as ours, whatever follows', () => {
    expect(decodeSubscription(Buffer.from(`0009${SUBSCRIPTIONS[3]!.slice(4)}ffff`, 'hex'))).toMatchObject({
      generationId: 7,
      rackId: 'r1',
    })
  })

  it.each(['', 'ffff', SUBSCRIPTIONS[3]!.slice(0, 30)])('cannot be read from "%s"', (hex) => {
    expect(() => decodeSubscription(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
  })
})

describe('an assignment', () => {
  it.each([0, 1, 2, 3])('is written as Java writes version %i', (version) => {
    expect(encodeAssignment(ASSIGNMENT, version).toString('hex')).toBe(`000${version}${ASSIGNMENT_BODY}`)
  })

  it('is read back', () => {
    expect(decodeAssignment(Buffer.from(`0001${ASSIGNMENT_BODY}`, 'hex'))).toEqual([
      partition('foo', 0),
      partition('foo', 1),
      partition('bar', 2),
    ])
  })

  it('of no bytes has no partitions', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([])
  })
})

describe('the user data of the sticky assignors', () => {
  const STICKY = '00000002000362617200000001000000020003666f6f00000002000000000000000100000005'
  const partitions = [partition('bar', 2), partition('foo', 0), partition('foo', 1)]

  it('is written and read as Java does', () => {
    expect(encodeStickyUserData({ partitions, generation: 5 }).toString('hex')).toBe(STICKY)
    expect(decodeStickyUserData(Buffer.from(STICKY, 'hex'))).toEqual({ partitions, generation: 5 })
    expect(encodeCooperativeUserData(-1).toString('hex')).toBe('ffffffff')
    expect(decodeCooperativeUserData(Buffer.from('00000009', 'hex'))).toBe(9)
  })

  it('may come without a generation, as before KIP-341', () => {
    expect(decodeStickyUserData(Buffer.from(STICKY.slice(0, -8), 'hex'))).toEqual({ partitions, generation: -1 })
  })

  it.each([null, Buffer.alloc(0), Buffer.from('7fffffff', 'hex'), Buffer.from('0000', 'hex')])(
    'is nothing where it cannot be read',
    (bytes) => {
      expect(decodeStickyUserData(bytes)).toEqual({ partitions: [], generation: -1 })
      expect(decodeCooperativeUserData(bytes?.length === 4 ? null : bytes)).toBe(-1)
    },
  )
})
