// Command lines as processes of their own.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

const living = new Set()
const killAll = () => living.forEach((child) => signalGroup(child, 'SIGKILL'))
process.on('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(128 + constants.signals[signal]))

function signalGroup(child, signal) {
  try { process.kill(-child.pid, signal) } catch { /* already gone */ }
}

/**
 * Starts tools found in a folder, as processes. A job can be signalled, and is done with `{ stdout, stderr, code }`; other
 * ways to run a command line offer the same.
 */
export const processLauncher = (tools) => (argv, input) => {
  const path = [join(tools, argv[0]), join(tools, `${argv[0]}.sh`)].find(existsSync)
  if (!path) throw new Error(`no tool named ${argv[0]} in ${tools}`)
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' }
  const child = spawn(path, argv.slice(1), { env, detached: true, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  living.add(child)
  const chunks = { out: [], err: [] }
  child.stdout.on('data', (chunk) => chunks.out.push(chunk))
  child.stderr.on('data', (chunk) => chunks.err.push(chunk))
  if (input !== undefined) child.stdin.on('error', () => {}).end(input)
  const done = new Promise((settle, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => {
      living.delete(child)
      settle({
        stdout: Buffer.concat(chunks.out).toString(),
        stderr: Buffer.concat(chunks.err).toString(),
        code: code ?? 128 + constants.signals[signal],
      })
    })
  })
  done.catch(() => living.delete(child))
  return { signal: (name) => signalGroup(child, name), done }
}
