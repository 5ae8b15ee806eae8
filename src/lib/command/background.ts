import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { fileProblem } from '../files.ts'
import { makeFolder } from '../make-folder.ts'
import { packageRoot } from './package.ts'

export interface Background {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Takes what the process writes to stdout and stderr; appended to. */
  readonly logFile: string
  /** How long the process may take to say that it is ready. Default 30 s. */
  readonly timeoutMs?: number
}

const pollMs = 10

/**
 * Starts `kts ARGS` apart from this process and its terminal. Resolves when it prints a line that holds the word
 * "ready", or ends with exit code 0. Throws EnvironmentError with what it said when it ends otherwise, or stays silent
 * for too long.
 */
export async function startInBackground(
  args: readonly string[],
  { cwd, env, logFile, timeoutMs = 30_000 }: Background,
): Promise<void> {
  const log = openLog(logFile)
  try {
    const from = fstatSync(log).size
    const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'kts'), ...args], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    })
    await ready(child, {
      said: () => readFrom(log, from),
      fault: () => faultOf(log, logFile),
      timeoutMs,
      name: `kts ${args.join(' ')}`,
    })
    child.unref()
  } finally {
    closeSync(log)
  }
}

/** Starts `kts ARGS` apart from this process, which may end before it; what it says is lost. */
export function leaveInBackground(args: readonly string[], { cwd, env }: Pick<Background, 'cwd' | 'env'>): void {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'kts'), ...args], {
    cwd,
    env,
    detached: true,
    stdio: 'ignore',
  })
  child.on('error', () => {})
  child.unref()
}

function openLog(path: string): number {
  try {
    makeFolder(dirname(path))
    return openSync(path, 'a+')
  } catch (error) {
    throw new EnvironmentError(`${path} cannot be written: ${fileProblem(error)}`)
  }
}

/** A process that cannot write its log can say nothing: not that either. */
function faultOf(log: number, logFile: string): EnvironmentError | undefined {
  try {
    writeSync(log, '\n')
    return undefined
  } catch (error) {
    return new EnvironmentError(`${logFile} cannot be written: ${fileProblem(error)}`)
  }
}

interface Waiting {
  said(): string
  /** Why nothing more can be said. */
  fault(): EnvironmentError | undefined
  readonly timeoutMs: number
  readonly name: string
}

function ready(child: ChildProcess, { said, fault, timeoutMs, name }: Waiting): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + timeoutMs
    const settle = (error?: Error): void => {
      clearInterval(poll)
      child.removeAllListeners()
      if (error) reject(error)
      else resolve()
    }
    const poll = setInterval(() => {
      if (/\bready\b.*\n/.test(said())) return settle()
      if (Date.now() < deadline) return
      child.kill()
      settle(new EnvironmentError(`${name} was not ready after ${timeoutMs / 1000} s`))
    }, pollMs)
    child.once('error', (error) => settle(new EnvironmentError(`${name} could not be started: ${error.message}`)))
    child.once('exit', (code, signal) =>
      settle(
        code === 0
          ? undefined
          : (fault() ?? new EnvironmentError(lastWords(said(), name, signal ?? `exit code ${code}`))),
      ),
    )
  })
}

/** Why a process ended: the last line that it wrote, which carries its own name already. */
function lastWords(said: string, name: string, end: string): string {
  const lines = said
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  return lines.at(-1)?.replace(/^kts [a-z ]+: /, '') ?? `${name} ended with ${end} and said nothing`
}

function readFrom(file: number, position: number): string {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - position))
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, position))
}
