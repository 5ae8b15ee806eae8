import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root, temporaryFolder } from '../support/kts.ts'

/** The test files that docs/library.md shows: blocks of JavaScript and TypeScript that import vitest. */
const examples = [...readFileSync(join(root, 'docs/library.md'), 'utf8').matchAll(/^```([jt]s)\n(.*?)^```$/gms)]
  .filter(([, , code]) => code!.includes("from 'vitest'"))
  .map(([, language, code], index) => ({ file: `example-${index}.test.${language}`, code: code! }))

let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'node_modules'))
  symlinkSync(root, join(folder.path, 'node_modules', 'kts'))
  for (const name of ['kafkajs', 'vitest'])
    symlinkSync(join(root, 'node_modules', name), join(folder.path, 'node_modules', name))
  writeFileSync(join(folder.path, 'package.json'), '{"type":"module"}')
})
afterAll(() => folder.remove())

test('the tests in docs/library.md pass in a project of their own', async () => {
  expect(examples.length).toBeGreaterThan(2)
  for (const { file, code } of examples) writeFileSync(join(folder.path, file), code)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--reporter=json', '--root', folder.path]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder.path })
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: examples.length, numTotalTests: examples.length })
}, 60_000)
