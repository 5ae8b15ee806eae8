// Tests that other projects wrote for their own clients, from the modules that Go's proxy keeps of them, against the
// bundled broker. Only what needs one plain broker is run; what is left out stands beside its reason.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBundledBroker } from '../support/bundled-broker.mjs'
import { GO_ENV, requireGo } from '../support/go.mjs'
import { run } from '../support/processes.mjs'
import { orMissing } from '../support/tally.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const cache = here('.cache/own-suites')
const kts = here('../../bin/kts')
const BUILD = { limitS: 420 }

/** Every suite: its module, the folder of its tests, the least Go that it asks for, and how it is run. */
const SUITES = [
  {
    name: 'franz-go (kgo)',
    module: 'github.com/twmb/franz-go',
    version: 'v1.22.3',
    folder: 'pkg/kgo',
    go: [1, 26],
    atLeast: 150,
    perform: runKgo,
  },
  {
    name: 'kafka-go',
    module: 'github.com/segmentio/kafka-go',
    version: 'v0.4.51',
    folder: '.',
    go: [1, 25],
    atLeast: 40,
    perform: runKafkaGo,
  },
]

export async function checkOwnSuites(tally, { settings, folder }) {
  for (const suite of SUITES) {
    await tally.check(`the own tests of ${suite.name}`, async () => {
      const program = await build(suite)
      const output = await suite.perform(program, { settings, folder, cwd: join(sourceOf(suite), suite.folder) })
      const passed = [...output.matchAll(/^\s*--- PASS: /gm)].length
      if (passed < suite.atLeast) throw new Error(`only ${passed} of its tests ran`)
    })
  }
}

const sourceOf = ({ version, module }) => join(cache, `${module.split('/').at(-1)}-${version}`)

/** The program of a suite's tests. Throws Missing where there is no Go, an older one, or no proxy. */
async function build(suite) {
  const env = { ...GO_ENV, GOFLAGS: '-mod=mod' }
  await requireGo(suite.go)
  mkdirSync(cache, { recursive: true })
  const asked = `${suite.module}@${suite.version}`
  const { stdout } = await orMissing(`${asked} is`, () =>
    run('go', ['mod', 'download', '-json', asked], { ...BUILD, cwd: cache, env }),
  )
  const source = sourceOf(suite)
  rmSync(source, { recursive: true, force: true })
  // Go keeps its modules read-only, and this one has to take the checksums of what its tests need.
  cpSync(JSON.parse(stdout).Dir, source, { recursive: true })
  await run('chmod', ['-R', 'u+w', source])
  const program = join(cache, `${suite.module.split('/').at(-1)}.test`)
  await run('go', ['test', '-c', '-o', program, `./${suite.folder}`], { ...BUILD, cwd: source, env })
  return program
}

/**
 * Groups by both protocols, transactions, compression. Without share groups and SCRAM, which it looks for and skips.
 * Its batches of 5 MiB need segments of Kafka's own size, so it gets a broker of its own.
 */
async function runKgo(program, { settings, cwd }) {
  const broker = await startBundledBroker(settings)
  try {
    const env = {
      ...process.env,
      KGO_TEST_RF: '1',
      KGO_TEST_STABLE_FETCH: '1',
      KGO_TEST_RECORDS: '50000',
      KGO_SEEDS: broker.bootstrap,
    }
    return await runTests(program, ['-test.v', '-test.parallel', '4', '-test.timeout', '5m'], { limitS: 320, cwd, env })
  } finally {
    await broker.stop()
  }
}

/**
 * Its Client, API by API. It wants a broker at localhost:9092, so both get a loopback of their own. Its Reader and Conn
 * are left out: some of their tests fail with Apache Kafka 4 as well, and two of them end the program.
 */
async function runKafkaGo(program, { folder, cwd }) {
  const script = join(cache, 'alone.sh')
  writeFileSync(script, ALONE)
  await orMissing('a network namespace is', () => run('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']))
  const env = { ...process.env, KAFKA_VERSION: '4.0.0', XDG_STATE_HOME: folder }
  const tests = [program, '-test.v', '-test.timeout', '3m', '-test.run', '^TestClient']
  const broker = [process.execPath, kts, join(folder, 'kafka-go')]
  return await runTests('unshare', ['-n', 'sh', script, ...broker, ...tests], { limitS: 240, cwd, env })
}

/** NODE KTS DATA PROGRAM ARG…: a broker on port 9092, and the program when it is ready. */
const ALONE = `ip link set lo up || exit 1
node=$1 kts=$2 data=$3
shift 3
mkfifo "$data.ready" || exit 1
"$node" "$kts" broker start --port 9092 --data-dir "$data" --override group.initial.rebalance.delay.ms=0 \\
  --override authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer \\
  --override super.users=User:ANONYMOUS >"$data.ready" &
broker=$!
read -r line <"$data.ready"
"$@"
code=$?
kill "$broker"
wait "$broker"
exit "$code"
`

/**
 * What the tests said. Those that fail are tried once more, by themselves: some have limits of seconds that a busy
 * machine does not keep. Rejects with the names of those that fail again.
 */
async function runTests(command, args, options) {
  try {
    return (await run(command, args, options)).stdout
  } catch (error) {
    const output = error.outcome?.stdout ?? ''
    const failed = failedIn(output)
    if (failed.length === 0) throw error
    const again = [
      ...args.filter((arg, index) => arg !== '-test.run' && args[index - 1] !== '-test.run'),
      '-test.run',
      `^(${failed.join('|')})$`,
    ]
    await run(command, again, options).catch((second) => {
      const names = failedIn(second.outcome?.stdout ?? '')
      throw names.length > 0 ? new Error(`${names.join(', ')} failed`) : second
    })
    for (const name of failed) console.log(`retried: ${name}`)
    return output
  }
}

/** The tests that failed, without those inside of others. */
const failedIn = (output) => [...output.matchAll(/^--- FAIL: (\S+)/gm)].map(([, name]) => name)
