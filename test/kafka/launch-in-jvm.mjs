// Apache's tools, run in one JVM that stays; see ToolServer.java for why and how.
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { outcomeOf, signalGroup, startProcess, stopProcess } from '../support/processes.mjs'
import { classpathOf, compileJava } from './jars.mjs'

/** What Kafka's shell scripts start. */
const MAIN_CLASSES = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
}

/** Their option parser ends the JVM at wrong usage, so each run of them has its own. */
const ALONE = new Set(['kafka-cluster', 'kafka-features', 'kafka-storage'])

const ENV = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' }

/** The jars whose classes belong to the tools. */
const TOOL_JARS = ['kafka-tools-4', 'kafka_2.13']

/**
 * `start(argv, input)` runs one command line and offers the same as a process (see
 * `../conformance/launch-processes.mjs`). Flags keep the compiler quiet, whose work would never pay off in runs so
 * short.
 */
export async function startToolServer(libs) {
  const classes = await compileJava(fileURLToPath(new URL('ToolServer.java', import.meta.url)), libs)
  const toolJars = readdirSync(libs)
    .filter((jar) => TOOL_JARS.some((prefix) => jar.startsWith(prefix)))
    .map((jar) => join(libs, jar))
  const classpath = `${classes}:${classpathOf(libs, TOOL_JARS)}`
  const child = startProcess(
    'java',
    ['-Xmx1g', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath, 'ToolServer', ...toolJars],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: ENV,
    },
  )
  const waiting = new Map()
  child.stdin.on('error', () => {})
  let end
  child.once('close', (code) => {
    end = new Error(`the JVM of the tools ended with code ${code}`)
    waiting.forEach(({ reject }) => reject(end))
  })
  createInterface(child.stdout).on('line', (line) => {
    const { id, code, stdout, stderr } = JSON.parse(line)
    waiting.get(id)?.resolve({ code, stdout: decode(stdout), stderr: decode(stderr) })
    waiting.delete(id)
  })

  let lastId = 0
  const send = (request) => child.stdin.write(`${JSON.stringify(request)}\n`)
  const start = ([tool, ...args], input = '') => {
    const main = MAIN_CLASSES[tool]
    if (main === undefined) throw new Error(`no class is known for ${tool}`)
    if (ALONE.has(tool)) return startAlone(libs, main, args)
    if (end) throw end
    const id = (lastId += 1)
    const done = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    send({ id, main, args, input: Buffer.from(input).toString('base64') })
    return { signal: (name) => send({ id, signal: name }), done }
  }
  return { start, stop: () => stopProcess(child) }
}

function startAlone(libs, main, args) {
  const child = startProcess('java', ['-XX:TieredStopAtLevel=1', '-cp', classpathOf(libs), main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: ENV,
  })
  return { signal: (name) => signalGroup(child, name), done: outcomeOf(child) }
}

const decode = (base64) => Buffer.from(base64, 'base64').toString()
