import { fstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DescriptorPool } from '../../../../src/lib/broker/log/descriptor-pool.ts'
import { codeOf } from './support.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kts-pool-'))
  for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), name)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('keeps as many files open as it may, and closes the one that was not used for the longest time', () => {
  const pool = new DescriptorPool(2)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ path: join(root, name) })) as [
    { path: string },
    { path: string },
    { path: string },
  ]
  const first = pool.use(a, 'r')
  const second = pool.use(b, 'r')
  expect([pool.use(a, 'r'), pool.size]).toEqual([first, 2])
  pool.use(c, 'r')
  expect([pool.size, pool.use(a, 'r')]).toEqual([2, first])
  // The descriptor of b was closed and its number given to c.
  expect(pool.use(c, 'r')).toBe(second)
  pool.close(c)
  pool.close(c)
  expect([pool.size, codeOf(() => fstatSync(second))]).toEqual([1, 'EBADF'])
  pool.close(a)
  expect(pool.size).toBe(0)
})

it('opens nothing that is not there', () => {
  const pool = new DescriptorPool(2)
  expect(codeOf(() => pool.use({ path: join(root, 'none') }, 'r'))).toBe('ENOENT')
  expect(pool.size).toBe(0)
})
