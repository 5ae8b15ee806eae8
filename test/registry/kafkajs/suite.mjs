// The own tests of kafkajs's registry client, against a registry of kts.
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installJavaScript } from '../javascript/install.mjs'
import { runJest } from '../jest.mjs'
import { judge } from '../known-misses.mjs'
import { startOwnRegistry } from '../own-registry.mjs'
import { fetchSource } from '../sources.mjs'

const SOURCE = {
  repository: 'kafkajs/confluent-schema-registry',
  commit: 'bd6a86e5e2106696dba2397b7625a9cba0df6c91',
  paths: ['src', 'fixtures', 'jest.setup.ts'],
}
/** All that ask a registry; those beside them of AVDL need Docker. */
const SPECS = ['src/SchemaRegistry', 'src/api']
const MISSES = {
  'SchemaRegistry - new Api PROTOBUF #encode throws an error if the payload does not match the schema':
    'the protobufjs that npm brings now takes messages without their required fields; the one of its lock file did not',
}

const CONFIG = {
  roots: ['<rootDir>/src'],
  transform: { '\\.ts$': fileURLToPath(new URL('transform.cjs', import.meta.url)) },
  setupFilesAfterEnv: ['<rootDir>/jest.setup.ts'],
}

export const kafkajs = {
  name: "kafkajs's registry client",
  async run(tally) {
    const cache = await installJavaScript()
    const folder = layOut(cache, await fetchSource(SOURCE))
    const registry = await startOwnRegistry()
    try {
      await tally.check("the own tests of kafkajs's registry client", async () => {
        const env = { REGISTRY_URL: registry.url }
        judge(await runJest({ cache, folder, specs: SPECS, env }), { misses: MISSES, atLeast: 120 })
      })
    } finally {
      await registry.stop()
    }
  },
}

/** Beside the modules that it is to find: those of kts would be others of the same names. */
function layOut(cache, source) {
  const folder = join(cache, 'kafkajs')
  rmSync(folder, { recursive: true, force: true })
  cpSync(source, folder, { recursive: true })
  writeFileSync(join(folder, 'jest.config.cjs'), `module.exports = ${JSON.stringify(CONFIG)}`)
  return folder
}
