import { describe, expect, it } from 'vitest'
import { MemoryDisk, PowerCutError } from '../../../../src/lib/broker/log/index.ts'
import { MetadataFollower, type Committed, type FetchedMetadata } from '../../../../src/lib/broker/raft/index.ts'
import type { NewMetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { buildBatch, endOffsetOf } from '../../../../src/lib/protocol/records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { golden, LOG } from '../../protocol/golden.ts'
import { codeOf } from '../log/support.ts'
import { Bench, DIRECTORY, FOLDER, topic } from './support.ts'

const NOTHING: FetchedMetadata = {
  highWatermark: 0n,
  divergingEpoch: { epoch: -1, endOffset: -1n },
  snapshotId: { epoch: -1, endOffset: -1n },
  records: null,
}

/** A follower, the leader that it asks, and what it has handed out. */
class Pair {
  readonly leader = new Bench()
  readonly disk = new MemoryDisk()
  readonly warnings: string[] = []
  follower!: MetadataFollower
  seen: Committed[] = []

  constructor() {
    this.leader.open()
    this.disk.makeDirectory(DIRECTORY)
    this.open()
  }

  open(): void {
    this.follower = new MetadataFollower({
      fileSystem: this.disk,
      directory: DIRECTORY,
      clock: new FakeClock(),
      nodeId: 2,
      warn: (line) => this.warnings.push(line),
    })
    this.seen = [...this.follower.load()]
    expect(this.follower.leaderSeen(1, this.leader.log.epoch)).toBe(true)
  }

  /** One question and its answer, as much as `maxBytes` of it; records are told as committed up to an offset. */
  ask(maxBytes = 1 << 20, highWatermark = this.leader.log.endOffset): void {
    const next = this.follower.next()
    this.seen.push(...(next.kind === 'fetch' ? this.fetch(next, maxBytes, highWatermark) : this.part(next, maxBytes)))
  }

  private fetch(
    { fetchOffset, lastFetchedEpoch }: { fetchOffset: bigint; lastFetchedEpoch: number },
    maxBytes: number,
    highWatermark: bigint,
  ): Committed[] {
    const { log } = this.leader
    const validity = log.validate(fetchOffset, lastFetchedEpoch)
    if (validity.kind === 'valid')
      return this.follower.fetched({ ...NOTHING, highWatermark, records: log.read(fetchOffset, maxBytes) })
    const { epoch, endOffset, kind } = validity
    return this.follower.fetched({
      ...NOTHING,
      [kind === 'snapshot' ? 'snapshotId' : 'divergingEpoch']: { epoch, endOffset },
    })
  }

  private part({ id, position }: { id: { endOffset: bigint; epoch: number }; position: number }, maxBytes: number) {
    return this.follower.snapshotPart({ id, position, ...this.leader.log.readSnapshot(id, position, maxBytes)! })
  }

  askUntilQuiet(): void {
    for (let round = 0; round < 50; round += 1) this.ask(100)
    expect(this.follower.endOffset).toBe(this.leader.log.endOffset)
  }

  get topics(): string[] {
    const start = this.seen.findLastIndex(({ isSnapshot }) => isSnapshot)
    return this.seen
      .slice(Math.max(start, 0))
      .flatMap(({ records }) => records)
      .flatMap((record) => (record.type === 'TOPIC_RECORD' ? [record.name] : []))
  }
}

describe('a follower of the metadata log', () => {
  it('hands out what the leader has committed', () => {
    const pair = new Pair()
    pair.leader.log.append([topic('retail')])
    pair.askUntilQuiet()
    expect(pair.seen.map(({ endOffset }) => endOffset)).toEqual([1n, 8n, 9n])
    expect(pair.topics).toEqual(['retail'])
    expect(pair.disk.readFile(`${FOLDER}/00000000000000000000.log`)).toEqual(
      pair.leader.file('00000000000000000000.log'),
    )
    expect(pair.disk.readFile(`${FOLDER}/quorum-state`)).toEqual(pair.leader.file('quorum-state'))
  })

  it('keeps back what is not committed yet', () => {
    const pair = new Pair()
    pair.askUntilQuiet()
    pair.leader.log.append([topic('retail')])
    pair.ask(1000, 8n)
    expect(pair.follower.next()).toMatchObject({ fetchOffset: 9n, highWatermark: 8n })
    expect(pair.topics).toEqual([])
    pair.ask()
    expect(pair.topics).toEqual(['retail'])
  })

  it('goes on where it stopped, and waits for a high watermark', () => {
    const pair = new Pair()
    pair.leader.log.append([topic('retail')])
    pair.askUntilQuiet()
    pair.follower.close()
    pair.open()
    expect(pair.follower.next()).toMatchObject({ fetchOffset: 9n, lastFetchedEpoch: 1, currentLeaderEpoch: 1 })
    expect(pair.topics).toEqual([])
    pair.ask()
    expect(pair.topics).toEqual(['retail'])
  })

  it('drops what another leader never committed', () => {
    const pair = new Pair()
    pair.askUntilQuiet()
    const stray = buildBatch([{ timestamp: 1n, key: null, value: Buffer.of(1, 20, 0) }], {
      baseOffset: 8n,
      partitionLeaderEpoch: 1,
    })
    pair.follower.fetched({ ...NOTHING, highWatermark: 8n, records: stray })
    pair.leader.open()
    pair.leader.log.append([topic('retail')])
    expect(pair.follower.leaderSeen(1, 2)).toBe(true)
    pair.askUntilQuiet()
    expect(pair.topics).toEqual(['retail'])
  })

  it('stops where what was committed is contradicted', () => {
    const pair = new Pair()
    pair.leader.log.append([topic('retail')])
    pair.askUntilQuiet()
    expect(() => pair.follower.fetched({ ...NOTHING, divergingEpoch: { epoch: 1, endOffset: 5n } })).toThrow(
      /^the controller's log contradicts \/data\/__cluster_metadata-0 from offset 5 on/,
    )
  })

  it.each([1, 100, 1 << 20])('begins with a snapshot, %d bytes at a time', (maxBytes) => {
    const pair = new Pair()
    for (const name of ['a', 'b']) {
      pair.leader.log.append([topic(name)])
      pair.leader.log.snapshot(pair.leader.log.endOffset === 9n ? [topic('a')] : [topic('a'), topic('b')])
    }
    pair.leader.log.append([topic('c')])
    while (pair.follower.endOffset < pair.leader.log.endOffset) pair.ask(maxBytes)
    expect(pair.seen[0]).toMatchObject({ isSnapshot: true, endOffset: 10n, epoch: 1 })
    expect(pair.topics).toEqual(['a', 'b', 'c'])
    pair.follower.close()
    pair.open()
    expect(pair.topics).toEqual(['a', 'b'])
    pair.ask()
    expect(pair.topics).toEqual(['a', 'b', 'c'])
  })

  it('replaces what it had by a snapshot when it was away for long', () => {
    const pair = new Pair()
    pair.leader.log.append([topic('a')])
    pair.askUntilQuiet()
    for (const name of ['b', 'c', 'd']) {
      pair.leader.log.append([topic(name)])
      pair.leader.log.snapshot([topic(name)])
    }
    pair.askUntilQuiet()
    expect(pair.topics).toEqual(['d'])
    expect(pair.disk.list(FOLDER).filter((name) => name.endsWith('.checkpoint'))).toEqual([
      '00000000000000000012-0000000001.checkpoint',
    ])
  })

  it('asks again for a snapshot that arrives broken', () => {
    const pair = new Pair()
    for (const name of ['a', 'b']) {
      pair.leader.log.append([topic(name)])
      pair.leader.log.snapshot([topic(name)])
    }
    pair.ask()
    const next = pair.follower.next()
    if (next.kind !== 'snapshot') throw new Error('no snapshot is asked for')
    expect(codeOf(() => pair.follower.snapshotPart({ ...next, size: 5, bytes: Buffer.from('hello') }))).toBe(
      'CORRUPT_MESSAGE',
    )
    pair.askUntilQuiet()
    expect(pair.topics).toEqual(['b'])
  })

  it('asks anew where to begin when a snapshot is there no more', () => {
    const pair = new Pair()
    for (const name of ['a', 'b', 'c']) {
      if (name === 'c') pair.ask(100)
      pair.leader.log.append([topic(name)])
      pair.leader.log.snapshot([topic(name)])
    }
    expect(pair.follower.next()).toMatchObject({ kind: 'snapshot', id: { endOffset: 10n } })
    pair.follower.snapshotGone()
    pair.askUntilQuiet()
    expect(pair.topics).toEqual(['c'])
  })

  it('asks again for records that arrive broken', () => {
    const pair = new Pair()
    const records = Buffer.from(pair.leader.log.read(0n, 1000))
    records.writeUInt8(7, 80)
    expect(codeOf(() => pair.follower.fetched({ ...NOTHING, highWatermark: 8n, records }))).toBe('CORRUPT_MESSAGE')
    pair.askUntilQuiet()
  })

  it('stops at a record that it does not know', () => {
    const pair = new Pair()
    const records = buildBatch([{ timestamp: 1n, key: null, value: Buffer.of(1, 99, 0) }], { partitionLeaderEpoch: 1 })
    expect(() => pair.follower.fetched({ ...NOTHING, highWatermark: 1n, records })).toThrow(
      '/data/__cluster_metadata-0 at offset 0 cannot be read (Unknown metadata id 99): it is damaged, or a newer Kafka wrote it',
    )
  })

  it('reads the log of Apache Kafka', () => {
    const pair = new Pair()
    const records = golden(LOG)
    const highWatermark = endOffsetOf(records)
    pair.seen.push(...pair.follower.fetched({ ...NOTHING, highWatermark, records }))
    expect(pair.follower.endOffset).toBe(highWatermark)
    expect(pair.disk.readFile(`${FOLDER}/${LOG}`)).toEqual(golden(LOG))
    expect(pair.topics).not.toEqual([])
  })

  it('comes back from a crash wherever it was', () => {
    const make = (): Pair => {
      const pair = new Pair()
      pair.leader.log.append([topic('a')])
      pair.askUntilQuiet()
      for (const name of ['b', 'c']) {
        pair.leader.log.append([topic(name)])
        pair.leader.log.snapshot([topic(name)])
      }
      pair.leader.log.append([topic('d')])
      return pair
    }
    const counted = make()
    const before = counted.disk.operations
    counted.askUntilQuiet()
    for (let nth = counted.disk.operations - before; nth > 0; nth -= 1) {
      for (const survivors of [{ keepUnsynced: true }, { keepNames: true }, {}]) {
        const pair = make()
        pair.disk.failAt(nth, 'crash')
        expect(() => pair.askUntilQuiet()).toThrow(PowerCutError)
        pair.disk.restart(survivors)
        pair.open()
        pair.askUntilQuiet()
        expect(pair.topics.at(-1)).toBe('d')
      }
    }
  })

  it('fetches again what a power cut has damaged in the middle', () => {
    const pair = new Pair()
    for (const name of ['a', 'b', 'c']) {
      pair.leader.log.append([topic(name)])
      pair.askUntilQuiet()
    }
    pair.disk.open(`${FOLDER}/00000000000000000000.log`, { create: false }).write(Buffer.alloc(64), 64)
    pair.open()
    pair.askUntilQuiet()
    expect(pair.topics).toEqual(['a', 'b', 'c'])
  })

  it.each(['EIO', 'ENOSPC'] as const)('goes on when the disk does (%s)', (fault) => {
    const count = 40
    for (let nth = 1; nth <= count; nth += 1) {
      const pair = new Pair()
      for (const name of ['a', 'b']) {
        pair.leader.log.append([topic(name)])
        pair.leader.log.snapshot([topic(name)])
      }
      pair.disk.failAt(nth, fault)
      for (let round = 0; round < 5; round += 1) codeOf(() => pair.ask())
      pair.askUntilQuiet()
      expect(pair.topics).toEqual(['b'])
    }
  })

  it('knows the latest leader', () => {
    const { follower } = new Pair()
    expect(follower.leaderSeen(3, 0)).toBe(false)
    expect(follower.leaderSeen(3, 1)).toBe(false)
    expect(follower.leaderSeen(3, 5)).toBe(true)
    expect([follower.leaderId, follower.epoch]).toEqual([3, 5])
    expect(follower.leaderSeen(-1, 6)).toBe(false)
    expect([follower.leaderId, follower.epoch]).toEqual([-1, 6])
    expect(follower.leaderSeen(1, 6)).toBe(true)
  })

  it('changes nothing itself, but takes snapshots', () => {
    const pair = new Pair()
    const records: NewMetadataRecord[] = [topic('retail')]
    expect(codeOf(() => pair.follower.append(records))).toBe('NOT_CONTROLLER')
    pair.leader.log.append(records)
    pair.askUntilQuiet()
    expect(pair.follower.isSnapshotDue({ maxBytes: 1, maxIntervalMs: 0 })).toBe(true)
    pair.follower.snapshot(records)
    expect(pair.follower.isSnapshotDue({ maxBytes: 1, maxIntervalMs: 0 })).toBe(false)
    pair.open()
    expect(pair.topics).toEqual(['retail'])
  })
})
