// Apache Kafka as a single node: broker and KRaft controller in one process, on free ports, with a folder of its own.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { answers } from '../support/answers.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { run, startProcess, stopProcess } from '../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'
import { classpathOf } from './jars.mjs'

/** Any id does for a cluster of one node: 16 bytes in Base64. */
const CLUSTER_ID = 'a3RzLXRlc3QtY2x1c3Rlcg'
const START_LIMIT_S = 60

/**
 * Starts the broker whose jars are in `libs`; `settings` as in server.properties, `ports` its own and its controller's.
 */
export async function startApacheBroker(libs, settings = {}, ports = null) {
  const folder = temporaryFolder('kts-apache-')
  const [port, controllerPort] = ports ?? (await freePorts(2))
  const properties = join(folder, 'server.properties')
  writeFileSync(
    properties,
    Object.entries({
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'controller.listener.names': 'CONTROLLER',
      'log.dirs': join(folder, 'data'),
      'offsets.topic.replication.factor': 1,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'share.coordinator.state.topic.replication.factor': 1,
      'share.coordinator.state.topic.min.isr': 1,
      ...settings,
    })
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const java = ['-XX:TieredStopAtLevel=1', '-cp', classpathOf(libs)]
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties])

  const began = performance.now()
  const child = startProcess('java', ['-Xmx1g', '-cp', classpathOf(libs), 'kafka.Kafka', properties], {
    stdio: 'ignore',
  })
  const stop = async () => {
    await stopProcess(child)
    removeFolder(folder)
  }
  try {
    await waitUntilItAnswers(child, port)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    bootstrap: `127.0.0.1:${port}`,
    dataDir: join(folder, 'data'),
    pid: child.pid,
    startMs: performance.now() - began,
    stop,
  }
}

/** Rejects when the process ends before it answers, or takes too long. */
export async function waitUntilItAnswers(child, port, name = 'Apache Kafka') {
  for (const deadline = Date.now() + START_LIMIT_S * 1000; !(await answers(port)); ) {
    if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode} as it started`)
    if (Date.now() > deadline) throw new Error(`${name} did not answer within ${START_LIMIT_S} s`)
    await delay(20)
  }
}
