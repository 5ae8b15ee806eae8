import { describe, expect, test } from 'vitest'
import { placeReplicas } from '../../../../src/lib/broker/state/cluster/placement.ts'
import type { BrokerRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { randomNumbers } from '../../../support/random.ts'

const FIRST = (): number => 0

const broker = (nodeId: number, change: Partial<BrokerRegistration> = {}): BrokerRegistration => ({
  nodeId,
  epoch: 1n,
  incarnationId: 'x',
  rack: null,
  endpoints: new Map(),
  features: new Map(),
  isFenced: false,
  isInControlledShutdown: false,
  directories: ['a', 'b'],
  cordonedDirectories: null,
  ...change,
})
const brokers = (...nodeIds: number[]): BrokerRegistration[] => nodeIds.map((nodeId) => broker(nodeId))

test('each partition begins with the next broker', () => {
  expect(placeReplicas(brokers(3, 1, 2), 3, 2, FIRST)).toEqual([
    [1, 2],
    [2, 3],
    [3, 1],
  ])
})

test('one broker has them all', () => {
  expect(placeReplicas(brokers(1), 3, 1, Math.random)).toEqual([[1], [1], [1]])
})

test('replicas go to one rack after the other, and round the brokers of each', () => {
  const racks = ['a', 'b', 'c'].flatMap((rack, index) => [0, 1, 2].map((place) => broker(index * 10 + place, { rack })))
  expect(placeReplicas(racks, 3, 3, FIRST)).toEqual([
    [0, 10, 20],
    [11, 21, 1],
    [22, 2, 12],
  ])
})

test('whoever is fenced comes last and never leads', () => {
  const some = [broker(1, { isFenced: true }), broker(2), broker(3)]
  for (let seed = 0; seed < 50; seed += 1) {
    const placed = placeReplicas(some, 10, 3, randomNumbers(seed))
    for (const replicas of placed) expect(replicas[2]).toBe(1)
    for (const replicas of placeReplicas(some, 10, 2, randomNumbers(seed))) expect(replicas).not.toContain(1)
  }
})

test('whoever is about to stop gets nothing', () => {
  const some = [broker(1, { isInControlledShutdown: true }), broker(2), broker(3)]
  expect(placeReplicas(some, 10, 2, Math.random).flat()).not.toContain(1)
})

test('whoever has no directory for it gets nothing', () => {
  const some = [broker(1, { cordonedDirectories: ['b', 'a'] }), broker(2, { cordonedDirectories: ['a'] })]
  expect(placeReplicas(some, 3, 1, Math.random)).toEqual([[2], [2], [2]])
})

test('leaders and replicas are spread evenly, each replica on another broker, wherever it begins', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const placed = placeReplicas(brokers(1, 2, 3, 4), 40, 3, randomNumbers(seed))
    for (const replicas of placed) expect(new Set(replicas).size).toBe(3)
    for (const nodeId of [1, 2, 3, 4]) expect(placed.filter(([leader]) => leader === nodeId)).toHaveLength(10)
  }
})

test('where it begins is chance', () => {
  const firsts = Array.from(
    { length: 50 },
    (_, seed) => placeReplicas(brokers(1, 2, 3), 1, 1, randomNumbers(seed))[0]![0],
  )
  expect(new Set(firsts)).toEqual(new Set([1, 2, 3]))
})

describe('cannot be', () => {
  test.each([
    [
      'more replicas than brokers',
      brokers(1, 2),
      'The target replication factor of 3 cannot be reached because only 2 broker(s) are registered or some brokers have ' +
        'all their log directories cordoned.',
    ],
    [
      'a leader that is up',
      [broker(1, { isFenced: true })],
      'All brokers are currently fenced, or have all their log directories cordoned.',
    ],
  ])('%s', (_, some, message) => {
    expect(() => placeReplicas(some, 1, 3, Math.random)).toThrow(
      expect.objectContaining({ code: 'INVALID_REPLICATION_FACTOR', message }),
    )
  })
})
