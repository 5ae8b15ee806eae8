// Nodes of one cluster, of two makers: Apache's and ours, each a process with a settings file that either can read.
import { mkdirSync, readFileSync, writeFileSync, createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { classpathOf, fetchJars } from '../kafka/jars.mjs'
import { answers } from '../support/answers.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { run, signalGroup, startProcess, stopProcess } from '../support/processes.mjs'
import { keepFolder, removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'

const bin = fileURLToPath(new URL('../../bin', import.meta.url))
const VERSION = '4.3.0'
const START_LIMIT_S = 90
/** Features that a kts broker lacks: a cluster with one of them in force refuses it. */
const LACKING = ['share.version', 'streams.version']

/** Makers of nodes: how a folder is formatted, and how a node is started from its settings file. */
const MAKERS = {
  apache: {
    async format(node, clusterId) {
      await run('java', [
        ...(await java()),
        'kafka.tools.StorageTool',
        ...formatArgs(node, clusterId),
        ...LACKING.flatMap((name) => ['--feature', `${name}=0`]),
      ])
    },
    async command(node) {
      return ['java', [...(await java()), '-Xmx400m', 'kafka.Kafka', node.file]]
    },
  },
  kts: {
    async format(node, clusterId) {
      await run(process.execPath, [join(bin, 'kafka-storage'), ...formatArgs(node, clusterId)])
    },
    async command(node) {
      return [process.execPath, [join(bin, 'kafka-server-start'), node.file]]
    },
  },
}

/** Brokers stop before the controller, which they ask. */
const rank = ({ roles }) => (roles.includes('controller') ? 1 : 0)

const formatArgs = ({ file }, clusterId) => ['format', '-t', clusterId, '-c', file]

async function java() {
  return ['-XX:TieredStopAtLevel=1', '-cp', classpathOf(await fetchJars(VERSION))]
}

/**
 * A cluster of the nodes `specs`: `{ id, maker, roles = 'broker' }`, one of them with the role `controller`. `settings`
 * are as in server.properties.
 */
export class Nodes {
  clusterId = 'a3RzLW1peGVkLWNsdXN0ZQ'
  folder = temporaryFolder('kts-mixed-')

  constructor(specs, settings = {}) {
    this.specs = specs
    this.settings = settings
  }

  async start() {
    const ports = await freePorts(this.specs.length * 2)
    this.nodes = new Map(
      this.specs.map(({ id, maker, roles = 'broker' }, index) => [
        id,
        {
          id,
          maker,
          roles,
          port: ports[2 * index],
          controllerPort: ports[2 * index + 1],
          folder: join(this.folder, `node-${id}`),
        },
      ]),
    )
    for (const node of this.nodes.values()) this.#writeSettings(node)
    for (const node of this.nodes.values()) await MAKERS[node.maker].format(node, this.clusterId)
    const controllers = [...this.nodes.values()].filter(({ roles }) => roles.includes('controller'))
    for (const node of controllers) await this.startNode(node.id, { wait: node.roles.includes('broker') })
    await Promise.all([...this.nodes.keys()].map((id) => this.startNode(id)))
    return this
  }

  #writeSettings(node) {
    mkdirSync(node.folder, { recursive: true })
    node.file = join(node.folder, 'server.properties')
    const [controller] = this.specs.filter(({ roles = 'broker' }) => roles.includes('controller'))
    const isController = node.roles.includes('controller')
    const isBroker = node.roles.includes('broker')
    const listeners = [
      ...(isBroker ? [`PLAINTEXT://127.0.0.1:${node.port}`] : []),
      ...(isController ? [`CONTROLLER://127.0.0.1:${node.controllerPort}`] : []),
    ]
    const properties = {
      'process.roles': node.roles,
      'node.id': node.id,
      'controller.quorum.voters': `${controller.id}@127.0.0.1:${this.nodes.get(controller.id).controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      listeners: listeners.join(','),
      ...(isBroker && { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}` }),
      'log.dirs': join(node.folder, 'data'),
      'group.initial.rebalance.delay.ms': 0,
      ...this.settings,
      ...this.specs.find(({ id }) => id === node.id).settings,
    }
    writeFileSync(
      node.file,
      Object.entries(properties)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
  }

  node(id) {
    return this.nodes.get(id)
  }

  get ids() {
    return [...this.nodes.keys()]
  }

  get brokers() {
    return [...this.nodes.values()].filter(({ roles }) => roles.includes('broker'))
  }

  get bootstrap() {
    return this.brokers.map(({ port }) => `127.0.0.1:${port}`).join(',')
  }

  isRunning(id) {
    const { child } = this.node(id)
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Starts the process of a node, as one of another maker when asked; resolves when it answers. */
  async startNode(id, { wait = true, maker } = {}) {
    const node = this.node(id)
    if (maker) node.maker = maker
    if (!this.isRunning(id)) {
      const [command, args] = await MAKERS[node.maker].command(node)
      node.log = join(node.folder, 'node.log')
      node.child = startProcess(command, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, XDG_STATE_HOME: node.folder },
      })
      const log = createWriteStream(node.log, { flags: 'a' })
      node.child.stdout.pipe(log, { end: false })
      node.child.stderr.pipe(log, { end: false })
    }
    if (!wait) return
    const port = node.roles.includes('broker') ? node.port : node.controllerPort
    for (const deadline = Date.now() + START_LIMIT_S * 1000; !(await answers(port)); ) {
      if (!this.isRunning(id)) throw new Error(`node ${id} (${node.maker}) ended as it started: ${this.lastWords(id)}`)
      if (Date.now() > deadline) throw new Error(`node ${id} (${node.maker}) did not answer within ${START_LIMIT_S} s`)
      await delay(50)
    }
  }

  lastWords(id) {
    return readFileSync(this.node(id).log, 'utf8').trim().split('\n').slice(-5).join(' | ')
  }

  async kill(id) {
    const { child } = this.node(id)
    if (!this.isRunning(id)) return
    const closed = once(child, 'close')
    signalGroup(child, 'SIGKILL')
    await closed
  }

  async stopNode(id) {
    if (this.isRunning(id)) await stopProcess(this.node(id).child, 60)
  }

  async stop({ keep = false } = {}) {
    const controllersLast = [...this.nodes.values()].sort((a, b) => rank(a) - rank(b))
    for (const { id } of controllersLast) await this.stopNode(id)
    if (keep) keepFolder(this.folder)
    else removeFolder(this.folder)
  }
}
