// The table of rights of Apache Kafka: users of SASL PLAIN, and one who comes by a listener without a login.
// `node test/kafka/rights.mjs` records it into test/rights/kafka-4.3.0.json.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { askEverything, cellsIn, isAnonymous, SETTINGS } from '../rights/table.mjs'
import { passwordOf, SUPER_USER, USERS } from '../rights/users.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { apis, protocol } from '../support/protocol.mjs'
import { Wire } from '../support/wire.mjs'
import { startApacheBroker } from './apache-broker.mjs'
import { fetchJars } from './jars.mjs'

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = await recordApache(await fetchJars('4.3.0'))
  writeFileSync(RECORDED, `${JSON.stringify(table, null, 1)}\n`)
  console.log(`${cellsIn(table)} cells`)
}
