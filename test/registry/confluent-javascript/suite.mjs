// The specs that Confluent's JavaScript client carries in its package, against a registry of kts: those that ask one,
// and those of its mock and of its serdes, for which the registry stands in.
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../support/processes.mjs'
import { installJavaScript } from '../javascript/install.mjs'
import { judge } from '../known-misses.mjs'
import { startOwnRegistry } from '../own-registry.mjs'
import { MISSES } from './misses.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const SPECS = ['e2e/', 'test/mock-schemaregistery-client', 'test/serde/avro', 'test/serde/json', 'test/serde/protobuf']
const LIMIT_S = 240

export const confluentJavaScript = {
  name: 'confluent-javascript',
  async run(tally) {
    const cache = await installJavaScript()
    const specs = layOut(cache)
    const registry = await startOwnRegistry()
    try {
      await allowAnyChange(registry)
      await tally.check("the specs of Confluent's JavaScript client", async () => {
        judge(await runSpecs(cache, specs, registry), { misses: MISSES, atLeast: 110 })
      })
    } finally {
      await registry.stop()
    }
  },
}

/** Jest finds no tests in `node_modules`: what the package was built to is copied beside it. */
function layOut(cache) {
  const specs = join(cache, 'specs')
  rmSync(specs, { recursive: true, force: true })
  cpSync(join(cache, 'node_modules/@confluentinc/schemaregistry/dist'), join(specs, 'dist'), { recursive: true })
  cpSync(here, specs, { recursive: true, filter: (path) => path === here || path.endsWith('.cjs') })
  return specs
}

/** Like the mock, which compares nothing. */
async function allowAnyChange({ url }) {
  const answer = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"compatibility":"NONE"}',
  })
  if (!answer.ok) throw new Error(`the level could not be set: ${await answer.text()}`)
}

async function runSpecs(cache, specs, { url, bootstrap }) {
  const output = join(specs, 'results.json')
  const jest = join(cache, 'node_modules/jest/bin/jest.js')
  const words = ['--runInBand', '--forceExit', '--json', `--outputFile=${output}`, ...SPECS]
  const env = { ...process.env, REGISTRY_URL: url, BOOTSTRAP: bootstrap }
  // It fails with its tests; which of them did is in its output.
  await run(process.execPath, [jest, ...words], { cwd: specs, env, limitS: LIMIT_S }).catch((error) => {
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
