import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/kts.ts'

/** MiB that V8 gives its young generation while most of what is made outlives it. */
function youngGeneration(before: string): number {
  const script = `
    const { getHeapSpaceStatistics } = require('node:v8')
    globalThis.setTimeout = (then) => (then(), { unref() {} })
    ${before}
    const kept = []
    for (let made = 0; made < 400; made += 1) {
      kept.push(Array.from({ length: 5000 }, () => ({})))
      if (kept.length > 100) kept.shift()
    }
    const { space_size } = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
    console.log(space_size / 2 ** 20)`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return Number(stdout)
}

it('keeps V8 from letting the young generation of what runs for long grow', () => {
  const module = JSON.stringify(join(root, 'bin', 'small-heap.js'))
  expect(youngGeneration('')).toBeGreaterThan(16)
  expect(youngGeneration(`require(${module}).keepHeapSmall()`)).toBeLessThanOrEqual(4)
})
