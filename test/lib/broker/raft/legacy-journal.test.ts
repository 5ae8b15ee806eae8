import { describe, expect, it } from 'vitest'
import { crc32c } from '../../../../src/lib/protocol/records/index.ts'
import { codeOf } from '../log/support.ts'
import { Bench, DIRECTORY_ID, FOLDER } from './support.ts'

const JOURNAL = '/data/cluster-metadata.jsonl'
const RETAIL = 'UH04egmcSe6TjoTkcQnhFg'
const GONE = 'JEhb5yq4RfCAhRunlEbrFw'
const partition = (number: number) => ({ partition: number, leader: 1, leaderEpoch: 3, replicas: [1], isr: [1] })
const topicChange = (name: string, topicId: string, count: number, configs: Record<string, string> = {}) => ({
  type: 'topic',
  topic: { name, topicId, partitions: Array.from({ length: count }, (_, index) => partition(index)), configs },
})
const acl = (operation: number) => ({
  resourceType: 2,
  resourceName: 'retail',
  patternType: 3,
  principal: 'User:alice',
  host: '*',
  operation,
  permissionType: 3,
})

function line(change: unknown): string {
  const json = JSON.stringify(change)
  return `${crc32c(Buffer.from(json)).toString(16).padStart(8, '0')} ${json}\n`
}

function journal(...changes: unknown[]): Bench {
  const bench = new Bench()
  bench.disk.writeFileAtomically(JOURNAL, changes.map(line).join(''))
  return bench
}

/** What is there beyond that with which every log begins. */
const migrated = (bench: Bench): unknown[] => bench.records.slice(5)

const partitionRecord = (partitionId: number, directory = DIRECTORY_ID) =>
  expect.objectContaining({
    type: 'PARTITION_RECORD',
    partitionId,
    topicId: RETAIL,
    replicas: [1],
    isr: [1],
    leader: 1,
    leaderEpoch: 3,
    partitionEpoch: 0,
    directories: [directory],
  })

describe('the journal of an older kts', () => {
  it('is taken over once, and kept', () => {
    const bench = journal(
      topicChange('retail', RETAIL, 1, { 'retention.ms': '5' }),
      topicChange('gone', GONE, 1),
      topicChange('retail', RETAIL, 2, { 'retention.ms': '1000' }),
      { type: 'topicRemoved', name: 'gone' },
      { type: 'compacted', offset: 100, leaderEpoch: 7 },
      { type: 'configs', resource: 'broker', name: '', configs: { 'log.retention.ms': '5' } },
      { type: 'configs', resource: 'broker', name: '', configs: { 'log.retention.ms': '7' } },
      { type: 'configs', resource: 'group', name: 'g', configs: { 'consumer.session.timeout.ms': '45000' } },
      { type: 'configs', resource: 'client-metrics', name: 'm', configs: { 'interval.ms': '5000' } },
      { type: 'clientQuota', entity: { user: 'alice', 'client-id': null }, values: { producer_byte_rate: 1024.5 } },
      { type: 'clientQuota', entity: { user: 'bob' }, values: { consumer_byte_rate: null } },
      { type: 'clientQuota', entity: { user: 'carol' }, values: { consumer_byte_rate: 5 } },
      { type: 'clientQuota', entity: { user: 'carol' }, values: {} },
      {
        type: 'scram',
        user: 'alice',
        mechanism: 1,
        credential: { iterations: 4096, salt: 'c2FsdA==', storedKey: 'c3RvcmVk', serverKey: 'c2VydmVy' },
      },
      { type: 'scram', user: 'bob', mechanism: 2, credential: null },
      { type: 'acls', added: [acl(3), acl(4)], removed: [] },
      { type: 'acls', added: [], removed: [acl(4)] },
      { type: 'producerIds', next: '1000' },
      { type: 'producerIds', next: '2000' },
    )
    const content = bench.disk.readFile(JOURNAL)
    bench.open()
    expect(migrated(bench)).toEqual([
      { type: 'TOPIC_RECORD', name: 'gone', topicId: GONE },
      { type: 'REMOVE_TOPIC_RECORD', topicId: GONE },
      { type: 'TOPIC_RECORD', name: 'retail', topicId: RETAIL },
      partitionRecord(0),
      partitionRecord(1),
      { type: 'CONFIG_RECORD', resourceType: 2, resourceName: 'retail', name: 'retention.ms', value: '1000' },
      { type: 'CONFIG_RECORD', resourceType: 4, resourceName: '', name: 'log.retention.ms', value: '7' },
      {
        type: 'CONFIG_RECORD',
        resourceType: 32,
        resourceName: 'g',
        name: 'consumer.session.timeout.ms',
        value: '45000',
      },
      { type: 'CONFIG_RECORD', resourceType: 16, resourceName: 'm', name: 'interval.ms', value: '5000' },
      {
        type: 'CLIENT_QUOTA_RECORD',
        entity: [
          { entityType: 'user', entityName: 'alice' },
          { entityType: 'client-id', entityName: null },
        ],
        key: 'producer_byte_rate',
        value: 1024.5,
        remove: false,
      },
      {
        type: 'CLIENT_QUOTA_RECORD',
        entity: [{ entityType: 'user', entityName: 'bob' }],
        key: 'consumer_byte_rate',
        value: Infinity,
        remove: false,
      },
      {
        type: 'USER_SCRAM_CREDENTIAL_RECORD',
        name: 'alice',
        mechanism: 1,
        iterations: 4096,
        salt: Buffer.from('salt'),
        storedKey: Buffer.from('stored'),
        serverKey: Buffer.from('server'),
      },
      { type: 'ACCESS_CONTROL_ENTRY_RECORD', id: expect.stringMatching(/^[\w-]{22}$/) as string, ...acl(3) },
      { type: 'PRODUCER_IDS_RECORD', brokerId: 1, brokerEpoch: -1n, nextProducerId: 2000n },
    ])
    expect(bench.disk.exists(JOURNAL)).toBe(false)
    expect(bench.disk.readFile(`${JOURNAL}.migrated`)).toEqual(content)
    const before = migrated(bench)
    bench.open()
    expect(migrated(bench)).toEqual(before)
  })

  it('does not say in which of several folders a partition lies', () => {
    const bench = journal(topicChange('retail', RETAIL, 1))
    bench.open({ directoryIds: [DIRECTORY_ID, 'laibZtpVTyiNg8rEPJgY9g'] })
    expect(migrated(bench)[1]).toEqual(partitionRecord(0, 'AAAAAAAAAAAAAAAAAAAAAA'))
  })

  it('may have lines without a checksum, and a torn end', () => {
    const bench = new Bench()
    const change = JSON.stringify(topicChange('retail', RETAIL, 1))
    bench.disk.writeFileAtomically(JOURNAL, `${change}\n${line(topicChange('gone', GONE, 1)).slice(0, 50)}`)
    bench.open()
    expect(bench.topics).toEqual(['retail'])
  })

  it('may hold more than one batch does', () => {
    const bench = journal(topicChange('retail', RETAIL, 10_005))
    bench.open()
    expect(migrated(bench)).toHaveLength(10_006)
    expect(bench.loaded.filter(({ records }) => records.length > 0)).toHaveLength(1)
  })

  it.each([
    ['no JSON', 'hello\n'],
    ['another checksum', line({ type: 'topicRemoved', name: 'a' }).replace(/^./, 'x')],
    ['no change', line({ type: 'topic', topic: {} })],
  ])('stops the node where a line is %s', (_, damaged) => {
    const bench = new Bench()
    const content = `${line(topicChange('retail', RETAIL, 1))}${damaged}`
    bench.disk.writeFileAtomically(JOURNAL, content)
    expect(() => bench.open()).toThrow('/data/cluster-metadata.jsonl is damaged in line 2: mend or remove that line')
    expect(codeOf(() => bench.open())).toBe('DATA_DIR_UNUSABLE')
    expect(bench.disk.readFile(JOURNAL)!.toString()).toBe(content)
    bench.disk.writeFileAtomically(JOURNAL, line(topicChange('retail', RETAIL, 1)))
    bench.open()
    expect(bench.topics).toEqual(['retail'])
  })

  it('survives whatever comes between', () => {
    const start = (): Bench => journal(topicChange('retail', RETAIL, 1), { type: 'producerIds', next: '1000' })
    const counted = start()
    const before = counted.disk.operations
    counted.open()
    const count = counted.disk.operations - before
    for (const survivors of [{ keepUnsynced: true }, { keepNames: true }, {}]) {
      for (let nth = 1; nth <= count; nth += 1) {
        const bench = start()
        bench.disk.failAt(nth, 'crash')
        codeOf(() => bench.open())
        bench.disk.restart(survivors)
        bench.open()
        expect(migrated(bench)).toHaveLength(3)
        expect(bench.disk.exists(`${FOLDER}/quorum-state`)).toBe(true)
        expect(bench.disk.exists(JOURNAL)).toBe(false)
      }
    }
  })
})
