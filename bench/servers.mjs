// The brokers that the benchmark runs against: the bundled one, and Apache Kafka where there is a JDK and Maven.
import { fileURLToPath } from 'node:url'
import { startApacheBroker } from '../test/kafka/apache-broker.mjs'
import { fetchJars } from '../test/kafka/jars.mjs'
import { startBundledBroker } from '../test/support/bundled-broker.mjs'
import { firstLine, startProcess, stopProcess } from '../test/support/processes.mjs'
import { Missing } from '../test/support/tally.mjs'

const VERSION = '4.3.0'
/**
 * Kafka waits three seconds for more members by default, which would hide what is measured, and keeps what is deleted
 * for a minute.
 */
export const BROKER_SETTINGS = { 'group.initial.rebalance.delay.ms': 0, 'log.segment.delete.delay.ms': 1000 }

/** The bundled broker on a free port, and how long it took from its start to the first answered request. */
export async function startBundled(options) {
  const { bootstrap, ...broker } = await startBundledBroker(BROKER_SETTINGS, options)
  return { name: 'bundled broker', server: bootstrap.replace('localhost', '127.0.0.1'), ...broker }
}

/** Apache Kafka, single node; null where the machine cannot run it. */
export async function startApache() {
  try {
    const libs = await fetchJars(VERSION)
    const { bootstrap, ...broker } = await startApacheBroker(libs, BROKER_SETTINGS)
    return { name: `Apache Kafka ${VERSION}`, server: bootstrap, tools: `java -Xmx512m -cp '${libs}/*'`, ...broker }
  } catch (error) {
    if (error instanceof Missing) return null
    throw error
  }
}

/** What answers to `api`, produce or fetch, and does nothing else: no broker is faster. */
export async function startFloor(api) {
  const program = fileURLToPath(new URL('floor-broker.mjs', import.meta.url))
  const child = startProcess(process.execPath, [program, api], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [, server] = /ready at (\S+)/.exec(await firstLine(child))
  return { name: 'a broker that does nothing', server, pid: child.pid, stop: () => stopProcess(child) }
}
