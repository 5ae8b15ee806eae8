// The brokers that the benchmark runs against: the bundled one, and Apache Kafka where there is a JDK and Maven.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Kafka waits three seconds for more members by default, which would hide what is measured. */
const REBALANCE_DELAY_MS = 0
const here = new URL('.', import.meta.url).pathname
const kts = join(here, '..', 'bin', 'kts')

/** The bundled broker on a free port, and how long it took from its start to the first answered request. */
export async function startBundled() {
  const folder = mkdtempSync(join(tmpdir(), 'kts-bench-'))
  const began = performance.now()
  const child = spawn(process.execPath, [kts, 'broker', 'start', '--port', '0', '--data-dir', join(folder, 'data'), '--override', `group.initial.rebalance.delay.ms=${REBALANCE_DELAY_MS}`], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder } })
  const line = await new Promise((resolve) => createInterface(child.stdout).once('line', resolve))
  const server = /ready at (\S+:\d+)/.exec(line)[1].replace('localhost', '127.0.0.1')
  await askVersions(server)
  return { name: 'bundled broker', server, pid: child.pid, startMs: performance.now() - began, stop: () => stop(child, folder) }
}

/** Apache Kafka, single node; null where the machine cannot run it. */
export async function startApache() {
  const libs = apacheLibs()
  if (!libs) return null
  const folder = mkdtempSync(join(tmpdir(), 'kts-bench-kafka-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const settings = join(folder, 'server.properties')
  writeFileSync(settings, [
    'process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`, `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER', `log.dirs=${join(folder, 'data')}`, 'offsets.topic.replication.factor=1', `group.initial.rebalance.delay.ms=${REBALANCE_DELAY_MS}`,
  ].join('\n'))
  const classpath = ['-cp', `${libs}/*`]
  const id = execFileSync('java', [...classpath, 'kafka.tools.StorageTool', 'random-uuid']).toString().trim().split('\n').at(-1)
  execFileSync('java', [...classpath, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', settings], { stdio: 'ignore' })
  const began = performance.now()
  const child = spawn('java', ['-Xmx1g', ...classpath, 'kafka.Kafka', settings], { stdio: 'ignore' })
  const server = `127.0.0.1:${port}`
  while (!(await askVersions(server).then(() => true, () => false))) await new Promise((resolve) => setTimeout(resolve, 20))
  return { name: 'Apache Kafka 4.3.0', server, pid: child.pid, startMs: performance.now() - began, tools: `java -Xmx512m -cp '${libs}/*'`, stop: () => stop(child, folder) }
}

async function stop(child, folder) {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
  rmSync(folder, { recursive: true, force: true })
}

/** Apache's jars, brought by Maven once; null without Java or Maven. */
function apacheLibs() {
  const libs = process.env.KAFKA_LIBS ?? join(here, '.cache', 'libs')
  if (existsSync(libs)) return libs
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    mkdirSync(join(here, '.cache'), { recursive: true })
    execFileSync('mvn', ['-q', '-f', join(here, 'kafka', 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`], { stdio: 'ignore' })
    return libs
  } catch {
    return null
  }
}

/** Asks for the API versions, the first thing any client does; rejects when nobody answers. */
function askVersions(server) {
  const [host, port] = server.split(':')
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host)
    socket.once('error', reject)
    socket.once('data', () => { socket.destroy(); resolve() })
    socket.once('end', () => reject(new Error('closed')))
    socket.write(Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]))
  })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
