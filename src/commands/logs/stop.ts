import { defineCommand } from '../../lib/work/command.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { pause } from '../../lib/clock.ts'
import { runningPid } from '../../lib/pid-file.ts'
import { weblogPlace } from '../../lib/weblog/place.ts'
import { fileOptions } from './options.ts'

const patienceMs = 10_000

export const logsStop = defineCommand({
  examples: [{ command: 'kts logs stop', about: 'End what kts logs start began; the log stays.' }],
  options: fileOptions,
  async offline({ values, context }) {
    const { file, pidFile } = weblogPlace(values.file, context)
    const pid = runningPid(pidFile)
    if (pid === undefined) throw new EnvironmentError(`nothing writes ${file}; kts logs start does`)
    process.kill(pid, 'SIGTERM')
    const deadline = context.clock.now() + patienceMs
    while (runningPid(pidFile) === pid && (await pause(10, context.signal))) {
      if (context.clock.now() > deadline) throw new EnvironmentError(`process ${pid} writes ${file} and does not end`)
    }
    return { data: { pid, file }, text: () => `stopped writing ${file}\n` }
  },
})
