import { afterEach, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import { DescribeLogDirs } from '../../../../src/lib/protocol/apis/describe-log-dirs.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
afterEach(() => broker.close())

const describeDirs = async (topics: { topic: string; partitions: number[] }[] | null, version = 5) => {
  const { errorCode, results } = await broker.send(DescribeLogDirs, { topics }, version)
  return (
    errorCode ||
    results.map(({ logDir, errorCode: error, topics: found }) => [
      logDir,
      error,
      ...found.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, partitionSize }) => `${name}-${partitionIndex} ${partitionSize}`),
      ),
    ])
  )
}

test('tells which replica lies in which folder, and how large it is', async () => {
  broker = new TestBroker({ properties: { 'log.dirs': '/a,/b' } })
  await broker.createTopic('t', { partitions: 3 })
  await broker.produce('t', ['hello'], { partition: 1 })
  const size = broker.node.broker.partitions.get('t', 1)!.log.sizeInBytes
  expect(size).toBeGreaterThan(60)
  const all = [
    ['/a', 0, 't-0 0', 't-2 0'],
    ['/b', 0, `t-1 ${size}`],
  ]
  expect(await describeDirs(null)).toEqual(all)
  expect(await describeDirs(null, 1)).toEqual(all)
  expect(
    await describeDirs([
      { topic: 't', partitions: [2, 2, 9] },
      { topic: 'none', partitions: [0] },
    ]),
  ).toEqual([
    ['/a', 0, 't-2 0'],
    ['/b', 0],
  ])
})

test('tells the room on the volume where the disk knows it', async () => {
  const disk = new MemoryDisk()
  disk.space = () => ({ totalBytes: 1000n, usableBytes: 300n }) as never
  broker = new TestBroker({ fileSystem: disk })
  expect((await broker.send(DescribeLogDirs, { topics: [] })).results).toMatchObject([
    { logDir: '/data', topics: [], totalBytes: 1000n, usableBytes: 300n, isCordoned: false },
  ])
  disk.space = () => {
    throw Object.assign(new Error('broken'), { code: 'EIO', syscall: 'statfs' })
  }
  expect(await describeDirs(null)).toEqual([['/data', ERRORS.KAFKA_STORAGE_ERROR]])
})
