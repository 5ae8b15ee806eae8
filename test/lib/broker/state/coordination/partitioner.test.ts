import { expect, test } from 'vitest'
import { partitionFor } from '../../../../../src/lib/broker/state/coordination/partitioner.ts'

test.each([
  ['gc-g1', 9],
  ['gc-simple', 31],
  ['gc-np', 39],
  ['gc-c1', 35],
  ['', 0],
])('group %j is in partition %i of 50, where Apache Kafka 4.3 keeps it', (groupId, partition) => {
  expect(partitionFor(groupId, 50)).toBe(partition)
})

test('hashes that no positive number can stand for', () => {
  // Its hashCode in Java is Integer.MIN_VALUE.
  expect(partitionFor('polygenelubricants', 50)).toBe(0)
})

test('code units beyond ASCII count as in Java', () => {
  expect(partitionFor('ü', 50)).toBe(252 % 50)
  expect(partitionFor('😀', 1_000_000_007)).toBe(0xd83d * 31 + 0xde00)
})
