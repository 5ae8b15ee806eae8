// The bundled broker as a user starts it, for the longer suites and the benchmark.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answers } from './answers.mjs'
import { firstLine, startProcess, stopProcess } from './processes.mjs'
import { removeFolder, temporaryFolder } from './temporary-folder.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))

/**
 * A broker on a free port, with a folder of its own, which it leaves behind no longer than it runs; its logs are there
 * too, unless `dataDir` names another place. `settings` are as in server.properties.
 */
export async function startBundledBroker(settings = {}, options = {}) {
  const folder = temporaryFolder('kts-bundled-')
  const { dataDir = join(folder, 'data'), nodeOptions } = options
  const began = performance.now()
  const child = spawnBundledBroker(settings, { dataDir, stateHome: folder, nodeOptions })
  const { bootstrap } = await brokerReady(child)
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

/**
 * The process alone, which may not be ready for a while. `stderr` is as in `spawn`; `nodeOptions` stand before the
 * script.
 */
export function spawnBundledBroker(settings, { dataDir, stateHome, port = 0, stderr = 'inherit', nodeOptions = [] }) {
  const overrides = Object.entries(settings).flatMap(([name, value]) => ['--override', `${name}=${value}`])
  // --port would win over the listeners that somebody asks for.
  const place = settings.listeners === undefined ? ['--port', String(port)] : []
  const words = [kts, 'broker', 'start', ...place, '--data-dir', dataDir, ...overrides]
  return startProcess(process.execPath, [...nodeOptions, ...words], {
    stdio: ['ignore', 'pipe', stderr],
    env: { ...process.env, XDG_STATE_HOME: stateHome },
  })
}

/** Where a broker can be reached, once it answers; rejects when its process ends before. */
export async function brokerReady(child) {
  const [, bootstrap, port] = /ready at (\S+:(\d+))/.exec(await firstLine(child))
  if (!(await answers(Number(port)))) throw new Error('the bundled broker says that it is ready, and does not answer')
  return { bootstrap, port: Number(port) }
}
