// The integration tests of confluent-kafka-python's schema registry client and serializers, sync and async.
import { fileURLToPath } from 'node:url'
import { judge } from '../known-misses.mjs'
import { startOwnRegistry } from '../own-registry.mjs'
import { installCachedPython, pytest } from '../python.mjs'
import { fetchSource } from '../sources.mjs'
import { misses } from './misses.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
/** Of version 2.15.0, as is the package in requirements.txt. */
const SOURCE = {
  repository: 'confluentinc/confluent-kafka-python',
  commit: '8b1c7a613434eee3d0e1287d624d7af04932f410',
  paths: ['tests/__init__.py', 'tests/common', 'tests/integration'],
}
const TESTS = 'tests/integration/schema_registry'

async function run(tally) {
  const cwd = await fetchSource(SOURCE)
  const python = await installConfluentPython()
  await tally.check('the own tests of confluent-kafka-python', async () => {
    const { bootstrap, url, stop } = await startOwnRegistry()
    try {
      // They mostly wait, a second for each topic.
      const words = ['-o', 'asyncio_mode=auto', '-n', '6', '--timeout', '60', TESTS]
      const env = { BROKERS: bootstrap, SR_URL: url, BROKERS_7_0_1: bootstrap, SR_URL_7_0_1: url }
      const settings = { cwd, plugins: ['own_cluster'], pythonPath: [here, cwd], env, limitS: 240 }
      const results = (await pytest(python, words, settings)).map((result) => ({
        ...result,
        name: result.name.replace(`${TESTS}/`, ''),
      }))
      judge(results, { misses, atLeast: 100 })
    } finally {
      await stop()
    }
  })
}

/** The interpreter that has the client; throws `Missing`. */
export const installConfluentPython = () => installCachedPython('confluent-python', `${here}requirements.txt`)

export const confluentPython = { name: "confluent-kafka-python's tests", run }
