import { describe, expect, it } from 'vitest'
import { type LogConfig, RecordValidationError } from '../../../../src/lib/broker/log/index.ts'
import {
  AT,
  ATTRIBUTES,
  type BatchOptions,
  CODECS,
  crc32c,
  isCrcValid,
  readBatchHeader,
} from '../../../../src/lib/protocol/records/index.ts'
import { ALL, Bench, CLIENT, codeOf, readAll, recordsIn, valuesOf } from './support.ts'

/** Changes a batch and makes its checksum right again. */
function forged(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch)
  batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc)
  return batch
}

describe('a batch that is appended', () => {
  it('gets the next offsets and the leader epoch; everything else stays as it came', () => {
    const bench = new Bench()
    bench.append('a', 'b')
    const batch = bench.batch(['c', 'd', 'e'])
    const before = Buffer.from(batch)
    const result = bench.log.append(batch, { leaderEpoch: 3, origin: 'client' })
    expect(result).toEqual({ baseOffset: 2n, logAppendTimeMs: -1n, logStartOffset: 0n, duplicate: false })
    const read = bench.log.read(2n, ALL)
    expect(readBatchHeader(read)).toMatchObject({ baseOffset: 2n, lastOffset: 4n, partitionLeaderEpoch: 3 })
    expect(read.subarray(AT.magic).equals(before.subarray(AT.magic))).toBe(true)
    expect([bench.log.logEndOffset, bench.log.sizeInBytes, valuesOf(bench.log)]).toEqual([
      5n,
      readAll(bench.log).length,
      ['a', 'b', 'c', 'd', 'e'],
    ])
  })

  it('is trimmed to what is whole of it', () => {
    const bench = new Bench()
    const batch = bench.batch(['a'])
    bench.log.append(Buffer.concat([batch, batch.subarray(0, 40)]), CLIENT)
    expect([valuesOf(bench.log), bench.log.sizeInBytes]).toEqual([['a'], batch.length])
  })

  it('comes alone, from a coordinator too', () => {
    const bench = new Bench()
    const batches = Buffer.concat([bench.batch(['a', 'b']), bench.batch(['c'])])
    expect(codeOf(() => bench.log.append(batches, { leaderEpoch: 0, origin: 'coordinator' }))).toBe('INVALID_RECORD')
    expect(bench.log.logEndOffset).toBe(0n)
  })

  it('may hold control records when a coordinator writes it', () => {
    const bench = new Bench()
    const marker = bench.batch([{ key: Buffer.from([0, 0, 0, 1]), value: Buffer.alloc(6) }], {
      isControl: true,
      isTransactional: true,
      producerId: 7n,
      producerEpoch: 0,
    })
    bench.log.append(marker, { leaderEpoch: 0, origin: 'coordinator' })
    expect([bench.log.logEndOffset, bench.log.activeProducers()]).toMatchObject([
      1n,
      [{ producerId: 7n, lastSequence: -1, currentTransactionStartOffset: -1n }],
    ])
  })
})

describe('a batch that is refused', () => {
  const refusals: [string, string, Partial<LogConfig>, (bench: Bench) => Buffer][] = [
    ['nothing at all', 'INVALID_RECORD', {}, () => Buffer.alloc(0)],
    ['less than a batch', 'INVALID_RECORD', {}, (bench) => bench.batch(['a']).subarray(0, 65)],
    ['two batches', 'INVALID_RECORD', {}, (bench) => Buffer.concat([bench.batch(['a']), bench.batch(['b'])])],
    [
      'a flipped bit',
      'CORRUPT_MESSAGE',
      {},
      (bench) => changed(bench.batch(['a']), (batch) => batch.writeUInt8(batch[65]! ^ 1, 65)),
    ],
    [
      'an impossible length',
      'CORRUPT_MESSAGE',
      {},
      (bench) => changed(bench.batch(['a']), (batch) => batch.writeInt32BE(10, AT.batchLength)),
    ],
    [
      'message format 1',
      'INVALID_RECORD',
      {},
      (bench) => changed(bench.batch(['a']), (batch) => batch.writeInt8(1, AT.magic)),
    ],
    [
      'message format 3',
      'CORRUPT_MESSAGE',
      {},
      (bench) => changed(bench.batch(['a']), (batch) => batch.writeInt8(3, AT.magic)),
    ],
    ['a base offset', 'INVALID_RECORD', {}, (bench) => bench.batch(['a'], { baseOffset: 5n })],
    ['too many bytes', 'MESSAGE_TOO_LARGE', { maxMessageBytes: 100 }, (bench) => bench.batch(['a'.repeat(100)])],
    [
      'more bytes than a segment',
      'RECORD_LIST_TOO_LARGE',
      { segmentBytes: 100 },
      (bench) => bench.batch(['a'.repeat(100)]),
    ],
    ['control records of a client', 'INVALID_RECORD', {}, (bench) => bench.batch(['a'], { isControl: true })],
    ['a transaction of nobody', 'INVALID_RECORD', {}, (bench) => bench.batch(['a'], { isTransactional: true })],
    [
      'a producer without a sequence',
      'INVALID_RECORD',
      {},
      (bench) => bench.batch(['a'], { producerId: 1n, producerEpoch: 0 }),
    ],
    [
      'an unknown codec',
      'UNSUPPORTED_COMPRESSION_TYPE',
      {},
      (bench) => forged(bench.batch(['a']), (batch) => batch.writeInt16BE(5, AT.attributes)),
    ],
    [
      'one record too many',
      'INVALID_RECORD',
      {},
      (bench) =>
        forged(bench.batch(['a', 'b']), (batch) => {
          batch.writeInt32BE(1, AT.recordsCount)
          batch.writeInt32BE(0, AT.lastOffsetDelta)
        }),
    ],
    [
      'one record too few',
      'INVALID_RECORD',
      {},
      (bench) =>
        forged(bench.batch(['a', 'b']), (batch) => {
          batch.writeInt32BE(3, AT.recordsCount)
          batch.writeInt32BE(2, AT.lastOffsetDelta)
        }),
    ],
    [
      'a count that is not its offsets',
      'INVALID_RECORD',
      {},
      (bench) => forged(bench.batch(['a', 'b']), (batch) => batch.writeInt32BE(5, AT.lastOffsetDelta)),
    ],
    [
      'no records',
      'INVALID_RECORD',
      {},
      (bench) => forged(bench.batch(['a']), (batch) => batch.writeInt32BE(0, AT.recordsCount)),
    ],
    [
      'an offset delta out of order',
      'INVALID_RECORD',
      {},
      (bench) => forged(bench.batch(['a']), (batch) => batch.writeUInt8(2, AT.records + 3)),
    ],
    [
      'bytes that are not compressed',
      'INVALID_RECORD',
      {},
      (bench) => forged(bench.batch(['a']), (batch) => batch.writeInt16BE(CODECS.gzip, AT.attributes)),
    ],
    [
      'a time that only brokers stamp',
      'INVALID_TIMESTAMP',
      {},
      (bench) => forged(bench.batch(['a']), (batch) => batch.writeInt16BE(ATTRIBUTES.LOG_APPEND_TIME, AT.attributes)),
    ],
    [
      'a record without key for a compacted topic',
      'INVALID_RECORD',
      { cleanupPolicy: new Set(['compact']) },
      (bench) => bench.batch(['a']),
    ],
    [
      'a record of long ago',
      'INVALID_TIMESTAMP',
      { messageTimestampBeforeMaxMs: 1000 },
      (bench) => bench.batch([{ timestamp: BigInt(bench.clock.now() - 1001) }]),
    ],
    [
      'a record of tomorrow',
      'INVALID_TIMESTAMP',
      { messageTimestampAfterMaxMs: 1000 },
      (bench) => bench.batch([{ timestamp: BigInt(bench.clock.now() + 1001) }]),
    ],
  ]

  it.each(refusals)('because of %s: %s', (_, code, config, make) => {
    const bench = new Bench(config)
    expect(codeOf(() => bench.log.append(make(bench), CLIENT))).toBe(code)
    expect([bench.log.logEndOffset, bench.log.sizeInBytes, bench.log.latestEpoch()]).toEqual([0n, 0, -1])
  })

  it('names the records at fault', () => {
    const bench = new Bench({ cleanupPolicy: new Set(['compact']), messageTimestampAfterMaxMs: 10 })
    const key = Buffer.from('k')
    const late = BigInt(bench.clock.now() + 11)
    const append = (records: Parameters<Bench['batch']>[0]): RecordValidationError => {
      try {
        bench.log.append(bench.batch(records, { codec: CODECS.gzip }), CLIENT)
      } catch (error) {
        if (error instanceof RecordValidationError) return error
      }
      throw new Error('not refused')
    }
    const keyless = append([{ key }, {}, { key }, {}])
    expect([keyless.code, keyless.recordErrors.map(({ batchIndex }) => batchIndex)]).toEqual(['INVALID_RECORD', [1, 3]])
    expect(keyless.recordErrors[0]?.message).toBe('retail-0 is compacted: a record needs a key')
    const mixed = append([{ key }, { key, timestamp: late }, {}])
    expect([mixed.code, mixed.recordErrors.map(({ batchIndex }) => batchIndex)]).toEqual(['INVALID_TIMESTAMP', [1, 2]])
  })
})

function changed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch)
  return batch
}

describe('time', () => {
  it('within the limits is taken, and so is none', () => {
    const bench = new Bench({ messageTimestampBeforeMaxMs: 1000, messageTimestampAfterMaxMs: 1000 })
    const now = BigInt(bench.clock.now())
    bench.append({ timestamp: now - 1000n }, { timestamp: now + 1000n })
    bench.append({ timestamp: -1n })
    expect(recordsIn(readAll(bench.log)).map(({ timestamp }) => timestamp)).toEqual([now - 1000n, now + 1000n, -1n])
  })

  it('is stamped on with LogAppendTime, whatever the records say and however they are compressed', () => {
    const bench = new Bench({ messageTimestampType: 'LogAppendTime', messageTimestampBeforeMaxMs: 1 })
    const now = BigInt(bench.clock.now())
    for (const codec of Object.values(CODECS)) {
      const result = bench.log.append(bench.batch([{ timestamp: 5n }, { timestamp: 7n }], { codec }), CLIENT)
      const read = bench.log.read(result.baseOffset, ALL)
      const header = readBatchHeader(read)
      expect(header).toMatchObject({ codec, isLogAppendTime: true, baseTimestamp: 5n, maxTimestamp: now })
      expect([
        result.logAppendTimeMs,
        isCrcValid(read, 0, header),
        recordsIn(read).map(({ timestamp }) => timestamp),
      ]).toEqual([now, true, [now, now]])
    }
  })

  it('in the header is made that of the latest record, when it was not', () => {
    const bench = new Bench()
    const batch = forged(bench.batch([{ timestamp: 10n }, { timestamp: 30n }, { timestamp: 20n }]), (bytes) =>
      bytes.writeBigInt64BE(99n, AT.maxTimestamp),
    )
    bench.log.append(batch, CLIENT)
    const read = readAll(bench.log)
    expect([readBatchHeader(read).maxTimestamp, isCrcValid(read, 0, readBatchHeader(read))]).toEqual([30n, true])
  })
})

describe('compression.type', () => {
  const values = ['x'.repeat(300), 'y', 'z'.repeat(300)]

  it('producer keeps what came', () => {
    const bench = new Bench()
    for (const codec of Object.values(CODECS)) bench.log.append(bench.batch(values, { codec }), CLIENT)
    expect(codecsOf(bench)).toEqual([0, 1, 2, 3, 4])
  })

  it.each([
    ['uncompressed', 0],
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
  ] as const)('%s rewrites the rest', (compressionType, id) => {
    const bench = new Bench({ compressionType })
    const options: BatchOptions = { producerId: 9n, producerEpoch: 1 }
    for (const codec of Object.values(CODECS))
      bench.log.append(bench.batch(values, { ...options, codec, baseSequence: codec * 3 }), CLIENT)
    expect(codecsOf(bench)).toEqual([id, id, id, id, id])
    expect(valuesOf(bench.log)).toEqual(Array.from({ length: 5 }, () => values).flat())
    const read = readAll(bench.log)
    expect(readBatchHeader(read)).toMatchObject({ producerId: 9n, producerEpoch: 1, baseSequence: 0, recordsCount: 3 })
    expect(isCrcValid(read, 0, readBatchHeader(read))).toBe(true)
  })

  it('can make a batch too large', () => {
    const bench = new Bench({ compressionType: 'uncompressed', maxMessageBytes: 200 })
    expect(codeOf(() => bench.log.append(bench.batch(values, { codec: CODECS.gzip }), CLIENT))).toBe(
      'MESSAGE_TOO_LARGE',
    )
    expect(bench.log.logEndOffset).toBe(0n)
  })

  function codecsOf(bench: Bench): number[] {
    const codecs: number[] = []
    for (let offset = 0n; offset < bench.log.logEndOffset; offset += 3n) {
      codecs.push(readBatchHeader(bench.log.read(offset, { ...ALL, maxBytes: 1 })).codec)
    }
    return codecs
  }
})
