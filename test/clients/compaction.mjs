// Compacted topics: what the cleaner has rewritten, all clients still read alike.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kts, ktsClient } from './kts.mjs'
import { CODECS } from './matrix.mjs'
import { compareRecords, fromLines, toLines } from './records.mjs'

const LIMIT_S = 120
const CLEANER_LIMIT_S = 60
const ROUNDS = 30
const KEYS = Array.from({ length: 10 }, (_, i) => `key-${i}`)
const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2024, 0, 1)
/** A segment is closed an hour after its first record, and then due for compaction at once. */
const SETTINGS = ['cleanup.policy=compact', 'segment.ms=3600000', 'min.cleanable.dirty.ratio=0.01'].flatMap(
  (setting) => ['--config', setting],
)

/** Three parts, two hours apart and so in a segment each; the last stays open, and as it is. */
const PARTS = [roundsOf(0), roundsOf(1), [{ timestamp: START_MS + 4 * HOUR_MS, key: 'last', value: 'last' }]]
const RECORDS = PARTS.map((part) => part.map((record) => ({ partition: 0, headers: [['part', 'x']], ...record })))
const SURVIVORS = survivorsOf(RECORDS.flat())

export async function checkCompaction(tally, { server, folder, writers, readers }) {
  const files = RECORDS.map((records, part) => join(folder, `compacted-${part}.jsonl`))
  for (const [part, file] of files.entries()) writeFileSync(file, toLines(RECORDS[part]))
  const topics = []
  await Promise.all(
    writers.map((writer) =>
      tally.check(`${writer.name} writes to compacted topics`, async () => {
        for (const codec of CODECS) {
          const topic = `compacted-${writer.id}-${codec}`
          await kts(['topics', '-b', server, '--create', '--topic', topic, ...SETTINGS])
          topics.push(topic)
        }
        const jobs = files.flatMap((file) =>
          CODECS.flatMap((codec) => [`compacted-${writer.id}-${codec}`, codec, file]),
        )
        await writer.run(LIMIT_S, 'write', server, ...jobs)
      }),
    ),
  )
  await tally.check('the cleaner leaves the last record of each key', () => waitUntilCompacted(server, topics))
  await Promise.all(
    readers.map((reader) =>
      tally.check(`${reader.name} reads what is left in compacted topics`, async () => {
        compareAll(topics, fromLines(await reader.run(LIMIT_S, 'read', server, ...topics)))
      }),
    ),
  )
}

/** All keys many times over; the last value of one is a tombstone, and one key is this part's own. */
function roundsOf(part) {
  return Array.from({ length: ROUNDS }, (_, round) =>
    [...KEYS, `only in part ${part}`].map((key, i) => ({
      timestamp: START_MS + part * 2 * HOUR_MS + round * 100 + i,
      key,
      value: round === ROUNDS - 1 && i === 3 ? null : `part ${part}, round ${round}`,
    })),
  ).flat()
}

function survivorsOf(records) {
  const placed = records.map((record, offset) => ({ ...record, offset }))
  return placed.filter(({ key, offset }) => placed.findLast((record) => record.key === key).offset === offset)
}

async function waitUntilCompacted(server, topics) {
  for (const deadline = Date.now() + CLEANER_LIMIT_S * 1000; ; ) {
    const read = fromLines(await ktsClient.run(LIMIT_S, 'read', server, ...topics))
    try {
      return compareAll(topics, read)
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

function compareAll(topics, read) {
  for (const topic of topics) compareRecords(topic, SURVIVORS, read.get(topic) ?? [])
}
