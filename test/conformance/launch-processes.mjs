// Command lines as processes of their own.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { outcomeOf, signalGroup, startProcess } from '../support/processes.mjs'

/**
 * Starts tools found in a folder, as processes. A job can be signalled, and is done with `{ stdout, stderr, code }`;
 * other ways to run a command line offer the same.
 */
export const processLauncher = (tools) => (argv, input) => {
  const path = [join(tools, argv[0]), join(tools, `${argv[0]}.sh`)].find(existsSync)
  if (!path) throw new Error(`no tool named ${argv[0]} in ${tools}`)
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' }
  const child = startProcess(path, argv.slice(1), {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (input !== undefined) child.stdin.on('error', () => {}).end(input)
  return { signal: (name) => signalGroup(child, name), done: outcomeOf(child) }
}
