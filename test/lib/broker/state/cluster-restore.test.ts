import { expect, test } from 'vitest'
import type { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import type { MetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { ID_A, ID_B, ID_C, newDataDisk, openCluster, openMetadataLog, partition } from './cluster-support.ts'

/** All that a log holds, as a snapshot has it. */
function recordsOn(disk: MemoryDisk): MetadataRecord[] {
  const log = openMetadataLog(disk)
  const records = [...log.load()].flatMap((committed) => committed.records)
  log.close()
  return records
}

test('a snapshot takes the place of all that was known, and listeners hear of what differs', () => {
  const newer = newDataDisk()
  const source = openCluster(newer)
  source.createTopic('kept', ID_A, [partition], new Map([['retention.ms', '6']]))
  source.createTopic('again', ID_C, [partition], new Map())
  source.setConfigs('broker', '', new Map([['log.cleaner.threads', '2']]))
  source.clientQuotas.set({ user: 'alice' }, new Map([['producer_byte_rate', 1]]))
  source.close()

  const cluster = openCluster(newDataDisk())
  cluster.createTopic('kept', ID_A, [partition], new Map([['segment.bytes', '1048576']]))
  cluster.createTopic('again', ID_B, [partition], new Map([['retention.ms', '7']]))
  cluster.createTopic('gone', 'AAAAAAAAAAAAAAAAAAAAdg', [partition], new Map())
  cluster.setConfigs('broker', '', new Map([['log.cleaner.threads', '1']]))
  cluster.setConfigs('group', 'g', new Map([['consumer.session.timeout.ms', '50000']]))
  cluster.clientQuotas.set({ user: 'bob' }, new Map([['producer_byte_rate', 2]]))
  const heard: string[] = []
  cluster.listen({
    onTopicChanged: ({ name }, before) => heard.push(`${before ? 'changed' : 'made'} ${name}`),
    onTopicRemoved: ({ name, topicId }) => heard.push(`removed ${name} ${topicId}`),
    onConfigsChanged: (resource, name) => heard.push(`configs of ${resource} ${name}`),
  })
  cluster.restore(recordsOn(newer))

  expect([...cluster.topics()].map(({ name, topicId, configs }) => [name, topicId, ...configs])).toEqual([
    ['kept', ID_A, ['retention.ms', '6']],
    ['again', ID_C],
  ])
  expect(cluster.configs('broker', '')).toEqual(new Map([['log.cleaner.threads', '2']]))
  expect(cluster.configs('group', 'g').size).toBe(0)
  expect([...cluster.clientQuotas.all()].map(({ entity }) => entity)).toEqual([{ user: 'alice' }])
  expect(heard.sort()).toEqual([
    'changed kept',
    'configs of broker ',
    'configs of group g',
    'made again',
    'removed again AAAAAAAAAAAAAAAAAAAAbg',
    'removed gone AAAAAAAAAAAAAAAAAAAAdg',
  ])
  cluster.close()
})
