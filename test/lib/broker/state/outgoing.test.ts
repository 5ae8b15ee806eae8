import { expect, test } from 'vitest'
import { Outgoing } from '../../../../src/lib/broker/state/outgoing.ts'

const MIB = 1024 * 1024

test('gives each reader a part of what the others leave, and more again when they have taken theirs', () => {
  const outgoing = new Outgoing()
  const alone = outgoing.room
  expect(alone).toBeGreaterThanOrEqual(3 * MIB)
  outgoing.add(alone)
  const second = outgoing.room
  expect(second).toBeLessThan(alone)
  outgoing.add(-alone)
  expect(outgoing.room).toBe(alone)
})

test('keeps twenty readers at full speed within the memory that is used again, and whoever they are gives a MiB', () => {
  const outgoing = new Outgoing()
  let sum = 0
  for (let reader = 0; reader < 20; reader += 1) {
    const { room } = outgoing
    expect(room).toBeGreaterThanOrEqual(MIB)
    outgoing.add(room)
    sum += room
  }
  expect(sum).toBeLessThan(32 * MIB)
})

test('lets nothing more through when clients are behind with too much', () => {
  const outgoing = new Outgoing(4 * MIB)
  outgoing.add(3.5 * MIB)
  expect(outgoing.room).toBe(0.5 * MIB)
  outgoing.add(MIB)
  expect(outgoing.room).toBe(0)
})
