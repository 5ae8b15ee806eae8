import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const BIN = new URL('../../bin', import.meta.url).pathname

export interface BrokerProcess {
  readonly bootstrap: string
  readonly process: ChildProcess
  /** Folder that stands for the user's state: logs, notes of brokers. */
  readonly stateHome: string
  stop(): Promise<void>
}

/** The bundled broker as a user starts it: a process of its own, on a free port, with a folder of its own. */
export async function startBrokerProcess(...args: string[]): Promise<BrokerProcess> {
  const stateHome = mkdtempSync(join(tmpdir(), 'kts-broker-'))
  const child = spawn(join(BIN, 'kts'), ['broker', 'start', '--port', '0', ...args], {
    env: { ...process.env, XDG_STATE_HOME: stateHome },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => {
      throw new Error(`the broker ended: ${Buffer.concat(said).toString()}`)
    }),
  ])
  return {
    bootstrap: /ready at (\S+:\d+)/.exec(line)![1]!,
    process: child,
    stateHome,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(stateHome, { recursive: true, force: true })
    },
  }
}
