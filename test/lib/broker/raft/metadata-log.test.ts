import { describe, expect, it } from 'vitest'
import { Bench, FOLDER, topic } from './support.ts'

describe('a new metadata log', () => {
  it('begins as one of Kafka does', () => {
    const bench = new Bench()
    const log = bench.open()
    expect(log.epoch).toBe(1)
    expect(log.leaderId).toBe(1)
    expect(log.endOffset).toBe(8n)
    expect(bench.records).toEqual([
      { type: 'FEATURE_LEVEL_RECORD', name: 'metadata.version', featureLevel: 30 },
      { type: 'FEATURE_LEVEL_RECORD', name: 'eligible.leader.replicas.version', featureLevel: 1 },
      { type: 'FEATURE_LEVEL_RECORD', name: 'group.version', featureLevel: 1 },
      { type: 'FEATURE_LEVEL_RECORD', name: 'transaction.version', featureLevel: 2 },
      { type: 'CONFIG_RECORD', resourceType: 4, resourceName: '', name: 'min.insync.replicas', value: '1' },
    ])
    expect(bench.file('quorum-state').toString()).toBe(
      '{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
    )
    expect(bench.file('leader-epoch-checkpoint').toString()).toBe('0\n1\n1 0\n')
    expect(bench.file('partition.metadata').toString()).toBe('version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ')
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
    expect(bench.disk.list(FOLDER).filter((name) => name.endsWith('.checkpoint'))).toEqual([])
  })
})
