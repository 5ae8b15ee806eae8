import { describe, expect, it } from 'vitest'
import {
  CODECS,
  RecordReader,
  batches,
  buildBatch,
  decompress,
  isCrcValid,
  readBatchHeader,
  type CodecName,
} from '../../../../src/lib/protocol/records/index.ts'
import { BATCHES_LOG, CODEC_LOGS, TRANSACTION_LOG } from './golden-logs.ts'
import { recordsOf, textsOf } from './read-all.ts'

const CODEC_NAMES = Object.keys(CODECS) as CodecName[]
const HEADERS = [
  ['a', '1'],
  ['a', '2'],
  ['n', null],
]

describe.each(CODEC_NAMES)('a log that was written with %s', (codec) => {
  it('by Java', () => {
    const log = Buffer.from(CODEC_LOGS.java[codec], 'base64')
    expect([...batches(log)].map(({ header }) => header.codec)).toEqual([CODECS[codec]])
    expect(textsOf(log)).toEqual([
      { key: 'k1', value: 'value one', headers: HEADERS },
      { key: null, value: 'plain plain plain plain plain', headers: [] },
      { key: 'key2', value: null, headers: [['x', 'é']] },
    ])
  })

  it('by librdkafka', () => {
    expect(textsOf(Buffer.from(CODEC_LOGS.librdkafka[codec], 'base64'))).toEqual([
      { key: 'k1', value: 'value one', headers: HEADERS },
      { key: null, value: 'plain plain plain plain plain', headers: HEADERS },
      { key: 'key2', value: null, headers: HEADERS },
    ])
  })

  it('has the right checksum, and the wrong one after any change behind it', () => {
    const log = Buffer.from(CODEC_LOGS.java[codec], 'base64')
    expect(isCrcValid(log, 0, readBatchHeader(log))).toBe(true)
    for (let at = 17; at < log.length; at += 1) {
      const damaged = Buffer.from(log)
      damaged[at]! ^= 0x40
      expect(isCrcValid(damaged, 0, readBatchHeader(damaged))).toBe(false)
    }
  })
})

describe('the header of a batch', () => {
  it('as an idempotent librdkafka wrote it', () => {
    const log = Buffer.from(BATCHES_LOG, 'base64')
    const headers = [...batches(log)].map(({ header, at }) => ({ at, ...header }))
    expect(headers).toMatchObject([
      {
        at: 0,
        baseOffset: 0n,
        lastOffset: 1n,
        recordsCount: 2,
        sizeInBytes: 81,
        producerId: 19n,
        producerEpoch: 0,
        baseSequence: 0,
      },
      {
        at: 81,
        baseOffset: 2n,
        lastOffset: 3n,
        recordsCount: 2,
        sizeInBytes: 84,
        producerId: 19n,
        producerEpoch: 0,
        baseSequence: 2,
      },
      {
        at: 165,
        baseOffset: 4n,
        lastOffset: 4n,
        recordsCount: 1,
        sizeInBytes: 72,
        producerId: 19n,
        producerEpoch: 0,
        baseSequence: 4,
      },
    ])
    expect(recordsOf(log).map(({ value }) => String(value))).toEqual(['one', 'two', 'three', 'four', 'five'])
  })

  it('of a transaction and its marker', () => {
    const log = Buffer.from(TRANSACTION_LOG, 'base64')
    expect([...batches(log)].map(({ header }) => header)).toMatchObject([
      { isTransactional: true, isControl: false, recordsCount: 3 },
      { isTransactional: true, isControl: true, recordsCount: 1, baseSequence: -1 },
    ])
  })
})

describe('the builder writes the very bytes', () => {
  const rebuild = (log: Buffer, at: number): Buffer => {
    const header = readBatchHeader(log, at)
    const reader = new RecordReader()
    reader.open(log, at, header)
    const records = recordsOf(log.subarray(at, at + header.sizeInBytes)).map(({ timestamp, key, value, headers }) => ({
      timestamp,
      key,
      value,
      headers,
    }))
    return buildBatch(records, header)
  }

  it.each([
    ['Java', CODEC_LOGS.java.none],
    ['librdkafka', CODEC_LOGS.librdkafka.none],
    ['a transaction', TRANSACTION_LOG],
    ['three batches', BATCHES_LOG],
  ])('of %s', (_, base64) => {
    const log = Buffer.from(base64, 'base64')
    const rebuilt = Buffer.concat([...batches(log)].map(({ at }) => rebuild(log, at)))
    expect(rebuilt.toString('hex')).toBe(log.toString('hex'))
  })

  it('of xerial framing as far as it is ours: magic, versions, one block', () => {
    const java = Buffer.from(CODEC_LOGS.java.snappy, 'base64').subarray(61)
    const ours = rebuild(Buffer.from(CODEC_LOGS.java.snappy, 'base64'), 0).subarray(61)
    expect(ours.subarray(0, 16)).toEqual(java.subarray(0, 16))
    expect(ours.readInt32BE(16)).toBe(ours.length - 20)
    expect(decompress(CODECS.snappy, ours)).toEqual(decompress(CODECS.snappy, java))
  })
})
