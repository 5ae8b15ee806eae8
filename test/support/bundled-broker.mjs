// The bundled broker as a user starts it, for the longer suites and the benchmark.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answers } from './answers.mjs'
import { firstLine, startProcess, stopProcess } from './processes.mjs'
import { removeFolder, temporaryFolder } from './temporary-folder.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))

/**
 * A broker on a free port, with a folder of its own, which it leaves behind no longer than it runs; its logs are there too,
 * unless `dataDir` names another place. `settings` are as in server.properties.
 */
export async function startBundledBroker(settings = {}, options = {}) {
  const folder = temporaryFolder('kts-bundled-')
  const { dataDir = join(folder, 'data') } = options
  const overrides = Object.entries(settings).flatMap(([name, value]) => ['--override', `${name}=${value}`])
  const began = performance.now()
  const child = startProcess(process.execPath, [kts, 'broker', 'start', '--port', '0', '--data-dir', dataDir, ...overrides], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder },
  })
  const [, bootstrap, port] = /ready at (\S+:(\d+))/.exec(await firstLine(child))
  if (!(await answers(Number(port)))) throw new Error('the bundled broker says that it is ready, and does not answer')
  return {
    bootstrap,
    dataDir,
    pid: child.pid,
    startMs: performance.now() - began,
    stop: async () => {
      await stopProcess(child)
      removeFolder(folder)
    },
  }
}
