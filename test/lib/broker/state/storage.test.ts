import { randomUuid } from '../../../../src/lib/protocol/uuid.ts'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { EnvironmentError, isExpected } from '../../../../src/lib/errors.ts'
import type { FileSystem } from '../../../../src/lib/broker/log/file-system.ts'
import { type Fault, MemoryDisk, PowerCutError } from '../../../../src/lib/broker/log/index.ts'
import { lockDirectory, unlockDirectory } from '../../../../src/lib/broker/state/storage/lock.ts'
import { readMetaProperties, writeMetaProperties } from '../../../../src/lib/broker/state/storage/meta-properties.ts'
import { OffsetCheckpoint } from '../../../../src/lib/broker/state/storage/offset-checkpoint.ts'
import { DeleteRecords } from '../../../../src/lib/protocol/apis/delete-records.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { TestBroker } from '../../../support/broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { settle } from '../log/support.ts'

let disk: FileSystem
beforeEach(() => {
  disk = new MemoryDisk()
  disk.makeDirectory('/data')
})

describe('the lock of a folder', () => {
  const living = new Map([
    [10, 'first'],
    [20, 'second'],
  ])
  const seenBy = (pid: number) => ({ pid, identity: (asked: number) => living.get(asked) ?? null })

  test('keeps a second broker out, naming the first', () => {
    lockDirectory(disk, '/data', seenBy(10))
    expect(() => lockDirectory(disk, '/data', seenBy(20))).toThrow(
      new EnvironmentError('/data is in use by another broker (pid 10); stop it, or choose another folder', {
        code: 'DATA_DIR_IN_USE',
      }),
    )
    unlockDirectory(disk, '/data')
    expect(() => lockDirectory(disk, '/data', seenBy(20))).not.toThrow()
  })

  test('keeps out a second broker of the same process too', () => {
    lockDirectory(disk, '/data', seenBy(10))
    expect(() => lockDirectory(disk, '/data', seenBy(10))).toThrow('/data is in use by another broker (pid 10)')
  })

  test('that is taken over by two at once goes to one of them', () => {
    lockDirectory(disk, '/data', { pid: 30, identity: () => 'dead' })
    const rename = disk.rename.bind(disk)
    // The first is just about to take the dead mark away when the second has done so, and put its own there.
    disk.rename = (from, to) => {
      disk.rename = rename
      lockDirectory(disk, '/data', seenBy(20))
      rename(from, to)
    }
    expect(() => lockDirectory(disk, '/data', seenBy(10))).toThrow('/data is in use by another broker (pid 20)')
    expect(disk.list('/data')).toEqual(['.lock'])
  })

  test('is taken over when its process is gone, or its pid has gone to another one', () => {
    lockDirectory(disk, '/data', seenBy(10))
    expect(() =>
      lockDirectory(disk, '/data', { pid: 20, identity: (pid) => (pid === 20 ? 'second' : null) }),
    ).not.toThrow()
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
    disk.writeFileAtomically(
      '/data/meta.properties',
      '#\n#Sat Nov 21 11:00:00 UTC 2026\nbroker.id=0\nversion=0\ncluster.id=ab/c+==\n',
    )
    expect(readMetaProperties(disk, '/data')).toMatchObject({ clusterId: 'ab/c+==', nodeId: 0 })
  })

  test('is refused when it says nothing', () => {
    disk.writeFileAtomically('/data/meta.properties', 'hello\n')
    expect(() => readMetaProperties(disk, '/data')).toThrow(EnvironmentError)
    expect(readMetaProperties(disk, '/elsewhere')).toBeNull()
  })

  test('binds a folder to its broker', () => {
    const fileSystem = new MemoryDisk()
    new TestBroker({ fileSystem }).close()
    expect(() => new TestBroker({ fileSystem, properties: { 'node.id': '2' } })).toThrow(
      /belongs to broker 1, this is broker 2/,
    )
    expect(fileSystem.exists('/data/.lock')).toBe(false)
  })
})

test('a checkpoint keeps its offsets, and what it cannot understand does no harm', async () => {
  const path = '/data/log-start-offset-checkpoint'
  const open = (): OffsetCheckpoint =>
    new OffsetCheckpoint({
      fileSystem: disk,
      clock: new FakeClock(),
      path,
      isSynced: true,
      warn: () => {},
      onRefused: () => {},
    })
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

test('a checkpoint tells of a disk that refuses it; anything else is a bug, and thrown', () => {
  const memory = new MemoryDisk()
  memory.makeDirectory('/data')
  const refusals: string[] = []
  const checkpoint = new OffsetCheckpoint({
    fileSystem: memory,
    clock: new FakeClock(),
    path: '/data/recovery-point-offset-checkpoint',
    isSynced: true,
    warn: () => {},
    onRefused: (reason) => refusals.push(reason),
  })
  memory.failAt(1, 'EIO', { lasting: true })
  expect(() => checkpoint.create()).toThrow('EIO')
  memory.heal()
  memory.failAt(2, 'EIO', { lasting: true })
  expect(() => checkpoint.create()).toThrow('EIO')
  checkpoint.flush()
  expect(refusals).toEqual([
    expect.stringMatching(/^\/data\/recovery-point-offset-checkpoint could not be written: EIO/),
  ])
  memory.heal()
  memory.writeFileAtomically = () => {
    throw new TypeError('a bug')
  }
  expect(() => checkpoint.flush()).toThrow(TypeError)
})

describe('a checkpoint that a power cut may lose', () => {
  const path = '/data/recovery-point-offset-checkpoint'
  let memory: MemoryDisk
  let clock: FakeClock
  let refusals: string[]
  let checkpoint: OffsetCheckpoint
  beforeEach(() => {
    memory = new MemoryDisk()
    memory.makeDirectory('/data')
    clock = new FakeClock()
    refusals = []
    const onRefused = (reason: string) => refusals.push(reason)
    checkpoint = new OffsetCheckpoint({ fileSystem: memory, clock, path, isSynced: false, warn: () => {}, onRefused })
  })
  const text = (): string | undefined => memory.readFile(path)?.toString()

  test('takes its place once it is on the disk, and follows what changes meanwhile', async () => {
    memory.holdBackground()
    checkpoint.set('t', 0, 1n)
    await settle()
    expect(text()).toBeUndefined()
    checkpoint.set('t', 0, 2n)
    checkpoint.set('t', 0, 3n)
    memory.runBackground()
    await settle()
    expect(text()).toBe('0\n1\nt 0 1\n')
    clock.advance(99)
    memory.runBackground()
    await settle()
    expect(text()).toBe('0\n1\nt 0 1\n')
    clock.advance(1)
    await settle()
    memory.runBackground()
    await settle()
    expect(text()).toBe('0\n1\nt 0 3\n')
  })

  test('never brings back an offset that was lowered while it was on its way', async () => {
    memory.holdBackground()
    checkpoint.set('t', 0, 9n)
    await settle()
    checkpoint.set('t', 0, 4n)
    expect(text()).toBe('0\n1\nt 0 4\n')
    memory.runBackground()
    await settle()
    expect([text(), refusals]).toEqual(['0\n1\nt 0 4\n', []])
  })

  test('has all that has changed when it is flushed, and nothing comes after', async () => {
    memory.holdBackground()
    checkpoint.set('t', 0, 9n)
    await settle()
    checkpoint.flush()
    expect(text()).toBe('0\n1\nt 0 9\n')
    memory.remove('/data')
    memory.runBackground()
    await settle()
    expect([memory.exists('/data'), refusals]).toEqual([false, []])
  })

  test('tells of a disk that refuses it, and is written with the next change', async () => {
    memory.failAt(1, 'EIO', { lasting: true })
    checkpoint.set('t', 0, 1n)
    await settle()
    expect(refusals).toEqual([expect.stringMatching(`^${path} could not be written: EIO`)])
    memory.heal()
    checkpoint.set('u', 0, 2n)
    await settle()
    expect(text()).toBe('0\n2\nt 0 1\nu 0 2\n')
  })
})

describe('a broker that cannot start', () => {
  test('gives its folders back, wherever it failed', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk })
    await first.createTopic('t')
    first.close()
    const operations = (run: () => void): number => {
      const before = disk.operations
      run()
      return disk.operations - before
    }
    const count = operations(() => new TestBroker({ fileSystem: disk }))
    disk.remove('/data/.lock')
    for (let nth = 4; nth <= count; nth += 1) {
      disk.failAt(nth, 'EIO')
      let broker: TestBroker | null = null
      try {
        broker = new TestBroker({ fileSystem: disk })
      } catch (error) {
        expect(isExpected(error)).toBe(true)
        expect(disk.exists('/data/.lock')).toBe(false)
      }
      disk.heal()
      broker?.close()
    }
  })
})

describe('a clean stop', () => {
  test('is forgotten for good with the next start: a power cut does not bring it back', async () => {
    const disk = new MemoryDisk()
    new TestBroker({ fileSystem: disk }).close()
    new TestBroker({ fileSystem: disk })
    disk.failAt(1, 'crash')
    expect(() => disk.list('/data')).toThrow(PowerCutError)
    disk.restart()
    expect(disk.list('/data')).not.toContain('.kafka_cleanshutdown')
  })

  test('that cannot be marked gives the folder back all the same', () => {
    const disk = new MemoryDisk()
    const broker = new TestBroker({ fileSystem: disk })
    const write = disk.writeFileAtomically.bind(disk)
    disk.writeFileAtomically = (path, content) => {
      if (path.endsWith('.kafka_cleanshutdown')) disk.failAt(1, 'ENOSPC')
      write(path, content)
    }
    broker.close()
    expect(broker.warnings).toEqual(['cannot write to /data: the disk is full (ENOSPC)'])
    expect(disk.list('/data').filter((name) => name.startsWith('.'))).toEqual([])
  })
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
    for (const [name, id] of [
      ['gone-0', topicId],
      ['unknown-0', 'AAAAAAAAAAAAAAAAAAAAAQ'],
    ]) {
      disk.makeDirectory(`/data/${name}`)
      disk.writeFileAtomically(`/data/${name}/partition.metadata`, `version: 0\ntopic_id: ${id}\n`)
    }
    new TestBroker({ fileSystem: disk }).close()
    expect(['gone-0', 'unknown-0', 't-0'].map((name) => disk.exists(`/data/${name}`))).toEqual([false, true, true])
  })

  test.each<Fault>(['EIO', 'crash'])(
    'leaves nothing of a topic whose deletion met with %s, at whatever step',
    async (fault) => {
      for (let nth = 1; ; nth += 1) {
        const disk = new MemoryDisk()
        const first = new TestBroker({ fileSystem: disk })
        await first.createTopic('t', { partitions: 2 })
        await first.produce('t', ['a'])
        const before = disk.operations
        disk.failAt(nth, fault)
        let isRemoved = false
        try {
          first.node.broker.cluster.removeTopic('t')
          isRemoved = true
        } catch {
          isRemoved = first.node.broker.cluster.topic('t') === undefined
        }
        const isOver = disk.operations - before < nth
        disk.heal()
        if (fault === 'crash') disk.restart({ keepUnsynced: true })
        const again = fault === 'crash' ? new TestBroker({ fileSystem: disk }) : first
        if (isRemoved) expect(again.node.broker.cluster.topic('t')).toBeUndefined()
        if (again.node.broker.cluster.topic('t')) again.node.broker.cluster.removeTopic('t')
        await again.createTopic('t', { partitions: 2 })
        expect((await again.fetch('t', 0n)).values).toEqual([])
        again.node.broker.cluster.removeTopic('t')
        again.close()
        new TestBroker({ fileSystem: disk }).close()
        expect(disk.list('/data').filter((name) => name.startsWith('t'))).toEqual([])
        if (isOver) break
      }
    },
  )

  test('says of a folder that it cannot remove that it is there, and tries again with the next start', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk })
    const topicId = await first.createTopic('gone')
    first.node.broker.partitions.onTopicRemoved = () => {}
    first.node.broker.cluster.removeTopic('gone')
    const remove = disk.remove.bind(disk)
    disk.remove = (path) => {
      if (path === '/data/gone-0') disk.failAt(1, 'EACCES')
      remove(path)
    }
    const second = new TestBroker({ fileSystem: disk })
    expect(second.warnings).toEqual(['cannot write to /data/gone-0: permission denied (EACCES)'])
    expect(second.node.broker.cluster.wasRemoved('gone', () => topicId)).toBe(true)
    disk.remove = remove
    new TestBroker({ fileSystem: disk }).close()
    expect(disk.exists('/data/gone-0')).toBe(false)
  })
})

describe('what is noted of a log', () => {
  test('is not that of one of the same name which a crash took away', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk })
    await first.createTopic('t')
    for (const value of ['a', 'b', 'c']) await first.produce('t', [value])
    await first.send(DeleteRecords, { topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 2n }] }] })
    // The crash comes when the removal has been written down, and nothing else has been done.
    first.node.broker.partitions.onTopicRemoved = () => {}
    first.node.broker.cluster.removeTopic('t')
    const second = new TestBroker({ fileSystem: disk })
    await second.createTopic('t')
    expect(await second.produce('t', ['new'])).toMatchObject({ errorCode: 0, baseOffset: 0n, logStartOffset: 0n })
    second.close()
  })

  test('is there again after a restart: log start, recovery point, what has been compacted', async () => {
    const disk = new MemoryDisk()
    const first = new TestBroker({ fileSystem: disk, properties: { 'log.cleaner.backoff.ms': '1000' } })
    await first.createTopic('t', {
      configs: { 'cleanup.policy': 'compact,delete', 'segment.bytes': '1048576', 'min.cleanable.dirty.ratio': '0' },
    })
    const value = Buffer.alloc(400_000)
    const records = buildBatch([{ timestamp: BigInt(first.clock.now()), key: Buffer.from('k'), value }])
    for (let n = 0; n < 6; n += 1) {
      await first.send(
        Produce,
        { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records: Buffer.from(records) }] }] },
        12,
      )
    }
    await first.send(DeleteRecords, { topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 1n }] }] })
    first.clock.advance(1000)
    await vi.waitFor(() =>
      expect(
        ['log-start-offset', 'recovery-point-offset', 'cleaner-offset'].map((name) =>
          disk.readFile(`/data/${name}-checkpoint`)!.toString(),
        ),
      ).toEqual(['0\n1\nt 0 1\n', '0\n1\nt 0 4\n', '0\n1\nt 0 4\n']),
    )
    expect((await first.fetch('t', 2n)).values).toHaveLength(1)
    const second = new TestBroker({ fileSystem: disk })
    expect(second.node.broker.partitions.get('t', 0)!.log).toMatchObject({ logStartOffset: 1n, logEndOffset: 6n })
    second.node.broker.cluster.removeTopic('t')
    await settle()
    expect(disk.readFile('/data/cleaner-offset-checkpoint')!.toString()).toBe('0\n0\n')
    second.close()
  })
})
