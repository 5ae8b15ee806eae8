import { defineOptions, type Context } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { write } from '../../lib/output/write.ts'
import { UserError } from '../../lib/errors.ts'
import { followFile } from '../../lib/weblog/follow.ts'
import { weblogPlace } from '../../lib/weblog/place.ts'
import { checkPositive, fileOptions } from './options.ts'

const options = defineOptions([
  {
    name: 'lines',
    short: 'n',
    type: 'integer',
    value: 'N',
    about: 'How many of the last lines to begin with (default 10).',
  },
  { name: 'from-beginning', about: 'Begin with the first line.' },
  { name: 'no-follow', about: 'End at the end of the log instead of waiting for more.' },
  { name: 'count', type: 'integer', value: 'N', about: 'End after so many lines.' },
  ...fileOptions,
])

export const logsTail = defineCommand({
  examples: [
    { command: 'kts logs tail | kts produce --topic retail', about: 'The log as a stream of messages.' },
    { command: 'kts logs tail --from-beginning --no-follow', about: 'All that was written so far.' },
  ],
  options,
  formats: ['text'],
  check({ values: { lines, fromBeginning, count } }) {
    if (lines !== undefined && fromBeginning) throw new UserError('--lines and --from-beginning contradict each other')
    if (lines !== undefined && lines < 0) throw new UserError(`--lines takes a number of lines, not ${lines}`)
    checkPositive({ count })
  },
  async offline({ values, context, voice }) {
    const { file } = weblogPlace(values.file, context)
    context.mindReader?.()
    const chunks = followFile(file, {
      lines: values.fromBeginning ? 'all' : (values.lines ?? 10),
      follow: !values.noFollow,
      signal: context.signal,
      onMissing: () => voice.say(`waiting for ${file}; kts logs start writes it`),
    })
    await show(chunks, values.count ?? Infinity, context)
  },
})

async function show(chunks: AsyncIterable<Buffer>, lines: number, { stdout }: Context): Promise<void> {
  let left = lines
  for await (const chunk of chunks) {
    const end = left === Infinity ? chunk.length : endOfLine(chunk, left)
    await write(stdout, chunk.subarray(0, end))
    if (left !== Infinity) left -= countLines(chunk.subarray(0, end))
    if (left <= 0) return
  }
}

/** Where the line of this number ends, or the end of the chunk. */
function endOfLine(chunk: Buffer, number: number): number {
  let end = 0
  for (let seen = 0; seen < number; seen++) {
    end = chunk.indexOf(0x0a, end) + 1
    if (end === 0) return chunk.length
  }
  return end
}

function countLines(chunk: Buffer): number {
  let lines = 0
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++
  return lines
}
