import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { startTool, temporaryFolder, type Running } from '../../support/kts.ts'

export interface LifeBrokerOptions {
  /** As in server.properties; with `listeners` it is up to them to name the port, with `log.dirs` the folders. */
  readonly settings?: Readonly<Record<string, string>>
  /** The folder of an earlier broker; without it a new one, removed in the end. */
  readonly dataDir?: string
  /** A free one by default. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
}

/** The bundled broker as a process that can be killed, stopped, paused and started again: same port, same folder. */
export class LifeBroker {
  readonly #folder = temporaryFolder()
  readonly dataDir: string
  #running: Running | undefined

  private constructor(
    readonly port: number,
    private readonly options: LifeBrokerOptions,
  ) {
    this.dataDir = options.dataDir ?? join(this.#folder.path, 'data')
  }

  static async start(options: LifeBrokerOptions = {}): Promise<LifeBroker> {
    const broker = new LifeBroker(options.port ?? (await freePort()), options)
    await broker.start()
    return broker
  }

  get bootstrap(): string {
    return `127.0.0.1:${this.port}`
  }

  get process(): ChildProcess {
    return this.#running!.child
  }

  /** The process as it runs, for its output and its end. */
  get running(): Running {
    return this.#running!
  }

  /** Starts it, and waits until it is ready; rejects with what it says when it ends before. */
  async start(): Promise<void> {
    const overrides = Object.entries(this.options.settings ?? {}).flatMap(([name, value]) => [
      '--override',
      `${name}=${value}`,
    ])
    const port = this.options.settings?.['listeners'] === undefined ? ['--port', String(this.port)] : []
    const folder = this.options.settings?.['log.dirs'] === undefined ? ['--data-dir', this.dataDir] : []
    const args = ['broker', 'start', ...port, ...folder, ...overrides]
    this.#running = startTool('kts', args, { env: { XDG_STATE_HOME: this.#folder.path, ...this.options.env } })
    await this.#running.said(/ready at /)
  }

  /** Ends it by a signal (SIGTERM: in good order), and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = this.#running
    if (!running || running.child.exitCode !== null || running.child.signalCode !== null) return
    running.child.kill('SIGCONT')
    running.child.kill(signal)
    await running.finished
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.end(signal)
    await this.start()
  }

  /** It hangs: connections stay, nobody answers. */
  pause(): void {
    this.process.kill('SIGSTOP')
  }

  resume(): void {
    this.process.kill('SIGCONT')
  }

  /** Ends it for good and removes its folder. */
  async close(): Promise<void> {
    await this.end('SIGKILL')
    this.#folder.remove()
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
