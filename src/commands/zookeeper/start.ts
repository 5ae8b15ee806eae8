import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { readPropertiesFile, UnreadableFile } from '../../lib/config/properties-file.ts'
import { claimPidFile } from '../../lib/pid-file.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { openStandIn, type StandIn } from './stand-in.ts'

export const UNNEEDED = 'Kafka 4 and kts need no ZooKeeper'
const CLIENT_PORT = 2181

export const pidFileOf = ({ env }: Context): string => join(stateFolder(env), 'zookeeper.pid')

/**
 * Stands where old tutorials start ZooKeeper: in the foreground it waits to be interrupted, as their terminal expects,
 * and on ZooKeeper's port it tells whoever asks what it is. That the port is taken is no failure: nobody needs it.
 */
export const zookeeperStart = defineCommand({
  options: [{ name: 'daemon', about: 'Answer in the background until zookeeper-server-stop ends it.' }],
  words: [
    {
      name: 'FILE',
      about: 'Configuration of ZooKeeper, of which clientPort is read.',
      isOptional: true,
      isRepeatable: true,
    },
  ],
  streams: true,
  async offline({ values, words, context, voice }) {
    const port = readClientPort(words[0], context.cwd)
    const standIn = await openStandIn(port)
    if (standIn === null) {
      voice.say(`${UNNEEDED}; something else listens on port ${port}. ${nextStep(values.daemon)}`)
      if (!values.daemon) await interrupted(context.signal)
    } else if (values.daemon) {
      await standIn.close()
      await context.startSelf(['zookeeper', 'start', ...words.slice(0, 1)])
      voice.say(`${UNNEEDED}; localhost:${port} says so. ${nextStep(true)}`)
    } else await serve(standIn, port, context, voice.say)
  },
})

const nextStep = (isFree: boolean): string => `Go on with the next step${isFree ? '' : ' in another terminal'}.`

async function serve(standIn: StandIn, port: number, context: Context, say: (line: string) => void): Promise<void> {
  const release = tryToClaim(pidFileOf(context))
  // The word "ready" is what the start in the background waits for.
  say(`${UNNEEDED}; localhost:${port} is ready to say so. ${nextStep(false)}`)
  await interrupted(context.signal)
  await standIn.close()
  release()
}

/** One that cannot leave its note, or is the second, answers all the same; only stop will not find it. */
function tryToClaim(path: string): () => void {
  try {
    return claimPidFile(path)
  } catch {
    return () => {}
  }
}

function readClientPort(file: string | undefined, cwd: string): number {
  try {
    const port = Number(file === undefined ? CLIENT_PORT : readPropertiesFile(file, cwd).get('clientPort'))
    return Number.isInteger(port) && port > 0 && port <= 65535 ? port : CLIENT_PORT
  } catch (error) {
    if (error instanceof UnreadableFile) return CLIENT_PORT
    throw error
  }
}

async function interrupted(signal: AbortSignal): Promise<void> {
  const forever = setInterval(() => {}, 0x7fff_ffff)
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  clearInterval(forever)
}
