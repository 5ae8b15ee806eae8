// A bundled broker and an Apache Kafka with the same server.properties: a plain listener, one with TLS, one with a
// login.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { answers } from '../test/support/answers.mjs'
import { freePorts } from '../test/support/free-ports.mjs'
import { classpathOf, fetchJars } from '../test/kafka/jars.mjs'
import { run, startProcess, stopProcess } from '../test/support/processes.mjs'
import { removeFolder, temporaryFolder } from '../test/support/temporary-folder.mjs'

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_SSL']
const USER = { name: 'bench', password: 'bench-secret' }
const LOGIN_MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule'
const kts = fileURLToPath(new URL('../bin/kts', import.meta.url))
const stored = (name) => fileURLToPath(new URL(`../test/support/stores/${name}`, import.meta.url))

export const startSecuredBundled = (more = {}) =>
  start('bundled broker', more, (file, folder) => ({
    program: process.execPath,
    args: [kts, 'broker', 'start', file, '--user', `${USER.name}:${USER.password}`],
    env: { ...process.env, XDG_STATE_HOME: folder },
  }))

/** Where there is an Apache Kafka. */
export const startSecuredApache = (version, more = {}) =>
  start(`Apache Kafka ${version}`, more, async (file) => {
    const java = ['-Xmx1g', '-cp', classpathOf(await fetchJars(version))]
    const user = `SCRAM-SHA-512=[name=${USER.name},password=${USER.password}]`
    const format = ['kafka.tools.StorageTool', 'format', '-t', 'a3RzLXRlc3QtY2x1c3Rlcg', '-c', file]
    await run('java', [...java, ...format, '--add-scram', user])
    return { program: 'java', args: [...java, 'kafka.Kafka', file], env: process.env }
  })

async function start(name, more, commandOf) {
  const folder = temporaryFolder('kts-secured-')
  const [controllerPort, ...ports] = await freePorts(PROTOCOLS.length + 1)
  const file = join(folder, 'server.properties')
  writeFileSync(file, propertiesText({ ...settings(folder, controllerPort, ports), ...more }))
  const { program, args, env } = await commandOf(file, folder)
  const child = startProcess(program, args, { stdio: 'ignore', env })
  for (let tries = 0; !(await answers(ports[0])); tries += 1) {
    if (child.exitCode !== null || tries > 600) throw new Error(`${name} did not start`)
    await delay(100)
  }
  const clientFiles = new Map(PROTOCOLS.map((protocol) => [protocol, writeClient(folder, protocol)]))
  return {
    name,
    /** Options of a client of kts that say where the broker is and how to get in. */
    options: (protocol) =>
      `-b localhost:${ports[PROTOCOLS.indexOf(protocol)]} --command-config ${clientFiles.get(protocol)}`,
    stop: async () => {
      await stopProcess(child)
      removeFolder(folder)
    },
  }
}

function settings(folder, controllerPort, ports) {
  const listeners = PROTOCOLS.map((protocol, index) => `${protocol}://localhost:${ports[index]}`)
  writeFileSync(join(folder, 'server.pem'), readFileSync(stored('server.key')) + readFileSync(stored('server.crt')))
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@localhost:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...listeners, `CONTROLLER://localhost:${controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map': ['CONTROLLER:PLAINTEXT', ...PROTOCOLS.map((name) => `${name}:${name}`)].join(','),
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, 'server.pem'),
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${LOGIN_MODULE} required;`,
  }
}

function writeClient(folder, protocol) {
  const file = join(folder, `${protocol}.properties`)
  const login = `${LOGIN_MODULE} required username="${USER.name}" password="${USER.password}";`
  const properties = {
    'security.protocol': protocol,
    ...(protocol.endsWith('SSL') && { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': stored('root.crt') }),
    ...(protocol.startsWith('SASL') && { 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': login }),
  }
  writeFileSync(file, propertiesText(properties))
  return file
}

const propertiesText = (properties) =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
