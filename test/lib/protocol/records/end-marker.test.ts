import { describe, expect, test } from 'vitest'
import {
  batches,
  buildBatch,
  buildEndMarker,
  readBatchHeader,
  readEndMarker,
} from '../../../../src/lib/protocol/records/index.ts'
import { TRANSACTION_LOG } from './golden-logs.ts'

/**
 * Markers as Apache Kafka 4.3 wrote them; a log's offset and leader epoch stand in front of what the checksum covers.
 */
const COMMIT =
  '000000000000000000000042ffffffff029cc43350003000000000000001a1fea832de000001a1fea832de00000000000000110001' +
  'ffffffff0000000120000000080000' +
  '00010c00000000000000'
const ABORT =
  '000000000000000000000042ffffffff02de35d2f9003000000000000001a1fea832f6000001a1fea832f600000000000000110002' +
  'ffffffff0000000120000000080000' +
  '00000c00000000000000'

describe.each([
  ['commit', COMMIT, { committed: true, producerEpoch: 1, timestamp: 0x1a1fea832den }],
  ['abort', ABORT, { committed: false, producerEpoch: 2, timestamp: 0x1a1fea832f6n }],
])('the marker of a %s', (_, hex, { committed, producerEpoch, timestamp }) => {
  test('is written to the byte', () => {
    expect(
      buildEndMarker({ committed, coordinatorEpoch: 0, producerId: 17n, producerEpoch, timestamp }).toString('hex'),
    ).toBe(hex)
  })

  test('is read', () => {
    const batch = Buffer.from(hex, 'hex')
    expect(readEndMarker(batch, 0, readBatchHeader(batch))).toEqual({ committed, coordinatorEpoch: 0 })
  })
})

test('the marker behind the records of a transaction is found, and tells its coordinator', () => {
  const log = Buffer.from(TRANSACTION_LOG, 'base64')
  expect([...batches(log)].map(({ header, at }) => readEndMarker(log, at, header))).toEqual([
    null,
    { committed: true, coordinatorEpoch: 0 },
  ])
  const marker = buildEndMarker({
    committed: false,
    coordinatorEpoch: 7,
    producerId: 1n,
    producerEpoch: 0,
    timestamp: 5n,
  })
  expect(readEndMarker(marker, 0, readBatchHeader(marker))).toEqual({ committed: false, coordinatorEpoch: 7 })
})

test('other control records end no transaction', () => {
  const leaderChange = buildBatch([{ timestamp: 0n, key: Buffer.from('00000002', 'hex'), value: Buffer.alloc(6) }], {
    isControl: true,
  })
  expect(readEndMarker(leaderChange, 0, readBatchHeader(leaderChange))).toBeNull()
})
