import { defineOptions, type Context, type Values } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { write } from '../../lib/output/write.ts'
import { pacedWeblog, weblogChunks } from '../../lib/weblog/chunks.ts'
import { pause } from '../../lib/clock.ts'
import { anySeed, checkPositive, generatorOptions } from './options.ts'

const options = defineOptions([
  ...generatorOptions,
  {
    name: 'rate',
    type: 'integer',
    value: 'N',
    about: 'Lines a second, in real time; as fast as they are read without.',
  },
])

/** 21/Nov/2026:10:00:00 -0800: a run with a seed and without a pace is the same to the byte on every day. */
const seededStartMs = Date.UTC(2026, 10, 21, 18)
/** Time between two lines where nothing is waited for. */
const unpacedIntervalMs = 100

export const logsGenerate = defineCommand({
  examples: [
    {
      command: 'kts logs generate --count 1000000 --seed 1 > access.log',
      about: 'A million lines, the same ones every time.',
    },
  ],
  options,
  formats: ['text'],
  check: ({ values: { count, rate } }) => checkPositive({ count, rate }),
  async offline({ values, context }) {
    context.mindReader?.()
    for await (const chunk of values.rate === undefined
      ? unpaced(values, context)
      : paced(values, values.rate, context)) {
      await write(context.stdout, chunk)
      if (context.signal.aborted || context.stdout.destroyed) return
    }
  },
})

function unpaced({ count, seed }: Values<typeof options>, { clock }: Context): Iterable<Buffer> {
  const startMs = seed === undefined ? clock.now() : seededStartMs
  return weblogChunks({ seed: seed ?? anySeed(), count, startMs, intervalMs: unpacedIntervalMs })
}

function paced(
  { count, seed }: Values<typeof options>,
  rate: number,
  { clock, signal }: Context,
): AsyncIterable<Buffer> {
  return pacedWeblog(
    { seed: seed ?? anySeed(), count, intervalMs: 1000 / rate },
    () => clock.now(),
    (ms) => pause(ms, signal),
  )
}
