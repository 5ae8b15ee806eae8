// Processes of the longer suites: each has a time limit, and none outlives the suite.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'

const living = new Set()
process.on('exit', () => living.forEach((child) => signalGroup(child, 'SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(128 + constants.signals[signal]))

/** Signals the process and those it started. */
export function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    /* already gone */
  }
}

/** Starts a process in a group of its own, which ends with this one; `options` are those of `spawn`. */
export function startProcess(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true })
  living.add(child)
  const forget = () => living.delete(child)
  child.once('close', forget).once('error', forget)
  return child
}

/**
 * What a process wrote and how it ended: `{ stdout, stderr, code }`, with 128 + its number for a signal. Rejects when
 * it cannot be started.
 */
export async function outcomeOf(child) {
  const chunks = { stdout: [], stderr: [] }
  for (const name of ['stdout', 'stderr']) child[name]?.on('data', (chunk) => chunks[name].push(chunk))
  const [code, signal] = await once(child, 'close')
  const text = (name) => Buffer.concat(chunks[name]).toString()
  return { stdout: text('stdout'), stderr: text('stderr'), code: code ?? 128 + constants.signals[signal] }
}

/** Runs a command to its end, at most `limitS` seconds; rejects with what it said when it fails or takes longer. */
export async function run(command, args, { limitS = 60, input, ...options } = {}) {
  const child = startProcess(command, args, {
    ...options,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (input !== undefined) child.stdin.on('error', () => {}).end(input)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    signalGroup(child, 'SIGKILL')
  }, limitS * 1000)
  const outcome = await outcomeOf(child).finally(() => clearTimeout(timer))
  if (isLate) throw new CommandError(command, `took more than ${limitS} s`, outcome)
  if (outcome.code !== 0) throw new CommandError(command, `ended with code ${outcome.code}`, outcome)
  return outcome
}

/** A command that failed, with the end of what it said, and its outcome. */
export class CommandError extends Error {
  constructor(command, how, outcome) {
    super([`${command.split('/').at(-1)} ${how}`, ...lastLines(outcome.stderr || outcome.stdout)].join(' | '))
    this.outcome = outcome
  }
}

const lastLines = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-6)
    .map((line) => line.slice(0, 300))

/** Ends a process in good order, or by force after `limitS` seconds. */
export async function stopProcess(child, limitS = 20) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), limitS * 1000)
  await closed
  clearTimeout(timer)
}

/** The first line that a process writes; rejects when it ends before, or within `limitS` seconds has not. */
export async function firstLine(child, limitS = 30) {
  let timer
  const line = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', resolve)),
    once(child, 'close').then(([code]) => {
      throw new Error(`it ended with code ${code} before it said a word`)
    }),
    new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it said nothing within ${limitS} s`)), limitS * 1000)
    }),
  ]).finally(() => clearTimeout(timer))
  return line
}
