// The table of rights of Apache Kafka: users of SASL PLAIN, and one who comes by a listener without a login.
// `node test/kafka/rights.mjs` records it into test/rights/kafka-4.3.0.json.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askEverything, cellsIn, isAnonymous, SETTINGS } from '../rights/table.mjs'
import { passwordOf, SUPER_USER, USERS } from '../rights/users.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { startProcess, stopProcess } from '../support/processes.mjs'
import { apis, protocol } from '../support/protocol.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'
import { Wire } from '../support/wire.mjs'
import { startApacheBroker, waitUntilItAnswers } from './apache-broker.mjs'
import { fetchJars } from './jars.mjs'

const bin = (name) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url))
export const RECORDED = fileURLToPath(new URL('../rights/kafka-4.3.0.json', import.meta.url))

/** Listeners for those with a name and for those without one; nodes have the super user's. */
export async function securedListeners() {
  const [port, controllerPort, anonymousPort] = await freePorts(3)
  const listeners = [`SASL_PLAINTEXT://127.0.0.1:${port}`, `ANYBODY://127.0.0.1:${anonymousPort}`]
  return {
    ports: { port, controllerPort, anonymousPort },
    settings: {
      listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(),
      'advertised.listeners': listeners.join(),
      'listener.security.protocol.map': 'SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT,ANYBODY:PLAINTEXT',
      'inter.broker.listener.name': 'SASL_PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'sasl.mechanism.controller.protocol': 'PLAIN',
      'listener.name.sasl_plaintext.plain.sasl.jaas.config': jaas(),
      'listener.name.controller.plain.sasl.jaas.config': jaas(),
      'auto.create.topics.enable': 'true',
    },
  }
}

const jaas = () => {
  const users = USERS.map(({ name }) => `user_${name}="${passwordOf(name)}"`).join(' ')
  const login = `username="${SUPER_USER}" password="${passwordOf(SUPER_USER)}"`
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${login} ${users};`
}

/** Connects as a user; throws where the login fails. */
export async function connectAs(user, { port, anonymousPort }) {
  const wire = await Wire.open(isAnonymous(user) ? anonymousPort : port)
  if (!isAnonymous(user)) {
    await wire.ask(apis.SaslHandshake, { mechanism: 'PLAIN' }, 1)
    await wire.ask(apis.SaslAuthenticate, { authBytes: Buffer.from(`\0${user}\0${passwordOf(user)}`) }, 2)
  }
  return { send: (name, request, version) => wire.send(apis[name], request, version), close: () => wire.close() }
}

export const askOver = (ports) =>
  askEverything({ connect: (user) => connectAs(user, ports), buildBatch: protocol.buildBatch })

export async function recordApache(libs) {
  const { ports, settings } = await securedListeners()
  const broker = await startApacheBroker(libs, { ...settings, ...SETTINGS }, [ports.port, ports.controllerPort])
  try {
    return await askOver(ports)
  } finally {
    await broker.stop()
  }
}

/** The same of the bundled broker, from a server.properties of its own. */
export async function askBundled() {
  const { ports, settings } = await securedListeners()
  const folder = temporaryFolder('kts-rights-')
  const properties = join(folder, 'server.properties')
  const all = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    ...settings,
    ...SETTINGS,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(properties, lines.join(''), { mode: 0o600 })
  const child = startProcess(process.execPath, [bin('kafka-server-start'), properties], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: folder },
  })
  try {
    await waitUntilItAnswers(child, ports.anonymousPort, 'the bundled broker')
    return await askOver(ports)
  } finally {
    await stopProcess(child)
    removeFolder(folder)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = await recordApache(await fetchJars('4.3.0'))
  writeFileSync(RECORDED, `${JSON.stringify(table, null, 1)}\n`)
  console.log(`${cellsIn(table)} cells`)
}
