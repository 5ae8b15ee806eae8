import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BIN } from '../support/broker-process.ts'

const CONFIG = new URL('../../config', import.meta.url).pathname

/** A command that was typed and may still be running. */
export class Running {
  stdout = ''
  stderr = ''
  private readonly seen = new Set<() => void>()
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>

  constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => this.hear('stdout', chunk))
    child.stderr!.on('data', (chunk: Buffer) => this.hear('stderr', chunk))
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => {
        this.hear('stdout', Buffer.alloc(0))
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
      }),
    )
  }

  /** Resolves when stdout fits; rejects when the command ends without. */
  async until(pattern: RegExp): Promise<void> {
    const shown = new Promise<void>((resolve) => {
      const look = (): void => {
        if (pattern.test(this.stdout)) resolve()
      }
      this.seen.add(look)
      look()
    })
    await Promise.race([
      shown,
      this.ended.then(({ code }) => {
        if (!pattern.test(this.stdout))
          throw new Error(`ended with ${code} before ${pattern}: ${this.stdout}\n${this.stderr}`)
      }),
    ])
  }

  /** Ctrl-C: the signal goes to everything that the line started. */
  interrupt(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    this.signal('SIGINT')
    return this.ended
  }

  signal(name: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, name)
    } catch {
      // It has ended by itself.
    }
  }

  private hear(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString()
    for (const look of this.seen) look()
  }
}

/**
 * A shell in a folder like Kafka's own: `bin/` and `config/` in it, the tools on the PATH. Kafka's port and its data
 * folder are others here, so that several can run at once; they are swapped in each line as it is typed.
 */
export class Terminal {
  private readonly running = new Set<Running>()
  private constructor(
    readonly folder: string,
    readonly port: number,
    /** ZooKeeper's, in its configuration. */
    readonly zookeeperPort: number,
    private readonly webPort: number,
  ) {}

  static async open(): Promise<Terminal> {
    const folder = mkdtempSync(join(tmpdir(), 'kts-tutorial-'))
    const terminal = new Terminal(folder, await freePort(), await freePort(), await freePort())
    symlinkSync(BIN, join(folder, 'bin'))
    cpSync(CONFIG, join(folder, 'config'), { recursive: true })
    const settings = join(folder, 'config', 'server.properties')
    writeFileSync(
      settings,
      `${terminal.swap(readFileSync(settings, 'utf8'))}\nlisteners=PLAINTEXT://localhost:${terminal.port}\n`,
    )
    writeFileSync(
      join(folder, 'config', 'zookeeper.properties'),
      `dataDir=${join(folder, 'zookeeper')}\nclientPort=${terminal.zookeeperPort}\n`,
    )
    mkdirSync(join(folder, 'state'))
    return terminal
  }

  /** Types a line and lets it run. */
  start(line: string, input?: string): Running {
    const child = spawn('bash', ['-c', this.swap(line)], {
      cwd: this.folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${BIN}:${process.env['PATH']}`,
        XDG_STATE_HOME: join(this.folder, 'state'),
        XDG_CONFIG_HOME: join(this.folder, 'profiles'),
        KTS_BOOTSTRAP_SERVERS: `localhost:${this.port}`,
        NO_COLOR: '1',
      },
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    const running = new Running(child)
    this.running.add(running)
    void running.ended.then(() => this.running.delete(running))
    return running
  }

  /** Types a line and waits for its end. */
  type(line: string, input?: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return this.start(line, input).ended
  }

  /** Types a line again and again until it says what is awaited. */
  async typeUntil(line: string, pattern: RegExp): Promise<void> {
    let last = ''
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      last = (await this.type(line)).stdout
      if (pattern.test(last)) return
    }
    throw new Error(`${line} never said ${pattern}; it says ${last}`)
  }

  async close(): Promise<void> {
    await this.type('kafka-server-stop.sh')
    await this.type('stop_logs.sh')
    await this.type('zookeeper-server-stop.sh')
    const ending = [...this.running].map((running) => running.ended)
    for (const running of this.running) running.signal('SIGKILL')
    await Promise.all(ending)
    rmSync(this.folder, { recursive: true, force: true })
  }

  private swap(text: string): string {
    return text
      .replaceAll('9092', String(this.port))
      .replaceAll('9021', String(this.webPort))
      .replaceAll('/tmp/kafka-logs', join(this.folder, 'kafka-logs'))
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
