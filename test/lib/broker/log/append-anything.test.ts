import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KafkaError } from '../../../../src/lib/errors.ts'
import {
  AT,
  BATCH_OVERHEAD,
  CODECS,
  LOG_OVERHEAD,
  buildBatch,
  crc32c,
} from '../../../../src/lib/protocol/records/index.ts'
import { recordArbitrary } from '../../protocol/records/arbitraries.ts'
import { Bench, CLIENT, readAll, recordsIn } from './support.ts'

const damage = fc.array(
  fc.tuple(fc.oneof(fc.nat(BATCH_OVERHEAD), fc.nat()), fc.constantFrom(0, 1, 2, 0x10, 0x7f, 0x80, 0xff)),
  { maxLength: 4 },
)
const producer = fc.record({
  producerId: fc.constantFrom(-1n, 1n),
  producerEpoch: fc.constantFrom(-1, 0),
  baseSequence: fc.constantFrom(-1, 0, 1),
  isTransactional: fc.boolean(),
})

/** A batch that is whole and mostly has a right checksum, whatever else is wrong with it. */
const spoilt = fc
  .tuple(
    fc.array(recordArbitrary, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...Object.values(CODECS)),
    producer,
    damage,
    fc.nat(9),
  )
  .map(([records, codec, options, changes, digit]) => {
    const batch = Buffer.from(buildBatch(records, { codec, ...options }))
    for (const [at, byte] of changes) batch[at % batch.length] = byte
    batch.writeInt8(2, AT.magic)
    batch.writeInt32BE(batch.length - LOG_OVERHEAD, AT.batchLength)
    batch.writeUInt32BE((crc32c(batch, AT.attributes) ^ (digit === 0 ? 1 : 0)) >>> 0, AT.crc)
    return batch
  })
const anything = fc.oneof(
  { weight: 5, arbitrary: spoilt },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes)) },
)

test('whatever clients write is refused with an error of Kafka, or is there and can be read, also after a crash', () => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 12 }), (writes) => {
      const bench = new Bench()
      for (const records of writes) {
        try {
          bench.log.append(records, CLIENT)
          outcomes.add('accepted')
        } catch (error) {
          expect(error).toBeInstanceOf(KafkaError)
          outcomes.add((error as KafkaError).code)
        }
      }
      const before = readAll(bench.log)
      expect(recordsIn(before).map(({ offset }) => offset)).toEqual(
        Array.from({ length: Number(bench.log.logEndOffset) }, (_, offset) => BigInt(offset)),
      )
      bench.open()
      expect(readAll(bench.log).equals(before)).toBe(true)
    }),
    { numRuns: 120 },
  )
  for (const each of ['accepted', 'INVALID_RECORD', 'CORRUPT_MESSAGE']) expect(outcomes).toContain(each)
})
