import { describe, expect, it } from 'vitest'
import type { NewMetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { batches } from '../../../../src/lib/protocol/records/index.ts'
import { codeOf } from '../log/support.ts'
import { Bench, FOLDER, topic } from './support.ts'

const FIRST_RECORDS = [
  { type: 'FEATURE_LEVEL_RECORD', name: 'metadata.version', featureLevel: 30 },
  { type: 'FEATURE_LEVEL_RECORD', name: 'eligible.leader.replicas.version', featureLevel: 1 },
  { type: 'FEATURE_LEVEL_RECORD', name: 'group.version', featureLevel: 1 },
  { type: 'FEATURE_LEVEL_RECORD', name: 'transaction.version', featureLevel: 2 },
  { type: 'CONFIG_RECORD', resourceType: 4, resourceName: '', name: 'min.insync.replicas', value: '1' },
]

const snapshotsOf = ({ disk }: Bench): string[] =>
  disk
    .list(FOLDER)
    .filter((name) => name.endsWith('.checkpoint'))
    .sort()

describe('a new metadata log', () => {
  it('begins as one of Kafka does', () => {
    const bench = new Bench()
    const log = bench.open()
    expect([log.epoch, log.leaderId, log.firstOffset, log.endOffset]).toEqual([1, 1, 0n, 8n])
    expect(bench.records).toEqual(FIRST_RECORDS)
    expect(bench.file('quorum-state').toString()).toBe(
      '{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
    )
    expect(bench.file('leader-epoch-checkpoint').toString()).toBe('0\n1\n1 0\n')
    expect(bench.file('partition.metadata').toString()).toBe('version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ')
    expect(bench.disk.exists('/data/bootstrap.checkpoint')).toBe(true)
  })

  it('keeps min.insync.replicas as it is configured', () => {
    const bench = new Bench()
    bench.open({ minInsyncReplicas: 2 })
    expect(bench.records.at(-1)).toMatchObject({ name: 'min.insync.replicas', value: '2' })
  })

  it('goes on in a new epoch', () => {
    const bench = new Bench()
    expect(bench.open().append([topic('retail')])).toBe(8n)
    bench.log.close()
    expect(bench.open().epoch).toBe(2)
    expect(bench.topics).toEqual(['retail'])
    expect(bench.log.endOffset).toBe(10n)
    expect(bench.loaded.map(({ endOffset, epoch }) => [endOffset, epoch])).toEqual([
      [1n, 1],
      [8n, 1],
      [9n, 1],
      [10n, 2],
    ])
    expect(bench.file('leader-epoch-checkpoint').toString()).toBe('0\n2\n1 0\n2 9\n')
  })

  it('goes on in a later epoch than any that was promised', () => {
    const bench = new Bench()
    bench.open()
    const state = bench.file('quorum-state').toString().replace('"leaderEpoch":1', '"leaderEpoch":7')
    bench.disk.writeFileAtomically(`${FOLDER}/quorum-state`, state)
    expect(bench.open().epoch).toBe(8)
  })
})

describe('an append', () => {
  it('is one batch, and told to those who watch', () => {
    const bench = new Bench()
    const log = bench.open()
    let calls = 0
    const unwatch = log.watch(() => (calls += 1))
    expect(log.append([topic('a'), topic('b')])).toBe(8n)
    unwatch()
    log.append([topic('c')])
    expect(calls).toBe(1)
    const read = [...batches(log.read(8n, 10_000))].map(({ header }) => header)
    expect(read.map(({ recordsCount, partitionLeaderEpoch }) => [recordsCount, partitionLeaderEpoch])).toEqual([
      [2, 1],
      [1, 1],
    ])
  })

  it('takes effect as a whole', () => {
    const bench = new Bench()
    bench.open().append([topic('a'), topic('b')])
    bench.open()
    expect(bench.loaded.filter(({ records }) => records.length === 2)).toHaveLength(1)
  })

  it('is refused when the folder has gone', () => {
    const bench = new Bench()
    const log = bench.open()
    bench.disk.remove(FOLDER)
    expect(() => log.append([topic('retail')])).toThrow(`${FOLDER} is gone`)
    expect(log.endOffset).toBe(8n)
  })

  it('is refused when it is too large', () => {
    const log = new Bench().open()
    const records = Array<NewMetadataRecord>(600).fill(topic('x'.repeat(30_000)))
    expect(codeOf(() => log.append(records))).toBe('MESSAGE_TOO_LARGE')
    expect(log.append([topic('retail')])).toBe(8n)
  })
})

describe('a transaction', () => {
  const begin: NewMetadataRecord = { type: 'BEGIN_TRANSACTION_RECORD', name: 'many' }

  it('takes effect when it ends', () => {
    const bench = new Bench()
    const log = bench.open()
    log.append([topic('a'), begin, topic('b')])
    log.append([topic('c')])
    log.append([topic('d'), { type: 'END_TRANSACTION_RECORD' }, topic('e')])
    bench.open()
    expect(bench.loaded.slice(2).map(({ records, endOffset }) => [records.length, endOffset])).toEqual([
      [1, 9n],
      [4, 15n],
      [0, 16n],
    ])
    expect(bench.topics).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that was aborted has no effect', () => {
    const bench = new Bench()
    bench.open().append([begin, topic('a'), { type: 'ABORT_TRANSACTION_RECORD', reason: 'why not' }, topic('b')])
    bench.open()
    expect(bench.topics).toEqual(['b'])
  })

  it('that its leader left open is aborted by the next one', () => {
    const bench = new Bench()
    bench.open().append([begin, topic('a')])
    bench.open().append([topic('b')])
    expect(bench.topics).toEqual([])
    bench.open()
    expect(bench.topics).toEqual(['b'])
  })

  it('that is the first one is written again', () => {
    const bench = new Bench()
    bench.open()
    bench.disk.writeFileAtomically(
      `${FOLDER}/00000000000000000000.log`,
      bench.file('00000000000000000000.log').subarray(0, 91),
    )
    bench.open().append([begin, topic('a')])
    expect(bench.records).toEqual(FIRST_RECORDS)
  })
})

describe('a snapshot', () => {
  it('stands for all before it', () => {
    const bench = new Bench()
    const log = bench.open()
    log.append([topic('a')])
    log.snapshot([topic('z')])
    expect(log.latestSnapshot).toEqual({ endOffset: 9n, epoch: 1 })
    log.append([topic('b')])
    bench.open()
    expect(bench.topics).toEqual(['z', 'b'])
    expect(bench.loaded[0]).toMatchObject({ isSnapshot: true, endOffset: 9n, epoch: 1 })
  })

  it('is kept together with the one before, and the log between them', () => {
    const bench = new Bench()
    const log = bench.open()
    for (const name of ['a', 'b', 'c']) {
      log.append([topic(name)])
      log.snapshot([topic(name)])
    }
    expect(log.firstOffset).toBe(10n)
    expect(snapshotsOf(bench)).toEqual([
      '00000000000000000010-0000000001.checkpoint',
      '00000000000000000011-0000000001.checkpoint',
    ])
  })

  it('that is damaged is passed over', () => {
    const bench = new Bench()
    const log = bench.open()
    for (const name of ['a', 'b']) {
      log.append([topic(name)])
      log.snapshot([topic(name)])
    }
    const path = `${FOLDER}/00000000000000000010-0000000001.checkpoint`
    bench.disk.writeFileAtomically(path, bench.disk.readFile(path)!.subarray(0, 100))
    bench.open()
    expect(bench.topics).toEqual(['a', 'b'])
    expect(bench.warnings).toEqual([`${path} is not whole: the one before it is used`])
    expect(bench.log.latestSnapshot).toEqual({ endOffset: 9n, epoch: 1 })
    bench.log.snapshot([topic('y')])
    expect(bench.log.firstOffset).toBe(9n)
    bench.open()
    expect(bench.topics).toEqual(['y'])
  })

  it('leaves nothing behind that was not finished', () => {
    const bench = new Bench()
    bench.open()
    const name = '00000000000000000008-0000000001.checkpoint'
    for (const suffix of ['tmp', 'part', 'deleted']) bench.disk.writeFileAtomically(`${FOLDER}/${name}.${suffix}`, 'x')
    bench.open()
    expect(bench.disk.list(FOLDER).filter((file) => file.startsWith(name))).toEqual([])
  })

  it('is due after so many bytes, or so long, when there is anything new', () => {
    const bench = new Bench()
    bench.open()
    const log = bench.open()
    log.snapshot([topic('a')])
    bench.clock.advance(10_000)
    expect(log.isSnapshotDue({ maxBytes: 0, maxIntervalMs: 1 })).toBe(false)
    log.append([topic('b')])
    expect(log.isSnapshotDue({ maxBytes: 1000, maxIntervalMs: 10_000 })).toBe(true)
    expect(log.isSnapshotDue({ maxBytes: 1000, maxIntervalMs: 10_001 })).toBe(false)
    expect(log.isSnapshotDue({ maxBytes: 1000, maxIntervalMs: 0 })).toBe(false)
    expect(log.isSnapshotDue({ maxBytes: 90, maxIntervalMs: 0 })).toBe(true)
    log.snapshot([topic('b')])
    expect(log.isSnapshotDue({ maxBytes: 90, maxIntervalMs: 0 })).toBe(false)
  })

  it('is read in parts', () => {
    const bench = new Bench()
    const log = bench.open()
    log.snapshot([topic('a')])
    const id = log.latestSnapshot!
    const whole = bench.file('00000000000000000008-0000000001.checkpoint')
    expect(log.readSnapshot(id, 0, 10)).toEqual({ size: whole.length, bytes: whole.subarray(0, 10) })
    expect(log.readSnapshot(id, 10, 10_000)).toEqual({ size: whole.length, bytes: whole.subarray(10) })
    expect(log.readSnapshot(id, 10_000, 1)).toEqual({ size: whole.length, bytes: Buffer.alloc(0) })
    expect(log.readSnapshot({ ...id, epoch: 2 }, 0, 10)).toBeNull()
  })
})

describe('a follower', () => {
  it('learns where it is to go on', () => {
    const bench = new Bench()
    const first = bench.open()
    expect(first.validate(0n, 0)).toEqual({ kind: 'valid' })
    first.append([topic('a')])
    const log = bench.open()
    expect(log.validate(9n, 1)).toEqual({ kind: 'valid' })
    expect(log.validate(10n, 2)).toEqual({ kind: 'valid' })
    expect(log.validate(12n, 1)).toEqual({ kind: 'diverging', epoch: 1, endOffset: 9n })
    expect(log.validate(12n, 3)).toEqual({ kind: 'diverging', epoch: 2, endOffset: 10n })
    for (const name of ['b', 'c']) {
      log.append([topic(name)])
      log.snapshot([])
    }
    expect([log.firstOffset, log.endOffset]).toEqual([11n, 12n])
    expect(log.validate(0n, 0)).toEqual({ kind: 'snapshot', epoch: 2, endOffset: 12n })
    expect(log.validate(11n, 1)).toEqual({ kind: 'snapshot', epoch: 2, endOffset: 12n })
    expect(log.validate(11n, 2)).toEqual({ kind: 'valid' })
    expect(codeOf(() => log.read(3n, 100))).toBe('OFFSET_OUT_OF_RANGE')
  })
})
