import { describe, expect, it } from 'vitest'
import { LeaderEpochCache } from '../../../../src/lib/broker/log/leader-epoch-cache.ts'
import { deletedFolder, offsetFile, offsetOfFile, offsetsOf } from '../../../../src/lib/broker/log/names.ts'
import { OffsetIndex } from '../../../../src/lib/broker/log/offset-index.ts'
import { readPartitionMetadata } from '../../../../src/lib/broker/log/partition-metadata.ts'
import { ProducerEntry, addToSequence } from '../../../../src/lib/broker/log/producer-entry.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../../src/lib/broker/log/producer-snapshots.ts'
import { TimeIndex } from '../../../../src/lib/broker/log/time-index.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { MalformedError } from '../../../../src/lib/errors.ts'

/**
 * Bytes that Kafka 4.3's own `kafka-dump-log` has read: producer 7, epoch 1, sequence numbers 57 to 59, last offset
 * 119.
 */
const SNAPSHOT =
  '000187a21a1600000001000000000000000700010000003b000000000000007700000002000001a1fe0666feffffffffffffffffffffffff'
/** Offsets 89, 95, 101, 107 at 254, 509, 763, 1018, in the segment that begins with 81. */
const OFFSETS = '00000008000000fe0000000e000001fd00000014000002fb0000001a000003fa'
/** 1795263194868 at offset 116 and 1795263194878 at 119, in the segment that begins with 108. */
const TIMES = '000001a1fe0666f400000008000001a1fe0666fe0000000b'

function diskWith(name: string, content: string | Buffer): MemoryDisk {
  const disk = new MemoryDisk()
  disk.makeDirectory('/d')
  disk.writeFileAtomically(`/d/${name}`, content)
  return disk
}

describe('a producer snapshot', () => {
  it('is what Kafka reads and writes', () => {
    const [entry, ...others] = decodeSnapshot(Buffer.from(SNAPSHOT, 'hex'))
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      producerId: 7n,
      producerEpoch: 1,
      coordinatorEpoch: -1,
      currentTransactionStartOffset: -1n,
      lastTimestamp: 1_795_263_194_878n,
    })
    expect(entry?.lastBatch).toEqual({
      lastSequence: 59,
      lastOffset: 119n,
      offsetDelta: 2,
      timestamp: 1_795_263_194_878n,
    })
    expect(entry?.findDuplicate(1, 57, 59)).not.toBeNull()
    expect(encodeSnapshot([entry!]).toString('hex')).toBe(SNAPSHOT)
  })

  it('keeps a producer of whom only the epoch is known', () => {
    const entry = new ProducerEntry(9n)
    entry.producerEpoch = 4
    const [found] = decodeSnapshot(encodeSnapshot([entry]))
    expect([found?.producerId, found?.producerEpoch, found?.lastSequence, found?.lastBatch]).toEqual([9n, 4, -1, null])
    expect(decodeSnapshot(encodeSnapshot([]))).toEqual([])
  })

  it('that is damaged, cut, or of another version is refused', () => {
    const good = Buffer.from(SNAPSHOT, 'hex')
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good)
      bad[at] = bad[at]! ^ 1
      expect(() => decodeSnapshot(bad)).toThrow(MalformedError)
      expect(() => decodeSnapshot(good.subarray(0, at))).toThrow(MalformedError)
    }
  })

  it('counts sequence numbers round the largest int32', () => {
    const max = 0x7fff_ffff
    expect([
      addToSequence(0, 5),
      addToSequence(max, 0),
      addToSequence(max, 1),
      addToSequence(max - 1, 4),
      addToSequence(-1, 1),
    ]).toEqual([5, max, 0, 2, 0])
  })
})

describe('an offset index', () => {
  const name = '00000000000000000081.index'

  it('finds the entry at or before an offset', () => {
    const index = new OffsetIndex(diskWith(name, Buffer.from(OFFSETS, 'hex')), `/d/${name}`, 81n, false)
    expect([81n, 88n, 89n, 94n, 95n, 106n, 107n, 9999n].map((offset) => index.entryFor(offset)?.position ?? 0)).toEqual(
      [0, 0, 254, 254, 509, 763, 1018, 1018],
    )
    expect([index.entries, index.lastEntry(), index.isPlausible(1019), index.isPlausible(1018)]).toEqual([
      4,
      { offset: 107n, position: 1018 },
      true,
      false,
    ])
    expect([index.isFull(40), index.isFull(39), index.isFull(32)]).toEqual([false, true, true])
  })

  it('is written as Kafka writes it', () => {
    const disk = diskWith('x', '')
    const index = new OffsetIndex(disk, `/d/${name}`, 81n, true)
    for (const [offset, position] of [
      [89n, 254],
      [95n, 509],
      [101n, 763],
      [107n, 1018],
    ] as const)
      index.append(offset, position)
    index.writeOut()
    expect(disk.readFile('/d/00000000000000000081.index')?.toString('hex')).toBe(OFFSETS)
    index.truncate(2)
    expect([index.entryFor(200n)?.position ?? 0, disk.readFile('/d/00000000000000000081.index')?.length]).toEqual([
      509, 16,
    ])
  })

  it('is searched and cut where its entries are not written yet', () => {
    const disk = diskWith('x', '')
    const index = new OffsetIndex(disk, `/d/${name}`, 0n, true)
    const written = (): number => disk.readFile(`/d/${name}`)!.length / 8
    for (let n = 1; n <= 150; n += 1) index.append(BigInt(n), n * 10)
    const positions = (): unknown[] => [1n, 64n, 65n, 128n, 129n, 999n].map((n) => index.entryFor(n)?.position)
    expect(written()).toBeLessThan(150)
    expect(written()).toBeGreaterThan(64)
    expect(positions()).toEqual([10, 640, 650, 1280, 1290, 1500])
    index.truncate(140)
    expect([index.entries, index.lastEntry()?.position]).toEqual([140, 1400])
    index.truncate(70)
    expect([index.entries, index.lastEntry()?.position, written()]).toEqual([70, 700, 70])
    index.append(200n, 2000)
    index.writeOut()
    expect([written(), index.isPlausible(2001)]).toEqual([71, true])
    expect(positions()).toEqual([10, 640, 650, 700, 700, 2000])
  })

  it('takes back what the disk refuses', () => {
    const disk = diskWith('x', '')
    const index = new OffsetIndex(disk, `/d/${name}`, 0n, true)
    for (let n = 1; n <= 64; n += 1) index.append(BigInt(n), n * 10)
    disk.failAt(1, 'short-write')
    expect(() => index.append(65n, 650)).toThrow()
    disk.heal()
    index.truncate(64)
    index.append(65n, 650)
    index.writeOut()
    expect([index.entries, index.lastEntry()?.position, index.isPlausible(651)]).toEqual([65, 650, true])
    expect(index.entryFor(64n)?.position).toBe(640)
  })
})

describe('a time index', () => {
  const name = '00000000000000000108.timeindex'
  const [early, late] = [1_795_263_194_868n, 1_795_263_194_878n]

  it('finds the entry at or before a time', () => {
    const index = new TimeIndex(diskWith(name, Buffer.from(TIMES, 'hex')), `/d/${name}`, 108n, false)
    const before = { timestamp: -1n, offset: 108n }
    const [first, second] = [
      { timestamp: early, offset: 116n },
      { timestamp: late, offset: 119n },
    ]
    expect([0n, early - 1n, early, late - 1n, late, late * 2n].map((time) => index.lookup(time))).toEqual([
      before,
      before,
      first,
      first,
      second,
      second,
    ])
    expect([index.lastEntry(), index.isPlausible(), index.isFull(36), index.isFull(48)]).toEqual([
      second,
      true,
      true,
      false,
    ])
  })

  it('is written as Kafka writes it, later times only', () => {
    const disk = diskWith('x', '')
    const index = new TimeIndex(disk, `/d/${name}`, 108n, true)
    for (const [timestamp, offset] of [
      [early, 116n],
      [early, 117n],
      [early - 1n, 118n],
      [late, 119n],
    ] as const)
      index.appendLater({ timestamp, offset })
    index.writeOut()
    expect(disk.readFile('/d/00000000000000000108.timeindex')?.toString('hex')).toBe(TIMES)
    index.truncate(1)
    expect(index.lastEntry().timestamp).toBe(early)
  })
})

describe('small files', () => {
  it('of Kafka are read as they are', () => {
    expect(
      readPartitionMetadata(diskWith('partition.metadata', 'version: 0\ntopic_id: xtzWWN4bTjitpL3kfd9s5g'), '/d'),
    ).toBe('xtzWWN4bTjitpL3kfd9s5g')
    expect(
      readPartitionMetadata(diskWith('partition.metadata', 'version: 0\ntopic_id: xtzWWN4bTjitpL3kfd9s5g\n'), '/d'),
    ).toBe('xtzWWN4bTjitpL3kfd9s5g')
    for (const content of ['', 'version: 1\ntopic_id: xtzWWN4bTjitpL3kfd9s5g\n', 'version: 0\ntopic_id: short\n']) {
      expect(readPartitionMetadata(diskWith('partition.metadata', content), '/d')).toBeNull()
    }
    const epochs = new LeaderEpochCache(diskWith('leader-epoch-checkpoint', '0\n2\n1 0\n3 2214\n'), '/d')
    expect([epochs.wasReadable, epochs.latest, epochs.epochAt(2213n), epochs.endOffsetFor(2, 9999n)]).toEqual([
      true,
      3,
      1,
      { leaderEpoch: 1, endOffset: 2214n },
    ])
    expect(new LeaderEpochCache(diskWith('leader-epoch-checkpoint', ''), '/d').wasReadable).toBe(false)
  })

  it('have names with twenty digits', () => {
    expect(offsetFile('/d', 42n, '.log').endsWith('00000000000000000042.log')).toBe(true)
    expect(
      ['00000000000000000042.log', '42.log', '00000000000000000042.log.deleted', 'x00000000000000000042.log'].map(
        (name) => offsetOfFile(name, '.log'),
      ),
    ).toEqual([42n, null, null, null])
    expect(
      offsetsOf(
        [
          '00000000000000000042.log',
          '09223372036854775807.log',
          '00000000000000000007.log',
          '00000000000000000007.index',
        ],
        '.log',
      ),
    ).toEqual([7n, 42n, 9_223_372_036_854_775_807n])
    expect(deletedFolder('t'.repeat(249), 12, 'a'.repeat(32)).length).toBe(255)
  })
})
