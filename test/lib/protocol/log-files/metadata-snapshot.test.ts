import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { decodeMetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import {
  parseSnapshotName,
  readSnapshot,
  snapshotBatches,
  snapshotName,
} from '../../../../src/lib/protocol/log-files/index.ts'
import { batches } from '../../../../src/lib/protocol/records/index.ts'
import { batchesOf, BOOTSTRAP, FIRST_SNAPSHOT, golden, LATER_SNAPSHOT } from '../golden.ts'

/** Batches of a file without what the clock says: checksum, base and maximum timestamp. */
const timeless = (file: Buffer): string[] =>
  batchesOf(file).map(({ bytes }) =>
    Buffer.concat([bytes.subarray(0, 17), bytes.subarray(21, 27), bytes.subarray(43)]).toString('hex'),
  )

const OPTIONS = { epoch: 1, timestamp: 9n, lastContainedLogTimestamp: 8n }
const build = (values: readonly Buffer[], options = {}): Buffer =>
  Buffer.concat([...snapshotBatches({ ...OPTIONS, ...options }, values)])

describe('a snapshot of the metadata log', () => {
  it.each([BOOTSTRAP, FIRST_SNAPSHOT, LATER_SNAPSHOT])('is read and written as Kafka has it: %s', (name) => {
    const file = golden(name)
    const { values, ...preamble } = readSnapshot(file)
    const { epoch } = parseSnapshotName(name) ?? { epoch: 0 }
    expect(timeless(build(values, { ...preamble, epoch }))).toEqual(timeless(file))
  })

  it('tells the voters where they are not in the configuration', () => {
    expect(readSnapshot(golden(BOOTSTRAP))).toMatchObject({
      lastContainedLogTimestamp: 0n,
      kraftVersion: 0,
      voters: null,
    })
    expect(readSnapshot(golden(FIRST_SNAPSHOT))).toMatchObject({
      kraftVersion: 1,
      voters: [{ voterId: 1, endpoints: [{ name: 'CONTROLLER', port: 29193 }] }],
      values: [],
    })
  })

  it('holds the features of a new cluster', () => {
    expect(readSnapshot(golden(BOOTSTRAP)).values.map(decodeMetadataRecord)).toMatchObject([
      { type: 'FEATURE_LEVEL_RECORD', name: 'metadata.version', featureLevel: 30 },
      { name: 'eligible.leader.replicas.version', featureLevel: 1 },
      { name: 'group.version', featureLevel: 1 },
      { name: 'share.version', featureLevel: 1 },
      { name: 'streams.version', featureLevel: 1 },
      { name: 'transaction.version', featureLevel: 2 },
    ])
  })

  it('has many records in batches that bear their number, and their size', () => {
    const values = Array.from({ length: 2500 }, (_, index) => Buffer.from(`${index}`))
    const file = build(values)
    expect([...batches(file)].map(({ header }) => [header.baseOffset, header.recordsCount])).toEqual([
      [0n, 1],
      [1n, 1024],
      [1025n, 1024],
      [2049n, 452],
      [2501n, 1],
    ])
    expect(readSnapshot(file).values).toEqual(values)
    const large = Buffer.alloc(5 * 1024 * 1024)
    expect([...batches(build([large, large]))]).toHaveLength(4)
  })

  it('is refused when it is damaged, or not whole', () => {
    const file = golden(LATER_SNAPSHOT)
    const whole = batchesOf(file).map(({ bytes }) => bytes)
    const [header, records, footer] = whole as [Buffer, Buffer, Buffer]
    const refused = (bytes: Buffer, message: string): void =>
      expect(() => readSnapshot(bytes)).toThrow(new MalformedError(message))
    refused(Buffer.alloc(0), 'a snapshot without an end')
    refused(file.subarray(0, -1), 'a snapshot without an end')
    refused(Buffer.concat([header, records]), 'a snapshot without an end')
    refused(Buffer.concat([records, footer]), 'a snapshot without a header')
    refused(Buffer.concat([file, records]), 'a snapshot that goes on past its footer')
    const damaged = Buffer.from(file)
    damaged[header.length + 100]! ^= 1
    refused(damaged, `the checksum of the batch at ${header.length} is wrong`)
  })

  it('has its place in the log in its name', () => {
    const id = { endOffset: 34n, epoch: 1 }
    expect(snapshotName(id)).toBe(LATER_SNAPSHOT)
    expect(parseSnapshotName(LATER_SNAPSHOT)).toEqual(id)
    for (const other of [BOOTSTRAP, `${LATER_SNAPSHOT}.part`, `${LATER_SNAPSHOT}.deleted`, '34-1.checkpoint'])
      expect(parseSnapshotName(other)).toBeNull()
  })
})
