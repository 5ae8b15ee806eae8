// The broker that is killed and started again, and how its clients find it.
import { once } from 'node:events'
import { constants } from 'node:os'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { signalGroup } from '../support/processes.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { Gone, Wire } from '../support/wire.mjs'

const PATIENCE_MS = 30_000
const PAUSE_MS = 5

export class Cluster {
  #child
  #stateHome = temporaryFolder('kts-chaos-state-')
  #warnings = ''
  #wires = new Set()
  port = 0
  /** Producers come to their end once it is false, consumers once the next is. */
  isWritten = true
  isRead = true

  constructor(settings, dataDir) {
    this.settings = settings
    this.dataDir = dataDir
  }

  /** Starts the broker on the port that it had before; resolves with how long it took. */
  async start() {
    this.port ||= (await freePorts(1))[0]
    const began = performance.now()
    this.spawn()
    await brokerReady(this.#child)
    return performance.now() - began
  }

  /** Starts the process, and does not wait until it is ready. */
  spawn() {
    this.#warnings = ''
    this.#child = spawnBundledBroker(this.settings, {
      dataDir: this.dataDir,
      stateHome: this.#stateHome,
      port: this.port,
      stderr: 'pipe',
    })
    this.#child.stderr.on('data', (chunk) => {
      this.#warnings += chunk
    })
  }

  get bootstrap() {
    return `127.0.0.1:${this.port}`
  }

  async kill() {
    const closed = once(this.#child, 'close')
    signalGroup(this.#child, 'SIGKILL')
    await closed
  }

  /** What clients ask for is done meanwhile, and they will not know. */
  async loseAnswers(ms) {
    for (const wire of this.#wires) wire.deafen()
    await pause(ms)
  }

  /** Breaks the connections off. */
  cut() {
    for (const wire of this.#wires) wire.close()
  }

  /** Ends it in good order; rejects with what it said when it does not. */
  async stop() {
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    const [code] = await closed
    if (code !== 128 + constants.signals.SIGTERM)
      throw new Error(`the broker ended with code ${code}: ${this.#warnings}`)
  }

  /** Bugs that the broker has reported of itself. */
  get complaints() {
    return this.#warnings.split('\n').filter((line) => /internal error/.test(line))
  }

  /** A connection, as soon as there can be one. */
  async connect(clientId) {
    for (const deadline = performance.now() + PATIENCE_MS; ; await pause(PAUSE_MS)) {
      try {
        return await Wire.open(this.port, clientId)
      } catch (error) {
        if (!(error instanceof Gone) || performance.now() > deadline) throw error
      }
    }
  }

  /** Does a client's work until it says that it is done, anew each time its connection has gone. */
  async keepWorking(clientId, work) {
    for (;;) {
      const wire = await this.connect(clientId)
      this.#wires.add(wire)
      try {
        return await work(wire)
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      } finally {
        this.#wires.delete(wire)
        wire.close()
      }
    }
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
