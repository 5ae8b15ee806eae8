// The client libraries: how each is installed in a folder of its own, and the program that uses it as its users do.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classpathOf, compileJava, fetchJars } from '../kafka/jars.mjs'
import { buildGoProgram } from '../support/go.mjs'
import { installPython } from '../support/python.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const cache = here('.cache')

/** What every program checks; beside them what only some libraries can do. */
const TASKS = ['admin', 'produce', 'records', 'offsets', 'groups', 'idempotence', 'errors', 'transactions']
const NEW_GROUPS = [...TASKS, 'groups_kip848']

/**
 * `install()` resolves with the command line of the library's program, and throws `Missing` without the toolchain.
 * The program's arguments: check SERVER STRICT TASK…, write SERVER (TOPIC CODEC FILE)…, read SERVER TOPIC….
 */
export const LIBRARIES = [
  { name: 'kafka-clients (Java)', id: 'java', tasks: NEW_GROUPS, install: installJava },
  {
    name: 'confluent-kafka (librdkafka)',
    id: 'confluent',
    tasks: NEW_GROUPS,
    install: () => pythonProgram('confluent.py'),
  },
  { name: 'kafka-python', id: 'kafka-python', tasks: TASKS, install: () => pythonProgram('kafka_python.py') },
  { name: 'kafkajs', id: 'kafkajs', tasks: TASKS, install: async () => [process.execPath, here('kafkajs/main.mjs')] },
  { name: 'Sarama (Go)', id: 'sarama', tasks: TASKS, install: installGo },
]

async function installJava() {
  const libs = await fetchJars('4.3.0')
  const classes = await compileJava(here('java/Client.java'), libs)
  return ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', `${classes}:${classpathOf(libs)}`, 'Client']
}

let python
/** The command line of a program that has confluent-kafka and kafka-python; throws `Missing` without Python. */
export async function pythonProgram(file) {
  python ??= installPython(join(cache, 'python'), here('python/requirements.txt'))
  return [await python, here(`python/${file}`)]
}

export async function installGo() {
  const program = join(cache, 'go', 'client')
  await buildGoProgram(here('go'), program, [1, 25])
  return [program]
}
