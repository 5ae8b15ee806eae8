import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { buildControlBatch, readControlRecords } from '../../../../src/lib/protocol/internal-records/index.ts'
import { buildBatch, readBatchHeader } from '../../../../src/lib/protocol/records/index.ts'
import { batchesOf, BOOTSTRAP, FIRST_SNAPSHOT, golden, LATER_SNAPSHOT, LOG } from '../golden.ts'

const read = (batch: Buffer) => readControlRecords(batch, 0, readBatchHeader(batch))

describe('control records', () => {
  it.each([LOG, BOOTSTRAP, FIRST_SNAPSHOT, LATER_SNAPSHOT])('of %s are read, and written as Kafka has them', (file) => {
    const control = batchesOf(golden(file)).filter(({ header }) => header.isControl)
    expect(control.length).toBeGreaterThan(0)
    for (const { header, bytes } of control) {
      const { baseOffset, partitionLeaderEpoch, maxTimestamp: timestamp } = header
      expect(buildControlBatch(read(bytes), { timestamp, baseOffset, partitionLeaderEpoch })).toEqual(bytes)
    }
  })

  it('say who leads, and who votes', () => {
    expect(read(batchesOf(golden(LOG))[0]!.bytes)).toEqual([
      {
        type: 'LeaderChange',
        version: 0,
        leaderId: 1,
        voters: [{ voterId: 1, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
        grantingVoters: [{ voterId: 1, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
      },
      { type: 'KRaftVersion', version: 0, kRaftVersion: 1 },
      {
        type: 'KRaftVoters',
        version: 0,
        voters: [
          {
            voterId: 1,
            voterDirectoryId: 'laibZtpVTyiNg8rEPJgY9g',
            endpoints: [{ name: 'CONTROLLER', host: '127.0.0.1', port: 29193 }],
            kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
          },
        ],
      },
    ])
  })

  it('go into the version that is asked for', () => {
    const voters = [{ voterId: 2, voterDirectoryId: 'laibZtpVTyiNg8rEPJgY9g' }]
    const change = { type: 'LeaderChange', version: 1, leaderId: 2, voters, grantingVoters: voters } as const
    expect(read(buildControlBatch([change], { timestamp: 5n }))).toEqual([change])
    expect(() => buildControlBatch([{ ...change, version: 0 }], { timestamp: 5n })).toThrow(MalformedError)
  })

  it.each([
    ['a kind that is not known', '0000 0007', '0000', 'a control record of kind 7, which is not known'],
    [
      'a version that is not known',
      '0000 0004',
      '0001 00',
      'Version 1 of SnapshotFooter is not known, the latest is 0.',
    ],
    ['a short key', '0000', '0000 00', 'a control record without key or value'],
    ['no value', '0000 0004', null, 'a control record without key or value'],
    ['a value that is too short', '0000 0003', '0000 00', '8 bytes wanted at 2, 1 left'],
  ])('are refused: %s', (_, key, value, message) => {
    const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
    const batch = buildBatch([{ timestamp: 0n, key: bytes(key), value: value === null ? null : bytes(value) }], {
      isControl: true,
    })
    expect(() => read(batch)).toThrow(new MalformedError(message))
  })
})
