import { join } from 'node:path'
import { pause } from '../../lib/clock.ts'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { runningPid } from '../../lib/pid-file.ts'
import { defineCommand } from '../../lib/work/command.ts'

export const UNNEEDED = 'Kafka 4 and kts need no ZooKeeper'

export const pidFileOf = ({ env }: Context): string => join(stateFolder(env), 'zookeeper.pid')

/** Stands where old tutorials stop ZooKeeper, and ends what answered in its place. */
export const zookeeperStop = defineCommand({
  options: [],
  streams: true,
  async offline({ context, voice }) {
    const pidFile = pidFileOf(context)
    const pid = runningPid(pidFile)
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
    while (pid !== undefined && runningPid(pidFile) === pid && (await pause(10, context.signal)));
    voice.say(`${UNNEEDED}${pid === undefined ? '' : `; stopped what stood in for it (pid ${pid})`}. Go on.`)
  },
})
