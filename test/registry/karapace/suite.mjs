// Karapace's integration tests of its registry, with a registry of kts for each of them.
import { fileURLToPath } from 'node:url'
import { judge } from '../known-misses.mjs'
import { installCachedPython, pytest } from '../python.mjs'
import { fetchSource } from '../sources.mjs'
import { serveFreshRegistries } from './fresh-registries.mjs'
import { leftOut, misses } from './misses.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const SOURCE = {
  repository: 'Aiven-Open/karapace',
  commit: '3bbc1f8d30d7b650f49b75128ba9a46fdab61a67',
  paths: ['src', 'tests'],
}
const FILES = [
  'test_schema.py',
  'test_jsonschema.py',
  'test_schema_protobuf.py',
  'test_dependencies_compatibility_protobuf.py',
  'test_schema_avro_references.py',
  'test_schema_registry_mode.py',
  'test_schema_compatibility.py',
]
/** Parameters that mean nothing to kts, and the one that names an event loop. */
const PARAMETERS = /(?<=[[-])(?:pyloop|None|metadata\d|rule_set\d|registry_cluster\d)(?:-|(?=\]))/g

async function run(tally) {
  const cwd = await fetchSource(SOURCE)
  const python = await installCachedPython('karapace', `${here}requirements.txt`)
  await tally.check("Karapace's own tests", async () => {
    const registries = await serveFreshRegistries()
    try {
      const results = await pytest(
        python,
        [
          ...['-c', '/dev/null', '--rootdir', cwd, '--import-mode', 'importlib', '-n', '2', '--timeout', '60'],
          // Whoever names brokers starts none; where they are each registry says.
          ...['--kafka-bootstrap-servers', 'localhost:9'],
          ...leftOut.flatMap((name) => ['--deselect', `tests/integration/${name}`]),
          ...FILES.map((file) => `tests/integration/${file}`),
        ],
        {
          cwd,
          plugins: ['fresh_registry'],
          pythonPath: [here, `${cwd}/src`, cwd],
          env: { FRESH_REGISTRIES: registries.url },
          limitS: 300,
        },
      )
      judge(results.map(named), { misses, atLeast: 190 })
    } finally {
      await registries.stop()
    }
  })
}

const named = (result) => ({
  ...result,
  name: result.name.replace('tests/integration/', '').replace(PARAMETERS, '').replace('[]', ''),
})

export const karapace = { name: "Karapace's tests", run }
