import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { NO_FOLDER } from './context.ts'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Finished {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly finished: Promise<Finished>
  /** What it has written so far. */
  output(): { readonly stdout: string; readonly stderr: string }
  /** Resolves with what was written to stdout so far once it fits; rejects when the process ends before. */
  said(pattern: RegExp): Promise<string>
  /** The same for stderr. */
  warned(pattern: RegExp): Promise<string>
}

/** Starts one of the built launchers as a process of its own. Environment variables of kts come from `env` alone. */
export function startTool(
  tool: string,
  args: readonly string[],
  { env = {}, cwd = root }: { env?: Record<string, string>; cwd?: string } = {},
): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KTS_|XDG_|NO_COLOR|FORCE_COLOR)/.test(name)),
  )
  const child = spawn(process.execPath, [join(root, 'bin', tool), ...args], {
    env: { ...inherited, XDG_CONFIG_HOME: NO_FOLDER, ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.on('error', () => {})
  const finished = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ ...output, code })))
  const listen = (stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (pattern.test(output[stream]) && resolve(output[stream]))
      look()
      child[stream].on('data', look)
      void finished.then(({ code, stdout, stderr }) =>
        reject(new Error(`${tool} ended with ${code} before ${pattern} on ${stream}: ${stdout}${stderr}`)),
      )
    })
  return {
    child,
    finished,
    output: () => ({ ...output }),
    said: (pattern) => listen('stdout', pattern),
    warned: (pattern) => listen('stderr', pattern),
  }
}

/** Runs a tool to its end; `input` is what it reads from stdin. */
export async function runTool(
  tool: string,
  args: readonly string[],
  { input = '', ...options }: Parameters<typeof startTool>[2] & { input?: string } = {},
): Promise<Finished> {
  const { child, finished } = startTool(tool, args, options)
  child.stdin.end(input)
  return await finished
}

/** A folder of a test's own, and how to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kts-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
