import { expect, test } from 'vitest'
import { AnswerMemory } from '../../../src/lib/client/answer-memory.ts'

const MIB = 1024 * 1024

test('what is given back serves an answer of about the same size, and a smaller one', () => {
  const memory = new AnswerMemory()
  const first = memory.take(2 * MIB + 5)
  memory.giveBack(first.subarray(100, 200))
  const second = memory.take(3 * MIB - 1)
  expect([second.buffer === first.buffer, second.length]).toEqual([true, 3 * MIB - 1])
  memory.giveBack(second)
  expect(memory.take(4 * MIB).buffer).not.toBe(first.buffer)
  expect(memory.take(MIB).buffer).toBe(first.buffer)
})

test('nothing is lent twice, and nothing that was not taken here', () => {
  const memory = new AnswerMemory()
  const first = memory.take(MIB)
  memory.giveBack(first)
  memory.giveBack(first.subarray(1))
  memory.giveBack(Buffer.alloc(MIB))
  expect(memory.take(MIB).buffer).toBe(first.buffer)
  expect(memory.take(MIB).buffer).not.toBe(first.buffer)
})

test('no more than four memories are kept', () => {
  const memory = new AnswerMemory()
  const taken = Array.from({ length: 6 }, () => memory.take(MIB))
  for (const part of taken) memory.giveBack(part)
  const known = new Set(taken.map(({ buffer }) => buffer))
  expect(Array.from({ length: 6 }, () => known.has(memory.take(MIB).buffer))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ])
})
