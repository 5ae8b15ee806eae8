import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { dumpLogCommand } from '../../../src/commands/dump-log/index.ts'
import { execute } from '../../../src/dispatch.ts'
import { encodeAbortedTransaction, encodeProducerSnapshot } from '../../../src/lib/protocol/log-files/index.ts'
import { buildBatch, buildEndMarker, CODECS, readBatchHeader } from '../../../src/lib/protocol/records/index.ts'
import { createContext } from '../../support/context.ts'
import { entryOf } from '../../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-dump-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function dump(
  style: 'kts' | 'drop-in',
  ...args: string[]
): Promise<{ code: number; lines: string[]; stderr: string }> {
  const { context, stdout, stderr } = createContext({ style, program: 'kts dump-log', cwd: folder })
  const code = await execute(entryOf(dumpLogCommand), args, context)
  return { code, lines: stdout().split('\n').slice(0, -1), stderr: stderr() }
}
const write = (name: string, content: Buffer): void => writeFileSync(join(folder, name), content)

const record = (value: string | null, timestamp = 1000n, key: string | null = null) => ({
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

function at(baseOffset: bigint, batch: Buffer): Buffer {
  batch.writeBigInt64BE(baseOffset, 0)
  return batch
}

const NAME = '00000000000000000000'
/** Offsets 0 and 1, and 5: two were compacted away; and a marker at 6. */
const first = at(
  0n,
  buildBatch([
    {
      ...record('one', 1000n, 'k'),
      headers: [
        { key: 'h', value: null },
        { key: 'h', value: Buffer.from('v') },
      ],
    },
    record(null, 1005n),
  ]),
)
const second = at(
  5n,
  buildBatch([record('five', 900n)], {
    codec: CODECS.gzip,
    producerId: 7n,
    producerEpoch: 1,
    baseSequence: 0x7fff_ffff,
    isTransactional: true,
  }),
)
const marker = at(
  6n,
  buildEndMarker({ committed: true, coordinatorEpoch: 3, producerId: 7n, producerEpoch: 1, timestamp: 1010n }),
)
const segment = Buffer.concat([first, second, marker])
const crc = (batch: Buffer): number => readBatchHeader(batch).crc

beforeEach(() => write(`${NAME}.log`, segment))

describe('a folder', () => {
  it('stands for its segments under kts', async () => {
    mkdirSync(join(folder, 'retail-0'))
    for (const name of ['00000000000000000007.log', `${NAME}.log`, `${NAME}.index`]) write(`retail-0/${name}`, segment)
    const { lines, code } = await dump('kts', 'retail-0', `${NAME}.log`)
    expect(lines.filter((line) => line.startsWith('Dumping'))).toEqual([
      `Dumping retail-0/${NAME}.log`,
      'Dumping retail-0/00000000000000000007.log',
      `Dumping ${NAME}.log`,
    ])
    expect(code).toBe(0)
    expect((await dump('drop-in', '--files', 'retail-0')).stderr).toBe('Ignoring unknown file retail-0\n')
    mkdirSync(join(folder, 'empty'))
    expect((await dump('kts', 'empty')).stderr).toBe('kts dump-log: there is no .log file in the folder empty\n')
  })
})

describe('a log', () => {
  const firstLine =
    `baseOffset: 0 lastOffset: 1 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: ${readBatchHeader(first).partitionLeaderEpoch}` +
    ` isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1005 size: ${first.length} magic: 2 compresscodec: none crc: ${crc(first)} isvalid: true`

  it('is shown batch by batch', async () => {
    const { code, lines, stderr } = await dump('drop-in', '--files', `${NAME}.log`)
    expect(lines.slice(0, 3)).toEqual([`Dumping ${NAME}.log`, 'Log starting offset: 0', firstLine])
    expect(lines[3]).toMatch(
      /^baseOffset: 5 lastOffset: 5 count: 1 baseSequence: 2147483647 lastSequence: 2147483647 producerId: 7 producerEpoch: 1 .* isTransactional: true isControl: false .* compresscodec: gzip /,
    )
    expect(lines[4]).toMatch(new RegExp(` isControl: true .* position: ${first.length + second.length} `))
    expect([code, lines.length, stderr]).toEqual([0, 5, ''])
  })

  it('is shown record by record, and gaps are told', async () => {
    const { code, lines, stderr } = await dump('kts', '--files', `${NAME}.log`, '--deep-iteration')
    expect(lines.filter((line) => line.startsWith('|'))).toEqual([
      '| offset: 0 CreateTime: 1000 keySize: 1 valueSize: 3 sequence: -1 headerKeys: [h,h]',
      '| offset: 1 CreateTime: 1005 keySize: -1 valueSize: -1 sequence: -1 headerKeys: []',
      '| offset: 5 CreateTime: 900 keySize: -1 valueSize: 4 sequence: 2147483647 headerKeys: []',
      '| offset: 6 CreateTime: 1010 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: COMMIT coordinatorEpoch: 3',
    ])
    expect([code, stderr]).toEqual([
      1,
      `Non-consecutive offsets in ${join(folder, `${NAME}.log`)}\n  1 is followed by 5\n`,
    ])
  })

  it('is shown with keys and values, alone if wanted', async () => {
    const { lines } = await dump('drop-in', '--files', `${NAME}.log`, '--print-data-log')
    expect(lines[3]).toMatch(/headerKeys: \[h,h\] key: k payload: one$/)
    expect(lines[4]).toMatch(/headerKeys: \[\]$/)
    const bare = await dump('drop-in', '--files', `${NAME}.log`, '--print-data-log', '--skip-record-metadata')
    expect([bare.code, ...bare.lines.filter((line) => !line.startsWith('base'))]).toEqual([
      0,
      `Dumping ${NAME}.log`,
      'Log starting offset: 0',
      '| key: k payload: one',
      '',
      '| payload: five',
      '',
    ])
  })

  it('is shown as far as wanted, and what is left or wrong is told', async () => {
    expect(
      (await dump('drop-in', '--files', `${NAME}.log`, '--max-bytes', String(first.length + 10))).lines,
    ).toHaveLength(3)
    const damaged = Buffer.concat([segment, Buffer.from('torn')])
    damaged[first.length - 1]! ^= 1
    write(`${NAME}.log`, damaged)
    const { lines } = await dump('drop-in', '--files', `${NAME}.log`)
    expect(lines[2]).toMatch(/isvalid: false$/)
    expect(lines.at(-1)).toBe(`Found 4 invalid bytes at the end of ${NAME}.log`)
    write(`${NAME}.log`, Buffer.alloc(100))
    expect(await dump('kts', '--files', `${NAME}.log`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${NAME}.log is damaged: message format 0`),
    })
  })

  it('may be a snapshot of controllers', async () => {
    write('00000000000000000012-0000000003.checkpoint', first)
    write('bootstrap.checkpoint', first)
    expect(
      (
        await dump('drop-in', '--files', '00000000000000000012-0000000003.checkpoint,bootstrap.checkpoint')
      ).lines.filter((line) => !line.startsWith('base')),
    ).toEqual([
      'Dumping 00000000000000000012-0000000003.checkpoint',
      'Snapshot end offset: 12, epoch: 3',
      'Dumping bootstrap.checkpoint',
      'KRaft bootstrap snapshot',
    ])
  })

  it("of Kafka's own topics is decoded", async () => {
    const key = Buffer.from('0001000167000178' + '00000002', 'hex')
    const value = Buffer.from('0003' + '000000000000002a' + '00000001' + '0000' + '0000000000000007', 'hex')
    write(
      `${NAME}.log`,
      at(
        0n,
        buildBatch([
          { timestamp: 1n, key, value },
          { timestamp: 1n, key, value: null },
          { timestamp: 1n, key: Buffer.from('00630000', 'hex'), value },
          { timestamp: 1n, key: null, value },
        ]),
      ),
    )
    const { lines } = await dump('drop-in', '--files', `${NAME}.log`, '--offsets-decoder', '--skip-record-metadata')
    expect(lines.slice(3)).toEqual([
      '| key: {"type":"1","data":{"group":"g","topic":"x","partition":2}} payload: {"version":"3","data":{"offset":42,"leaderEpoch":1,"metadata":"","commitTimestamp":7}}',
      '| key: {"type":"1","data":{"group":"g","topic":"x","partition":2}} payload: <DELETE>',
      '| key: Unknown record type 99 at offset 2, skipping.',
      '| key: Error at offset 3, skipping. The record has no key.',
    ])
  })
})

it('is told in JSON, entry by entry', async () => {
  const producer = {
    producerId: 7n,
    producerEpoch: 2,
    lastSequence: 1,
    lastOffset: 9n,
    offsetDelta: 3,
    timestamp: 1000n,
    coordinatorEpoch: 4,
    currentTransactionFirstOffset: 2n ** 60n,
  }
  write(`${NAME}.snapshot`, encodeProducerSnapshot([producer]))
  write(
    `${NAME}.txnindex`,
    encodeAbortedTransaction({ producerId: 7n, firstOffset: 1n, lastOffset: 5n, lastStableOffset: 6n }),
  )
  write(`${NAME}.index`, Buffer.from('0000000500000000', 'hex'))
  write(`${NAME}.timeindex`, Buffer.alloc(0))
  write(`${NAME}.log`, Buffer.concat([first, second, marker, Buffer.from('torn')]))
  const files = ['log', 'index', 'timeindex', 'snapshot', 'txnindex'].map((suffix) => `${NAME}.${suffix}`)
  const { lines } = await dump('kts', '--json', '--files', files.join(','), '--print-data-log')
  const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(documents.map(({ type }) => type)).toEqual([
    'log',
    'batch',
    'record',
    'record',
    'batch',
    'record',
    'batch',
    'record',
    'invalid-bytes',
    'offset-index',
    'producer',
    'aborted-transaction',
  ])
  expect(documents[1]).toMatchObject({
    file: files[0],
    baseOffset: 0,
    lastOffset: 1,
    count: 2,
    compression: 'none',
    crc: crc(first),
    isValid: true,
  })
  expect(documents[2]).toEqual({
    type: 'record',
    file: files[0],
    offset: 0,
    timestampType: 'CreateTime',
    timestamp: 1000,
    keySize: 1,
    valueSize: 3,
    sequence: -1,
    headers: [
      { key: 'h', value: null },
      { key: 'h', value: 'v' },
    ],
    key: 'k',
    value: 'one',
  })
  expect(documents[7]).toMatchObject({ offset: 6, control: { type: 'COMMIT', coordinatorEpoch: 3 } })
  expect(documents.slice(8)).toEqual([
    { type: 'invalid-bytes', file: files[0], bytes: 4 },
    { type: 'offset-index', file: files[1], offset: 5, position: 0 },
    {
      type: 'producer',
      file: files[3],
      producerId: 7,
      producerEpoch: 2,
      lastSequence: 1,
      lastOffset: 9,
      offsetDelta: 3,
      timestamp: 1000,
      coordinatorEpoch: 4,
      currentTransactionFirstOffset: String(2n ** 60n),
      firstSequence: 2147483646,
    },
    { type: 'aborted-transaction', file: files[4], producerId: 7, firstOffset: 1, lastOffset: 5, lastStableOffset: 6 },
  ])
  const sane = await dump('kts', '--json', '--files', files[1]!, '--index-sanity-check')
  expect(sane.lines).toEqual([`{"type":"sound-index","file":"${NAME}.index"}`])
})

it('is shown in full where a decoder cannot read it', async () => {
  const key = Buffer.from('0001000167000178' + '00000002', 'hex')
  write(
    `${NAME}.log`,
    at(
      0n,
      buildBatch([
        { timestamp: 1n, key, value: Buffer.from('00ff', 'hex') },
        { timestamp: 1n, key: Buffer.from('00630000', 'hex'), value: null },
        { timestamp: 1n, key: null, value: Buffer.from('v') },
      ]),
    ),
  )
  const documents = (
    await dump('kts', '--json', '--files', `${NAME}.log`, '--offsets-decoder', '--skip-record-metadata')
  ).lines
    .slice(2)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(documents.map(({ key: shown, value, problem }) => [shown, value, problem])).toEqual([
    [key.toString(), { base64: 'AP8=' }, 'Found an unknown record version 255 for 1 type'],
    ['\0c\0\0', null, 'Unknown record type 99 at offset 1, skipping.'],
    [null, 'v', 'The record has no key.'],
  ])
  const metadata = (
    await dump('drop-in', '--files', `${NAME}.log`, '--cluster-metadata-decoder', '--skip-record-metadata')
  ).lines.slice(3)
  expect(metadata.map((line) => line.replace(/skipping\. .*/, 'skipping.'))).toEqual(
    [0, 1, 2].map((offset) => `| payload: Error at ${offset}, skipping.`),
  )
})

describe('indexes', () => {
  const offsetEntries = (...entries: [offset: number, position: number][]): Buffer =>
    Buffer.concat(
      entries.map(([offset, position]) => {
        const entry = Buffer.alloc(8)
        entry.writeInt32BE(offset, 0)
        entry.writeInt32BE(position, 4)
        return entry
      }),
    )
  const timeEntries = (...entries: [timestamp: bigint, offset: number][]): Buffer =>
    Buffer.concat(
      entries.map(([timestamp, offset]) => {
        const entry = Buffer.alloc(12)
        entry.writeBigInt64BE(timestamp, 0)
        entry.writeInt32BE(offset, 8)
        return entry
      }),
    )
  const path = (suffix: string): string => join(folder, `${NAME}.${suffix}`)

  it('that fit their log are shown up to the zeros behind them', async () => {
    write(`${NAME}.index`, offsetEntries([5, first.length], [6, first.length + second.length], [0, 0], [0, 0]))
    write(`${NAME}.timeindex`, timeEntries([1005n, 1], [1010n, 6], [0n, 0]))
    const { code, lines, stderr } = await dump('kts', '--files', `${NAME}.index,${NAME}.timeindex`)
    expect(lines).toEqual([
      `Dumping ${NAME}.index`,
      `offset: 5 position: ${first.length}`,
      `offset: 6 position: ${first.length + second.length}`,
      `Dumping ${NAME}.timeindex`,
      'timestamp: 1005 offset: 1',
      'timestamp: 1010 offset: 6',
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(
      (await dump('drop-in', '--files', `${NAME}.index,${NAME}.timeindex`, '--verify-index-only')).lines,
    ).toHaveLength(2)
  })

  it('that do not fit are told', async () => {
    write(`${NAME}.index`, offsetEntries([4, first.length], [9, 99_999]))
    write(`${NAME}.timeindex`, timeEntries([1006n, 1], [900n, 5], [2000n, 9]))
    const args = ['--files', `${NAME}.index,${NAME}.timeindex`, '--verify-index-only']
    const { code, stderr } = await dump('kts', ...args)
    expect(stderr).toBe(
      `Mismatches in :${path('index')}\n  Index offset: 4, log offset: 5\n  Index offset: 9, log offset: -1\n` +
        `Found timestamp mismatch in :${path('timeindex')}\n  Index timestamp: 1006, log timestamp: 1005\n` +
        `Found out of order timestamp in :${path('timeindex')}\n  Index timestamp: 900, Previously indexed timestamp: 1006\n` +
        `The following indexed offsets are not found in :${path('timeindex')}\nIndexed offset: 9, found log offset: -1\n`,
    )
    expect([code, (await dump('drop-in', ...args)).code]).toEqual([1, 0])
  })

  it('are checked as a broker checks them', async () => {
    const sanity = (name: string) => dump('drop-in', '--files', name, '--index-sanity-check')
    write(`${NAME}.index`, offsetEntries([5, 10]))
    write(`${NAME}.timeindex`, timeEntries([1n, 1], [2n, 2]))
    expect((await sanity(`${NAME}.index`)).lines[1]).toBe(`${NAME}.index passed sanity check.`)
    expect((await sanity(`${NAME}.timeindex`)).lines[1]).toBe(`${NAME}.timeindex passed sanity check.`)
    write(`${NAME}.index`, offsetEntries([-5, 10]))
    write(`${NAME}.timeindex`, timeEntries([2n, 1], [1n, 2]))
    for (const suffix of ['index', 'timeindex'])
      expect(await sanity(`${NAME}.${suffix}`)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is not sound'),
      })
    write(`${NAME}.index`, Buffer.alloc(0))
    expect((await dump('drop-in', '--files', `${NAME}.index`)).lines[1]).toBe(`${NAME}.index is empty.`)
    write(`${NAME}.timeindex`, Buffer.alloc(13))
    expect((await sanity(`${NAME}.timeindex`)).stderr).toContain('no whole number of entries')
  })
})

describe('the state of producers', () => {
  it('is shown', async () => {
    const producer = {
      producerId: 7n,
      producerEpoch: 2,
      lastSequence: 1,
      lastOffset: 9n,
      offsetDelta: 3,
      timestamp: 1000n,
      coordinatorEpoch: 4,
      currentTransactionFirstOffset: 6n,
    }
    write(
      `${NAME}.snapshot`,
      encodeProducerSnapshot([
        producer,
        { ...producer, producerId: 8n, lastOffset: -1n, currentTransactionFirstOffset: -1n },
      ]),
    )
    expect((await dump('drop-in', '--files', `${NAME}.snapshot`)).lines.slice(1)).toEqual([
      'producerId: 7 producerEpoch: 2 coordinatorEpoch: 4 currentTxnFirstOffset: OptionalLong[6] lastTimestamp: 1000 firstSequence: 2147483646 lastSequence: 1 lastOffset: 9 offsetDelta: 3 timestamp: 1000',
      'producerId: 8 producerEpoch: 2 coordinatorEpoch: 4 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1000',
    ])
    write(`${NAME}.snapshot`, Buffer.from('0001000000000000', 'hex'))
    expect(await dump('kts', '--files', `${NAME}.snapshot`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the checksum of the producer snapshot is wrong'),
    })
  })

  it('includes what was rolled back', async () => {
    write(
      `${NAME}.txnindex`,
      encodeAbortedTransaction({ producerId: 7n, firstOffset: 1n, lastOffset: 5n, lastStableOffset: 6n }),
    )
    expect((await dump('drop-in', '--files', `${NAME}.txnindex`)).lines[1]).toBe(
      'version: 0 producerId: 7 firstOffset: 1 lastOffset: 5 lastStableOffset: 6',
    )
  })
})

it('passes over what it does not know, and names what it cannot read', async () => {
  expect(await dump('kts', '--files', 'leader-epoch-checkpoint')).toMatchObject({
    code: 0,
    stderr: 'Ignoring unknown file leader-epoch-checkpoint\n',
  })
  expect(await dump('kts', '--files', '00000000000000000099.log')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('00000000000000000099.log cannot be read: there is no such file'),
  })
  expect(await dump('kts', '--files', 'mine.log')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('mine.log is not named like a segment'),
  })
})

it.each([
  [[], '--files is missing'],
  [['--files', 'a.log', '--offsets-decoder', '--transaction-log-decoder'], 'exclude each other'],
  [['--files', 'a.log', '--cluster-metadata-decoder', '--share-group-state-decoder'], 'exclude each other'],
  [['--files', 'a.log', '--value-decoder-class', 'com.example.Mine'], 'com.example.Mine is a Java class'],
])('refuses %j', async (args, message) => {
  expect(await dump('kts', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})
