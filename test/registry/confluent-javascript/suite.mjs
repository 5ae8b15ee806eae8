// The specs that Confluent's JavaScript client carries in its package, against a registry of kts: those that ask one,
// and those of its mock and of its serdes, for which the registry stands in.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installJavaScript } from '../javascript/install.mjs'
import { runJest } from '../jest.mjs'
import { judge } from '../known-misses.mjs'
import { startOwnRegistry } from '../own-registry.mjs'
import { MISSES } from './misses.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const SPECS = ['e2e/', 'test/mock-schemaregistery-client', 'test/serde/avro', 'test/serde/json', 'test/serde/protobuf']

export const confluentJavaScript = {
  name: 'confluent-javascript',
  async run(tally) {
    const cache = await installJavaScript()
    const folder = layOut(cache)
    const registry = await startOwnRegistry()
    try {
      await allowAnyChange(registry)
      await tally.check("the specs of Confluent's JavaScript client", async () => {
        const env = { REGISTRY_URL: registry.url, BOOTSTRAP: registry.bootstrap }
        judge(await runJest({ cache, folder, specs: SPECS, env }), { misses: MISSES, atLeast: 110 })
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
