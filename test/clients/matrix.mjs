// What each client writes with each codec, all others read alike: every byte, timestamp and offset.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kts } from './kts.mjs'
import { compareRecords, fromLines, makeRecords, toLines } from './records.mjs'

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const LIMIT_S = 120

export async function checkMatrix(tally, { server, folder, writers, readers }) {
  const file = join(folder, 'records.jsonl')
  const records = makeRecords()
  writeFileSync(file, toLines(records))
  const written = []
  await Promise.all(
    writers.map((writer) =>
      tally.check(`${writer.name} writes with every codec`, async () => {
        const topics = CODECS.map((codec) => ({ topic: `matrix-${writer.id}-${codec}`, codec }))
        for (const { topic } of topics)
          await kts(['topics', '-b', server, '--create', '--topic', topic, '--partitions', '2'])
        await writer.run(LIMIT_S, 'write', server, ...topics.flatMap(({ topic, codec }) => [topic, codec, file]))
        written.push(...topics.map(({ topic }) => ({ topic, writer })))
      }),
    ),
  )
  const wanted = withOffsets(records)
  await Promise.all(
    readers.map((reader) =>
      tally.check(`${reader.name} reads what all have written`, async () => {
        const topics = fromLines(await reader.run(LIMIT_S, 'read', server, ...written.map(({ topic }) => topic)))
        for (const { topic, writer } of written) {
          const got = topics.get(topic) ?? []
          if (writer.placesRecords === false) compareRecords(topic, sortedContents(records), sortedContents(got))
          else compareRecords(topic, wanted, got)
        }
      }),
    ),
  )
}

/** As they stand in the log, partition by partition. */
function withOffsets(records) {
  const next = new Map()
  const placed = records.map((record) => {
    const offset = next.get(record.partition) ?? 0
    next.set(record.partition, offset + 1)
    return { ...record, offset }
  })
  return placed.sort((a, b) => a.partition - b.partition)
}

/** Keys, values and headers, for a client that leaves the rest to the broker. */
function sortedContents(records) {
  return records
    .map(({ key, value, headers }) => ({ key, value, headers }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
