// Tests of others that jest runs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../support/processes.mjs'

const LIMIT_S = 240

/**
 * What became of the tests in `specs`, patterns of their paths, of a folder that has a `jest.config.cjs`, with the jest
 * of the folder `cache`: as `judge` takes them.
 */
export async function runJest({ cache, folder, specs, env }) {
  const output = join(folder, 'results.json')
  const jest = join(cache, 'node_modules/jest/bin/jest.js')
  const words = ['--runInBand', '--forceExit', '--json', `--outputFile=${output}`, ...specs]
  const options = { cwd: folder, env: { ...process.env, ...env }, limitS: LIMIT_S }
  // It fails with its tests; which of them did is in its output.
  await run(process.execPath, [jest, ...words], options).catch((error) => {
    if (error.outcome?.code !== 1) throw error
  })
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'))
  return testResults.flatMap(({ assertionResults, message }) => {
    if (assertionResults.length === 0) throw new Error(message)
    return assertionResults.map(resultOf)
  })
}

const resultOf = ({ fullName, status, failureMessages }) => ({
  name: fullName,
  outcome: status === 'pending' ? 'skipped' : status,
  reason: failureMessages[0]?.split('\n').slice(0, 8).join(' '),
})
