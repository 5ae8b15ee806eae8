import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import type { RunningNode } from '../../../../src/lib/broker/start.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DescribeLogDirs } from '../../../../src/lib/protocol/apis/describe-log-dirs.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { JoinedCluster } from './support.ts'

let cluster: JoinedCluster
let controller: RunningNode
let broker: RunningNode
let disk: MemoryDisk
beforeEach(async () => {
  cluster = new JoinedCluster()
  disk = new MemoryDisk()
  controller = await cluster.startController()
  broker = await start()
  const { topics } = await cluster.ask(controller, CreateTopics, {
    topics: [
      {
        name: 'retail',
        assignments: [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, brokerIds: [2, 1] })),
        numPartitions: -1,
        replicationFactor: -1,
      },
    ],
  })
  expect(topics[0]!.errorCode).toBe(0)
  await cluster.pass(1000)
})
afterEach(() => cluster.close())

const start = (): Promise<RunningNode> => cluster.startBroker(2, disk, { 'log.dirs': '/one,/two' })

const pathOf = (node: RunningNode, index: number): string => node.broker.directories.pathOf('retail', index)!

async function produce(index: number, node: RunningNode = broker): Promise<number> {
  const { topicId } = node.broker.cluster.topic('retail')!
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.from('v') }])
  const { responses } = await cluster.ask(node, Produce, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ topicId, partitionData: [{ index, records }] }],
  })
  return responses[0]!.partitionResponses[0]!.errorCode
}

const leaders = async (node: RunningNode) => {
  const { topics } = await cluster.ask(node, Metadata, { topics: [{ name: 'retail' }] })
  return topics[0]!.partitions
}

describe('a broker with several log directories', () => {
  test('tells the controller where each replica lies', () => {
    const { partitions } = controller.broker.cluster.topic('retail')!
    const ids = broker.broker.directories.directoryIds
    for (const { partition, directories } of partitions) {
      expect(directories[0]).toBe(ids[pathOf(broker, partition) === '/one' ? 0 : 1])
      expect(directories[1]).toBe(controller.broker.directories.directoryIds[0])
    }
    expect(new Set(partitions.map(({ directories }) => directories[0])).size).toBe(2)
  })

  test('loses what lies in one that its disk refuses, and others lead that', async () => {
    for (const index of [0, 1, 2, 3]) expect(await produce(index)).toBe(0)
    disk.fill('/two')
    const [lost, kept] = ['/two', '/one'].map((path) => [0, 1, 2, 3].filter((index) => pathOf(broker, index) === path))
    expect(await produce(lost![0]!)).toBe(ERRORS.KAFKA_STORAGE_ERROR)
    await cluster.pass(1000)
    for (const node of [controller, broker]) {
      for (const { partitionIndex, leaderId, isrNodes, offlineReplicas } of await leaders(node)) {
        const isLost = lost!.includes(partitionIndex)
        expect({ leaderId, isrNodes, offlineReplicas }).toEqual(
          isLost
            ? { leaderId: 1, isrNodes: [1], offlineReplicas: [2] }
            : { leaderId: 2, isrNodes: [2, 1], offlineReplicas: [] },
        )
      }
    }
    for (const index of lost!) expect(await produce(index, controller)).toBe(0)
    for (const index of kept!) expect(await produce(index)).toBe(0)
    const { results } = await cluster.ask(broker, DescribeLogDirs, { topics: null })
    expect(results.map(({ logDir, errorCode, topics }) => [logDir, errorCode, topics.length])).toEqual([
      ['/one', 0, 1],
      ['/two', ERRORS.KAFKA_STORAGE_ERROR, 0],
    ])
    expect(cluster.warnings.filter((line) => line.includes('/two'))).toEqual([
      expect.stringMatching(
        /^the log directory \/two has failed: cannot write to \/two\/retail-\d: the disk is full \(ENOSPC\); what lies there \(2 of the replicas\) is offline/,
      ),
    ])
  })

  test('has it all again when it starts with a disk that takes what is written', async () => {
    disk.fill('/two')
    const lost = [0, 1, 2, 3].find((index) => pathOf(broker, index) === '/two')!
    await produce(lost)
    await cluster.pass(1000)
    expect(await produce(lost, controller)).toBe(0)
    await cluster.stop(broker)
    disk.heal()
    broker = await start()
    await cluster.pass(2000)
    const [partition] = (await leaders(controller)).filter(({ partitionIndex }) => partitionIndex === lost)
    expect(partition).toMatchObject({ isrNodes: [1, 2], offlineReplicas: [] })
    expect(pathOf(broker, lost)).toBe('/two')
  })

  test('starts without one that the disk refuses, and makes nothing anew elsewhere of what lies there', async () => {
    const there = [0, 1, 2, 3].filter((index) => pathOf(broker, index) === '/two')
    await cluster.stop(broker)
    disk.fill('/two')
    broker = await start()
    await cluster.pass(2000)
    const partitions = await leaders(controller)
    for (const { partitionIndex, offlineReplicas } of partitions)
      expect(offlineReplicas).toEqual(there.includes(partitionIndex) ? [2] : [])
    expect(there.map((index) => pathOf(broker, index))).toEqual([undefined, undefined])
    expect(cluster.warnings.filter((line) => line.includes('/two'))).toEqual([
      expect.stringMatching(/^the data folder \/two cannot be used: .*: the replicas that lie there are offline$/),
    ])
  })

  test('ends when the one with the metadata fails', async () => {
    disk.fill('/one')
    await produce([0, 1, 2, 3].find((index) => pathOf(broker, index) === '/one')!)
    expect(await cluster.until(broker.failed)).toMatch(
      /^the log directory \/one has failed: .*the disk is full \(ENOSPC\); the broker cannot go on without it, and stops$/,
    )
    await cluster.stop(broker)
    for (const { leaderId } of await leaders(controller)) expect(leaderId).toBe(1)
    expect(cluster.warnings).toEqual([])
  })

  test('ends when all have failed, and opens nothing that comes meanwhile', async () => {
    const full = new MemoryDisk()
    const third = await cluster.startBroker(3, full, { 'log.dirs': '/logs', 'metadata.log.dir': '/metadata' })
    full.fill('/logs')
    for (const name of ['first', 'second']) {
      const assignments = [{ partitionIndex: 0, brokerIds: [1, 3] }]
      const { topics } = await cluster.ask(controller, CreateTopics, {
        topics: [{ name, assignments, numPartitions: -1, replicationFactor: -1 }],
      })
      expect(topics[0]!.errorCode).toBe(0)
      await cluster.until(third.failed)
    }
    await cluster.pass(1000)
    expect(third.broker.cluster.topic('second')).toBeDefined()
    expect(third.broker.partitions.get('second', 0)).toBeUndefined()
  })
})
