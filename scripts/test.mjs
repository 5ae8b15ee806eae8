// npm test: types, lint, tests, at the same time where there are cores; the last line counts the tests. With --retry
// those that passed only when they were tried again are named before it. With --life (npm run test:life): the tests in
// real processes and terminals alone.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retriedTests } from './retried.mjs'

const folder = mkdtempSync(join(tmpdir(), 'kts-test-'))
const report = join(folder, 'report.json')

/** Runs a tool of node_modules; what a quiet one says is shown when it is done, so that lines of two do not mix. */
function run(name, args, { quiet = false } = {}) {
  const began = Date.now()
  const tool = join('node_modules', '.bin', name)
  const child = spawn(tool, args, {
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    shell: process.platform === 'win32',
  })
  const said = []
  child.stdout?.on('data', (chunk) => said.push(chunk))
  child.stderr?.on('data', (chunk) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(said))
      console.log(`${name} ${code === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`)
      resolve(code === 0)
    })
  })
}

/** One after the other: the tests need the other core. */
async function runChecks() {
  const checks = [
    ['tsc', ['--noEmit']],
    ['tsc', ['-p', 'src/web']],
    ['biome', ['format', '.']],
    ['eslint', ['.']],
  ]
  let ok = true
  for (const [tool, args] of checks) ok = (await run(tool, args, { quiet: true })) && ok
  return ok
}

const isLife = process.argv[2] === '--life'
const project = `--project=${isLife ? 'life' : 'together'}`
const passed = await Promise.all(
  [
    !isLife && runChecks(),
    run('vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      project,
      ...process.argv.slice(isLife ? 3 : 2),
    ]),
  ].filter(Boolean),
)

let counts = { numPassedTests: 0, numFailedTests: 0, testResults: [] }
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  passed.push(false)
}
rmSync(folder, { recursive: true, force: true })
for (const line of retriedTests(counts, process.cwd())) console.log(`retried: ${line}`)
// A check that failed without a failed test (types, lint, a file that cannot be loaded) counts as one.
const failed = Math.max(counts.numFailedTests, passed.includes(false) ? 1 : 0)
console.log(`${counts.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
