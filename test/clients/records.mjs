// The records that travel between the clients: as JSON documents, one a line, with offsets once they have been read.

const LONG = 'the quick brown fox jumps over the lazy dog, '.repeat(400)
const KEYS = [null, 'key', 'ключ', '', '鍵🔑']
const VALUES = ['text', null, '', 'üñï😀', LONG, '{"json": [1, 2]}', ' \t ']
const HEADERS = [
  [],
  [
    ['a', '1'],
    ['a', '2'],
    ['ü', 'ß'],
  ],
  [['empty', '']],
]
const START_MS = Date.UTC(2024, 0, 1)

/**
 * Every kind of key beside every kind of value and headers, in turn in the partitions; not all clients send a record
 * without key and value.
 */
export function makeRecords({ count = 105, partitions = 2 } = {}) {
  return Array.from({ length: count }, (_, i) => ({
    partition: i % partitions,
    timestamp: START_MS + i * 1000,
    key: KEYS[i % KEYS.length],
    value: VALUES[i % VALUES.length] ?? (KEYS[i % KEYS.length] === null ? 'no key' : null),
    headers: HEADERS[i % HEADERS.length],
  }))
}

export const toLines = (records) => records.map((record) => `${JSON.stringify(record)}\n`).join('')

/** What the lines say, by topic; within a topic by partition and offset. */
export function fromLines(text) {
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const topics = new Map()
  for (const { topic, ...record } of records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)) {
    topics.set(topic, [...(topics.get(topic) ?? []), record])
  }
  return topics
}

/** Throws at the first record that differs. */
export function compareRecords(what, wanted, got) {
  for (let i = 0; i < Math.max(wanted.length, got.length); i += 1) {
    const [ours, theirs] = [wanted[i], got[i]].map(canonical)
    if (ours !== theirs)
      throw new Error(`${what}: record ${i} of ${got.length} is ${shorten(theirs)}, not ${shorten(ours)}`)
  }
}

const canonical = (record) => record && JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
const shorten = (text = 'missing') => (text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text)
