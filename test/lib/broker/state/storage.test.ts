import { beforeEach, describe, expect, test } from 'vitest'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import type { FileSystem } from '../../../../src/lib/broker/log/file-system.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import { lockDirectory, unlockDirectory } from '../../../../src/lib/broker/state/storage/lock.ts'
import { randomUuid, readMetaProperties, writeMetaProperties } from '../../../../src/lib/broker/state/storage/meta-properties.ts'
import { OffsetCheckpoint } from '../../../../src/lib/broker/state/storage/offset-checkpoint.ts'
import { TestBroker } from '../../../support/broker.ts'

let disk: FileSystem
beforeEach(() => {
  disk = new MemoryDisk()
  disk.makeDirectory('/data')
})

describe('the lock of a folder', () => {
  const living = new Map([[10, 'first'], [20, 'second']])
  const seenBy = (pid: number) => ({ pid, identity: (asked: number) => living.get(asked) ?? null })

  test('keeps a second broker out, naming the first', () => {
    lockDirectory(disk, '/data', seenBy(10))
    expect(() => lockDirectory(disk, '/data', seenBy(20))).toThrow(new EnvironmentError('/data is in use by another broker (pid 10); stop it, or choose another folder with --data-dir'))
    unlockDirectory(disk, '/data')
    expect(() => lockDirectory(disk, '/data', seenBy(20))).not.toThrow()
  })

  test('is taken over when its process is gone, or its pid has gone to another one', () => {
    lockDirectory(disk, '/data', seenBy(10))
    expect(() => lockDirectory(disk, '/data', { pid: 20, identity: (pid) => (pid === 20 ? 'second' : null) })).not.toThrow()
    unlockDirectory(disk, '/data')
    lockDirectory(disk, '/data', seenBy(10))
    expect(() => lockDirectory(disk, '/data', { pid: 20, identity: () => 'a later process' })).not.toThrow()
  })
})

describe('meta.properties', () => {
  test('is read back, also one that Kafka wrote', () => {
    const meta = { clusterId: randomUuid(), nodeId: 3, directoryId: randomUuid() }
    writeMetaProperties(disk, '/data', meta)
    expect(readMetaProperties(disk, '/data')).toEqual(meta)
    disk.writeFileAtomically('/data/meta.properties', '#\n#Sat Nov 21 11:00:00 UTC 2026\nbroker.id=0\nversion=0\ncluster.id=abc\n')
    expect(readMetaProperties(disk, '/data')).toMatchObject({ clusterId: 'abc', nodeId: 0 })
  })

  test('is refused when it says nothing', () => {
    disk.writeFileAtomically('/data/meta.properties', 'hello\n')
    expect(() => readMetaProperties(disk, '/data')).toThrow(EnvironmentError)
    expect(readMetaProperties(disk, '/elsewhere')).toBeNull()
  })

  test('binds a folder to its broker', () => {
    const fileSystem = new MemoryDisk()
    new TestBroker({ fileSystem }).close()
    expect(() => new TestBroker({ fileSystem, properties: { 'node.id': '2' } })).toThrow(/belongs to broker 1, this is broker 2/)
  })
})

test('a checkpoint keeps its offsets, and what it cannot understand does no harm', async () => {
  const path = '/data/log-start-offset-checkpoint'
  const open = (): OffsetCheckpoint => new OffsetCheckpoint(disk, path, () => {})
  const checkpoint = open()
  checkpoint.set('a', 0, 5n)
  checkpoint.set('b', 2, 7n)
  checkpoint.delete('a', 0)
  await Promise.resolve()
  expect(disk.readFile(path)!.toString()).toBe('0\n1\nb 2 7\n')
  expect(open().get('b', 2)).toBe(7n)
  expect(open().get('a', 0)).toBeUndefined()
  disk.writeFileAtomically(path, '0\n2\nc 1 nonsense\nd 1 4\n')
  expect(open().get('c', 1)).toBeUndefined()
  expect(open().get('d', 1)).toBe(4n)
})

describe('a broker that comes back', () => {
  test('finds its records, after a clean stop and after a crash', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk })
    await first.createTopic('t')
    await first.produce('t', ['a', 'b'])
    first.close()
    expect(disk.exists('/data/.kafka_cleanshutdown')).toBe(true)
    const second = new TestBroker({ fileSystem: disk })
    expect(disk.exists('/data/.kafka_cleanshutdown')).toBe(false)
    await second.produce('t', ['c'])
    // No close: as after kill -9, what was written is there, but nothing marks it as whole.
    const third = new TestBroker({ fileSystem: disk })
    expect((await third.fetch('t', 0n)).values).toEqual(['a', 'b', 'c'])
    third.close()
  })

  test('removes the folder of a topic whose deletion a crash cut short, and no other', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk })
    await first.createTopic('t')
    const topicId = await first.createTopic('gone')
    // The crash comes when the removal has been written down, and nothing else has been done.
    first.node.broker.partitions.onTopicRemoved = () => {}
    first.node.broker.cluster.removeTopic('gone')
    for (const [name, id] of [['gone-0', topicId], ['unknown-0', 'AAAAAAAAAAAAAAAAAAAAAQ']]) {
      disk.makeDirectory(`/data/${name}`)
      disk.writeFileAtomically(`/data/${name}/partition.metadata`, `version: 0\ntopic_id: ${id}\n`)
    }
    new TestBroker({ fileSystem: disk }).close()
    expect(['gone-0', 'unknown-0', 't-0'].map((name) => disk.exists(`/data/${name}`))).toEqual([false, true, true])
  })

  test('leaves the folder of an Apache Kafka broker alone', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/data/__cluster_metadata-0')
    expect(() => new TestBroker({ fileSystem: disk })).toThrow(/holds the data of an Apache Kafka broker/)
  })
})
