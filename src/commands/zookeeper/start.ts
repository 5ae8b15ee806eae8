import { resolve } from 'node:path'
import { Disk } from '../../lib/broker/log/disk.ts'
import { sockets } from '../../lib/broker/network/sockets.ts'
import { startNode, type RunningNode } from '../../lib/broker/start.ts'
import { parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../lib/broker/state/storage/lock.ts'
import type { Context } from '../../lib/command/define.ts'
import { aborted } from '../../lib/command/unless-aborted.ts'
import { readPropertiesFile, UnreadableFile } from '../../lib/config/properties-file.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { claimPidFile } from '../../lib/pid-file.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { pidFileOf, UNNEEDED } from './stop.ts'
import { answeringWords } from './words.ts'

const CLIENT_PORT = 2181
const DATA_DIR = '/tmp/zookeeper'
/** Far from the ids that brokers of tutorials have. */
const NODE_ID = 3000

/**
 * Stands where old tutorials start ZooKeeper: a controller of Kafka on ZooKeeper's port, which brokers with
 * `zookeeper.connect` join. In the foreground it waits to be interrupted, as their terminal expects. That there can be
 * none is no failure: a broker needs none.
 */
export const zookeeperStart = defineCommand({
  options: [{ name: 'daemon', about: 'Run in the background until zookeeper-server-stop ends it.' }],
  words: [
    {
      name: 'FILE',
      about: 'Configuration of ZooKeeper, of which clientPort and dataDir are read.',
      isOptional: true,
      isRepeatable: true,
    },
  ],
  streams: true,
  async offline({ values, words, context, voice }) {
    const { port, dataDir } = readSettings(words[0], context.cwd)
    if (!values.daemon) return serve(port, dataDir, context, voice.say)
    if (!(await isFree(port))) return voice.say(`${taken(port)} ${nextStep(true)}`)
    await context.startSelf(['zookeeper', 'start', ...words.slice(0, 1)])
    voice.say(`${UNNEEDED}; ${inItsPlace(port)} is up. ${nextStep(true)}`)
  },
})

const nextStep = (isFree: boolean): string => `Go on with the next step${isFree ? '' : ' in another terminal'}.`
const taken = (port: number): string => `${UNNEEDED}; something else listens on port ${port}.`
const inItsPlace = (port: number): string => `a controller of Kafka in its place, localhost:${port},`

async function serve(port: number, dataDir: string, context: Context, say: (line: string) => void): Promise<void> {
  const node = await startController(port, dataDir, say)
  if (node === null) {
    say(nextStep(false))
    return interrupted(context.signal)
  }
  const release = tryToClaim(pidFileOf(context))
  // The word "ready" is what the start in the background waits for.
  say(`${UNNEEDED}; ${inItsPlace(port)} is ready. ${nextStep(false)}`)
  const failure = await Promise.race([interrupted(context.signal), node.failed])
  await node.stop()
  release()
  if (failure) throw new EnvironmentError(failure)
}

/** Null when the port or the folder cannot be had, which is then said. */
async function startController(
  port: number,
  dataDir: string,
  say: (line: string) => void,
): Promise<RunningNode | null> {
  const { config } = parseBrokerConfig(
    new Map([
      ['process.roles', 'controller'],
      ['node.id', String(NODE_ID)],
      ['listeners', `CONTROLLER://localhost:${port}`],
      ['controller.listener.names', 'CONTROLLER'],
      ['controller.quorum.voters', `${NODE_ID}@localhost:${port}`],
      ['log.dirs', dataDir],
    ]),
  )
  const options = { config, fileSystem: new Disk(), processes: systemProcesses, network: answeringWords(sockets) }
  try {
    return await startNode({ ...options, warn: say })
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    say(
      error.code === 'EADDRINUSE' ? taken(port) : `${UNNEEDED}; there is no controller in its place: ${error.message}`,
    )
    return null
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await sockets.listen({ host: 'localhost', port, idleMs: 0 }, (stream) => stream.destroy())
    await server.close()
    return true
  } catch (error) {
    if (error instanceof EnvironmentError) return false
    throw error
  }
}

/** One that cannot leave its note, or is the second, answers all the same; only stop will not find it. */
function tryToClaim(path: string): () => void {
  try {
    return claimPidFile(path)
  } catch {
    return () => {}
  }
}

function readSettings(file: string | undefined, cwd: string): { port: number; dataDir: string } {
  const settings = readFile(file, cwd)
  const port = Number(settings.get('clientPort') ?? CLIENT_PORT)
  return {
    port: Number.isInteger(port) && port > 0 && port <= 65535 ? port : CLIENT_PORT,
    dataDir: resolve(cwd, settings.get('dataDir') || DATA_DIR),
  }
}

function readFile(file: string | undefined, cwd: string): ReadonlyMap<string, string> {
  try {
    return file === undefined ? new Map() : readPropertiesFile(file, cwd)
  } catch (error) {
    if (error instanceof UnreadableFile) return new Map()
    throw error
  }
}

async function interrupted(signal: AbortSignal): Promise<void> {
  const forever = setInterval(() => {}, 0x7fff_ffff)
  await aborted(signal)
  clearInterval(forever)
}
