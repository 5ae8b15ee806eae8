import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { retriedTests } from '../../scripts/retried.mjs'
import { root, temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** What vitest reports of a file of tests. */
async function report(tests: string): Promise<Parameters<typeof retriedTests>[0]> {
  writeFileSync(join(folder.path, 'some.test.js'), tests)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [
    'run',
    '--root',
    folder.path,
    '--globals',
    '--retry=2',
    '--reporter=json',
    '--outputFile.json=report.json',
  ]
  await promisify(execFile)(process.execPath, [vitest, ...args], { cwd: folder.path }).catch(() => {})
  return JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as Awaited<ReturnType<typeof report>>
}

it('a test that passed when it was tried again is named, with how often and why', async () => {
  const tests = `
    let tries = 0
    describe('luck', () => it('comes at the third try', () => { tries += 1; expect(tries, 'no luck').toBe(3) }))
    it('is not needed', () => {})
    it('does not come', () => { throw new Error('never') })
    it.skip('is not asked for', () => {})
  `
  const reason = 'AssertionError: no luck: expected 1 to be 3 // Object.is equality'
  expect(retriedTests(await report(tests), folder.path)).toEqual([
    `some.test.js: luck comes at the third try (2x: ${reason})`,
  ])
})
