import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { defineOptions, type Values } from '../../lib/command/define.ts'
import { defineCommand, type Order } from '../../lib/work/command.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import { show } from '../../lib/output/show.ts'
import { pacedWeblog } from '../../lib/weblog/chunks.ts'
import { pause } from '../../lib/clock.ts'
import { claimPidFile, runningPid } from '../../lib/pid-file.ts'
import { weblogPlace } from '../../lib/weblog/place.ts'
import { anySeed, checkPositive, fileOptions, generatorOptions } from './options.ts'

const options = defineOptions([
  { name: 'rate', type: 'integer', value: 'N', about: 'Lines a second (default 10).' },
  ...generatorOptions,
  ...fileOptions,
  { name: 'foreground', about: 'Write until Ctrl-C instead of going to the background.' },
])

export const logsStart = defineCommand({
  examples: [
    { command: 'kts logs start', about: 'Ten lines a second, until kts logs stop.' },
    { command: 'kts logs start --rate 1000 --count 100000', about: 'A busy shop, for a while.' },
  ],
  options,
  check: ({ values: { rate, count } }) => checkPositive({ rate, count }),
  async offline(order) {
    const { values, context } = order
    const { file, pidFile } = weblogPlace(values.file, context)
    const pid = runningPid(pidFile)
    if (pid !== undefined)
      throw new EnvironmentError(`${file} is being written already, by process ${pid}; kts logs stop ends it`)
    if (values.foreground) return await writeLog(order)
    await context.startSelf(['logs', 'start', '--foreground', ...againAs(values)])
    const rate = values.rate ?? defaultRate
    return { data: { file, rate, pid: runningPid(pidFile) }, text: () => `writing ${file}, ${rate} lines a second\n` }
  },
})

const defaultRate = 10

async function writeLog({ values, context, output }: Order<Values<typeof options>>): Promise<void> {
  const { file, pidFile } = weblogPlace(values.file, context)
  const rate = values.rate ?? defaultRate
  const release = claimPidFile(pidFile)
  try {
    append(file, '')
    await show(
      {
        data: { file, rate, pid: runningPid(pidFile) },
        text: () => `ready: writing ${file}, ${rate} lines a second\n`,
      },
      output,
      context.stdout,
    )
    const run = { seed: values.seed ?? anySeed(), count: values.count, intervalMs: 1000 / rate }
    const lines = pacedWeblog(
      run,
      () => context.clock.now(),
      (ms) => pause(ms, context.signal),
    )
    for await (const chunk of lines) append(file, chunk)
  } finally {
    release()
  }
}

/** By name each time, so that a log that was rotated away is made anew. What a full disk has room for is no line. */
function append(file: string, chunk: string | Buffer): void {
  const before = statSync(file, { throwIfNoEntry: false })?.size
  try {
    appendFileSync(file, chunk)
  } catch (error) {
    if (before !== undefined) truncateSync(file, before)
    throw new EnvironmentError(`${file} cannot be written: ${fileProblem(error)}`)
  }
}

function againAs({ rate, count, seed, file }: Values<typeof options>): string[] {
  return Object.entries({ rate, count, seed, file }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  )
}
