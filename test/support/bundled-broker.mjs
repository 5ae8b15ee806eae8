// The bundled broker as a user starts it, for the longer suites and the benchmark.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstLine, startProcess, stopProcess } from './processes.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))

/** A broker on a free port, with a folder of its own, where its logs are in `dataDir`; `settings` as in server.properties. */
export async function startBundledBroker(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kts-bundled-'))
  const dataDir = join(folder, 'data')
  const overrides = Object.entries(settings).flatMap(([name, value]) => ['--override', `${name}=${value}`])
  const child = startProcess(process.execPath, [kts, 'broker', 'start', '--port', '0', '--data-dir', dataDir, ...overrides], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder },
  })
  const [, port] = /ready at \S+:(\d+)/.exec(await firstLine(child))
  return {
    bootstrap: `127.0.0.1:${port}`,
    dataDir,
    pid: child.pid,
    stop: async () => {
      await stopProcess(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
