// Apache's DumpLogSegments reads every file that the broker has left, down to the last record.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchJars } from '../kafka/jars.mjs'
import { startToolServer } from '../kafka/launch-in-jvm.mjs'

/** Where compaction leaves gaps, and the dump says so. */
const COMPACTED = /\/(compacted-|chaos-keyed-|__consumer_offsets-|__transaction_state-)/
const COMPLAINT = /isvalid: false|mismatch|invalid|corrupt|error|exception|could not|not found|out of order/i
const AT_A_TIME = 100

/** What to dump in a log's folder: the files by their ending, and how. */
const DUMPS = [
  { ending: '.log', options: ['--deep-iteration'] },
  { ending: '.index', options: ['--index-sanity-check'] },
  { ending: '.index', options: ['--verify-index-only'] },
  { ending: '.timeindex', options: ['--verify-index-only'] },
  { ending: '.txnindex', options: [] },
  { ending: '.snapshot', options: [] },
]

export async function checkSegments(tally, dataDir) {
  const files = readdirSync(dataDir, { recursive: true }).map((file) => join(dataDir, file))
  let tools
  await tally.check('DumpLogSegments can be run', async () => {
    tools = await startToolServer(await fetchJars('4.3.0'))
  })
  if (!tools) return
  try {
    for (const { ending, options } of DUMPS) {
      const due = files.filter((file) => file.endsWith(ending)).sort()
      await tally.check(
        `${['DumpLogSegments', ...options].join(' ')} has nothing to say against ${due.length} files *${ending}`,
        () => dump(tools, due, options),
      )
    }
  } finally {
    await tools.stop()
  }
}

async function dump({ start }, files, options) {
  if (files.length === 0) throw new Error('there is no such file')
  for (let at = 0; at < files.length; at += AT_A_TIME) {
    const { code, stdout, stderr } = await start([
      'kafka-dump-log',
      ...options,
      '--files',
      files.slice(at, at + AT_A_TIME).join(','),
    ]).done
    const complaint = [...complaintsOf(stdout), ...complaintsOf(stderr)][0]
    if (code !== 0 || complaint) throw new Error(`exit code ${code}: ${complaint ?? stderr.slice(0, 300)}`)
  }
}

/**
 * The names of the files say nothing. The tool misses an offset before the first of each segment, on Apache's own
 * brokers as well.
 */
function complaintsOf(output) {
  let isCompacted = false
  return output.split('\n').filter((line) => {
    if (line.startsWith('Non-consecutive offsets in ')) isCompacted = COMPACTED.test(line)
    const [, before] = /^ *(-?\d+) is followed by \d+$/.exec(line) ?? []
    if (before !== undefined) return before !== '-1' && !isCompacted
    return COMPLAINT.test(line.replace(/\/\S+/g, ''))
  })
}
