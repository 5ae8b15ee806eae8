// The brokers that the benchmark runs against: the bundled one, and Apache Kafka where there is a JDK and Maven.
import { startApacheBroker } from '../test/kafka/apache-broker.mjs'
import { fetchJars } from '../test/kafka/jars.mjs'
import { startBundledBroker } from '../test/support/bundled-broker.mjs'
import { Missing } from '../test/support/tally.mjs'

const VERSION = '4.3.0'
/** Kafka waits three seconds for more members by default, which would hide what is measured. */
const SETTINGS = { 'group.initial.rebalance.delay.ms': 0 }

/** The bundled broker on a free port, and how long it took from its start to the first answered request. */
export async function startBundled() {
  const { bootstrap, ...broker } = await startBundledBroker(SETTINGS)
  return { name: 'bundled broker', server: bootstrap.replace('localhost', '127.0.0.1'), ...broker }
}

/** Apache Kafka, single node; null where the machine cannot run it. */
export async function startApache() {
  try {
    const libs = await fetchJars(VERSION)
    const { bootstrap, ...broker } = await startApacheBroker(libs, SETTINGS)
    return { name: `Apache Kafka ${VERSION}`, server: bootstrap, tools: `java -Xmx512m -cp '${libs}/*'`, ...broker }
  } catch (error) {
    if (error instanceof Missing) return null
    throw error
  }
}
