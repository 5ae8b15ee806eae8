import { pause } from '../../lib/clock.ts'
import { runningPid } from '../../lib/pid-file.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { pidFileOf, UNNEEDED } from './start.ts'

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
