import { expect, test } from 'vitest'
import { BatchPool } from '../../../../src/lib/client/producer/batch-pool.ts'

test('memory that came back is lent again, unless a socket may still read from it', () => {
  const pool = new BatchPool(1000)
  const [first, second] = [pool.take(400)!, pool.take(400)!]
  expect(pool.take(400)).toBeNull()
  pool.giveBack(first)
  expect(pool.take(400)).toBe(first)
  pool.giveBack(second, true)
  expect(pool.take(400)).not.toBe(second)
})

test('memory of another size makes way', () => {
  const pool = new BatchPool(1000)
  pool.giveBack(pool.take(900)!)
  expect(pool.isLending).toBe(false)
  expect(pool.take(500)!.capacity).toBe(500)
  expect(pool.take(500)!.capacity).toBe(500)
  expect(pool.take(1)).toBeNull()
})

test('a batch beyond the limit is lent alone', () => {
  const pool = new BatchPool(1000)
  expect(pool.take(5000)).not.toBeNull()
  expect(pool.take(1)).toBeNull()
})
