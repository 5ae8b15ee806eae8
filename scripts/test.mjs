// npm test: types, lint, tests; the last line counts the tests.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'kts-test-'))
const report = join(folder, 'report.json')

const run = (name, ...args) => {
  const began = Date.now()
  const { status } = spawnSync('npx', ['--no-install', name, ...args], { stdio: 'inherit', shell: process.platform === 'win32' })
  console.log(`${name} ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return status === 0
}

const checks = [run('tsc', '--noEmit'), run('eslint', '.')]
checks.push(run('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)))

let counts = { numPassedTests: 0, numFailedTests: 0 }
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  checks.push(false)
}
rmSync(folder, { recursive: true, force: true })
// A check that failed without a failed test (types, lint, a file that cannot be loaded) counts as one.
const failed = Math.max(counts.numFailedTests, checks.includes(false) ? 1 : 0)
console.log(`${counts.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
