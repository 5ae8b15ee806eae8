// A broker and a registry of kts as their users start them, for suites of others.
import { fileURLToPath } from 'node:url'
import { startBundledBroker } from '../support/bundled-broker.mjs'
import { firstLine, startProcess, stopProcess } from '../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))

/** Both on free ports: `{ bootstrap, url, stop() }`. `words` are further ones of `kts registry start`. */
export async function startOwnRegistry(words = []) {
  const folder = temporaryFolder('kts-own-registry-')
  const broker = await startBundledBroker({ 'group.initial.rebalance.delay.ms': 0 })
  const child = startProcess(
    process.execPath,
    [kts, 'registry', 'start', '--port', '0', '--bootstrap-server', broker.bootstrap, '--json', ...words],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder } },
  )
  const stop = async () => {
    await stopProcess(child)
    await broker.stop()
    removeFolder(folder)
  }
  try {
    return { bootstrap: broker.bootstrap, url: JSON.parse(await firstLine(child)).url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
