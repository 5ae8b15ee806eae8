import { describe, expect, it } from 'vitest'
import type { MetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { BOOTSTRAP, FIRST_SNAPSHOT, golden, LATER_SNAPSHOT, LOG, RECORDS } from '../../protocol/golden.ts'
import { codeOf } from '../log/support.ts'
import { Bench, DIRECTORY, FOLDER, topic } from './support.ts'

const LOG_FILE = `${FOLDER}/00000000000000000000.log`

/** What Apache Kafka's own tool reads in the log, without the control records and the frames of transactions. */
const apacheRecords = golden(RECORDS)
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { type: string })
  .filter(({ type }) => type.endsWith('_RECORD') && !type.includes('TRANSACTION'))

function putGolden({ disk }: Bench, ...names: string[]): void {
  disk.makeDirectory(FOLDER)
  for (const name of names) disk.writeFileAtomically(`${name === BOOTSTRAP ? DIRECTORY : FOLDER}/${name}`, golden(name))
}

const typesOf = (records: readonly { type: string }[]): string[] => records.map(({ type }) => type)

describe('a folder of Apache Kafka', () => {
  it('that was formatted begins with what is in it', () => {
    const bench = new Bench()
    putGolden(bench, BOOTSTRAP)
    bench.open()
    expect(bench.records.map((record) => (record as { name: string }).name)).toEqual([
      'metadata.version',
      'eligible.leader.replicas.version',
      'group.version',
      'share.version',
      'streams.version',
      'transaction.version',
      'min.insync.replicas',
    ])
    expect(bench.disk.readFile(`${DIRECTORY}/${BOOTSTRAP}`)).toEqual(golden(BOOTSTRAP))
  })

  it('that was formatted with voters repeats them', () => {
    const bench = new Bench()
    putGolden(bench, BOOTSTRAP, FIRST_SNAPSHOT)
    bench.open().snapshot([])
    expect(bench.log.endOffset).toBe(12n)
    expect(bench.file('quorum-state').toString()).toBe(
      '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    )
    // The voters are in the log, and in the new snapshot too.
    const voters = Buffer.from('CONTROLLER')
    expect(bench.file(LOG).subarray(0, 250).includes(voters)).toBe(true)
    expect(bench.file('00000000000000000012-0000000001.checkpoint').includes(voters)).toBe(true)
  })

  it('is read record by record', () => {
    const bench = new Bench()
    putGolden(bench, FIRST_SNAPSHOT, LOG)
    bench.open()
    expect(bench.log.epoch).toBe(2)
    expect(typesOf(bench.records)).toEqual(typesOf(apacheRecords))
    expect(bench.log.append([topic('retail')])).toBe(bench.loaded.at(-1)!.endOffset)
  })

  it('goes on from its snapshot', () => {
    const bench = new Bench()
    putGolden(bench, FIRST_SNAPSHOT, LOG, LATER_SNAPSHOT)
    bench.open()
    expect(bench.loaded[0]).toMatchObject({ isSnapshot: true, endOffset: 34n, epoch: 1 })
    expect(bench.warnings).toEqual([])
  })

  it('whose log has been lost goes on from its snapshot', () => {
    const bench = new Bench()
    putGolden(bench, LATER_SNAPSHOT)
    bench.open()
    expect([bench.log.firstOffset, bench.log.endOffset, bench.log.epoch]).toEqual([34n, 35n, 2])
  })

  it('of a quorum of several is left alone', () => {
    const bench = new Bench()
    putGolden(bench, FIRST_SNAPSHOT)
    expect(() => bench.open({ nodeId: 2 })).toThrow(
      '/data/__cluster_metadata-0 belongs to a quorum of the nodes 1: kts leads one of node 2 alone',
    )
    const other = new Bench()
    other.open()
    const state = other.file('quorum-state').toString().replace('{"voterId":1}', '{"voterId":1},{"voterId":2}')
    other.disk.writeFileAtomically(`${FOLDER}/quorum-state`, state)
    expect(codeOf(() => other.open())).toBe('DATA_DIR_UNUSABLE')
  })

  it('of a newer one is left alone', () => {
    const bench = new Bench()
    bench.open().append([{ type: 'FEATURE_LEVEL_RECORD', name: 'metadata.version', featureLevel: 31 }])
    const before = bench.file(LOG)
    expect(() => bench.open()).toThrow(
      '/data/__cluster_metadata-0 at offset 8 cannot be read (metadata.version 31 is not known, the latest is 4.3-IV0): it is damaged, or a newer Kafka wrote it',
    )
    expect(bench.file(LOG)).toEqual(before)
  })

  it.each([
    ['kind', Buffer.of(1, 99, 0), 'Unknown metadata id 99'],
    ['version', Buffer.of(1, 2, 7, 0), 'Version 7 of TOPIC_RECORD is not known, the latest is 0.'],
    ['frame', Buffer.of(2, 2, 0), 'Could not deserialize metadata record due to unknown frame version 2'],
  ])('with a record of an unknown %s is left alone', (_, value, reason) => {
    const bench = new Bench()
    bench.open()
    const batch = buildBatch([{ timestamp: 1n, key: null, value }], { baseOffset: 8n, partitionLeaderEpoch: 1 })
    bench.disk.writeFileAtomically(LOG_FILE, Buffer.concat([bench.file(LOG), batch]))
    expect(() => bench.open()).toThrow(`/data/__cluster_metadata-0 at offset 8 cannot be read (${reason}`)
    expect(codeOf(() => bench.open())).toBe('DATA_DIR_UNUSABLE')
  })
})

describe('a damaged folder', () => {
  const whole = (): Bench => {
    const bench = new Bench()
    bench.open()
    for (const name of ['a', 'b', 'c']) bench.log.append([topic(name)])
    bench.log.close()
    return bench
  }

  it('loses a torn end', () => {
    const bench = whole()
    bench.disk.writeFileAtomically(LOG_FILE, bench.file(LOG).subarray(0, -1))
    bench.open()
    expect(bench.topics).toEqual(['a', 'b'])
    expect(bench.warnings).toHaveLength(1)
  })

  it.each([true, false])('is left alone wherever else it is damaged, closed properly: %s', (cleanShutdown) => {
    const { length } = whole().file(LOG)
    const last = length - 90
    for (let at = 0; at < last; at += 5) {
      const bench = whole()
      const content = Buffer.from(bench.file(LOG))
      content.writeUInt8(content.readUInt8(at) ^ 0x55, at)
      bench.disk.writeFileAtomically(LOG_FILE, content)
      expect(() => bench.open({ cleanShutdown })).toThrow(
        / is damaged .*where offset \d+ should be: restore the folder/,
      )
      expect(bench.file(LOG)).toEqual(content)
    }
  })

  it('is left alone when a segment is missing', () => {
    const bench = whole()
    const log = bench.file(LOG)
    bench.disk.writeFileAtomically(`${FOLDER}/00000000000000000010.log`, log.subarray(-90))
    bench.disk.writeFileAtomically(LOG_FILE, log.subarray(0, -180))
    expect(() => bench.open()).toThrow(
      '/data/__cluster_metadata-0/00000000000000000010.log is damaged at byte 0, where offset 9 should be',
    )
  })

  it('is left alone when the snapshot before its log is missing', () => {
    const bench = new Bench()
    putGolden(bench, LATER_SNAPSHOT)
    bench.open()
    bench.disk.remove(`${FOLDER}/${LATER_SNAPSHOT}`)
    expect(() => bench.open()).toThrow(
      '/data/__cluster_metadata-0 lacks what was written from offset 0 to 34: restore the folder',
    )
  })

  it('is left alone when the newest snapshot is damaged and the log is gone', () => {
    const bench = whole()
    bench.open()
    const records = bench.records as MetadataRecord[]
    bench.log.snapshot(records)
    const name = '00000000000000000012-0000000002.checkpoint'
    bench.disk.writeFileAtomically(`${FOLDER}/${name}`, bench.file(name).subarray(0, 90))
    bench.disk.remove(LOG_FILE)
    expect(() => bench.open()).toThrow(
      '/data/__cluster_metadata-0 lacks what was written from offset 0 to 12: restore the folder',
    )
  })

  it('is left alone when nobody knows who led', () => {
    const bench = whole()
    bench.disk.writeFileAtomically(`${FOLDER}/quorum-state`, '{')
    expect(() => bench.open()).toThrow(
      '/data/__cluster_metadata-0/quorum-state cannot be read (a quorum-state that is no JSON object): restore it',
    )
  })

  it('is told from that of a topic', () => {
    const bench = new Bench()
    bench.disk.makeDirectory(FOLDER)
    bench.disk.writeFileAtomically(`${FOLDER}/partition.metadata`, 'version: 0\ntopic_id: UH04egmcSe6TjoTkcQnhFg')
    expect(() => bench.open()).toThrow(`${FOLDER} holds the records of a topic`)
  })
})
