import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import type { RunningNode } from '../../../../src/lib/broker/start.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics } from '../../../../src/lib/protocol/apis/delete-topics.ts'
import { DescribeCluster } from '../../../../src/lib/protocol/apis/describe-cluster.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { CONTROLLER_PORT, JoinedCluster } from './support.ts'

let cluster: JoinedCluster
beforeEach(() => {
  cluster = new JoinedCluster()
})
afterEach(() => cluster.close())

const metadata = { topics: [{ name: 'retail' }], allowAutoTopicCreation: false }
const retail = { topics: [{ name: 'retail', numPartitions: 2, replicationFactor: 2 }] }

describe('a broker under another controller', () => {
  test('takes its cluster from it, and is told to clients of both', async () => {
    const controller = await cluster.startController()
    const broker = await cluster.startBroker(2)
    expect(broker.clusterId).toBe(controller.clusterId)
    for (const node of [controller, broker]) {
      const { brokers, controllerId } = await cluster.ask(node, DescribeCluster, {})
      expect(brokers.map(({ brokerId }) => brokerId)).toEqual([1, 2])
      expect(controllerId).toBe(1)
    }
  })

  test('hands on what admins want, and the answer of the controller back', async () => {
    const controller = await cluster.startController()
    const broker = await cluster.startBroker(2)
    const { topics } = await cluster.ask(broker, CreateTopics, retail)
    expect(topics).toMatchObject([{ name: 'retail', errorCode: 0, numPartitions: 2, replicationFactor: 2 }])
    expect((await cluster.ask(broker, CreateTopics, retail)).topics).toMatchObject([
      { errorCode: ERRORS.TOPIC_ALREADY_EXISTS, errorMessage: "Topic 'retail' already exists." },
    ])
    for (const node of [controller, broker]) {
      const [topic] = (await cluster.ask(node, Metadata, metadata)).topics
      expect(topic!.partitions.map(({ isrNodes }) => [...isrNodes].sort())).toEqual([
        [1, 2],
        [1, 2],
      ])
    }
    await cluster.ask(broker, DeleteTopics, { topics: [{ name: 'retail' }] })
    expect((await cluster.ask(controller, Metadata, metadata)).topics[0]!.errorCode).toBe(
      ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
    )
  })

  test('refuses to change the settings of another broker, and hands on those of its own and of all', async () => {
    const controller = await cluster.startController()
    const broker = await cluster.startBroker(2)
    const set = (resourceName: string) => ({
      resourceType: CONFIG_RESOURCE_TYPES.broker,
      resourceName,
      configs: [{ name: 'log.cleaner.threads', configOperation: 0, value: '2' }],
    })
    const { responses } = await cluster.ask(broker, IncrementalAlterConfigs, { resources: ['1', '2', ''].map(set) })
    expect(responses).toMatchObject([
      {
        resourceName: '1',
        errorCode: ERRORS.INVALID_REQUEST,
        errorMessage: 'Unexpected broker id, expected 2, but received 1',
      },
      { resourceName: '2', errorCode: 0 },
      { resourceName: '', errorCode: 0 },
    ])
    const { cluster: image } = controller.broker
    expect(['1', '2', ''].map((name) => image.configs('broker', name).get('log.cleaner.threads'))).toEqual([
      undefined,
      '2',
      '2',
    ])
  })

  test('refuses what it cannot be set to', async () => {
    await cluster.startController()
    const broker = await cluster.startBroker(2)
    const fixed = {
      resourceType: CONFIG_RESOURCE_TYPES.broker,
      resourceName: '2',
      configs: [{ name: 'broker.id', configOperation: 0, value: '9' }],
    }
    expect((await cluster.ask(broker, IncrementalAlterConfigs, { resources: [fixed] })).responses).toMatchObject([
      { errorMessage: 'Cannot update these configs dynamically: [broker.id]' },
    ])
    expect(broker.broker.cluster.configs('broker', '2').size).toBe(0)
  })

  test('answers for its loggers itself', async () => {
    await cluster.startController()
    const broker = await cluster.startBroker(2)
    const logger = (resourceName: string) => ({
      resourceType: CONFIG_RESOURCE_TYPES.brokerLogger,
      resourceName,
      configs: [{ name: 'kafka', configOperation: 0, value: 'DEBUG' }],
    })
    const { responses } = await cluster.ask(broker, IncrementalAlterConfigs, { resources: ['1', '2'].map(logger) })
    expect(responses).toMatchObject([
      { resourceName: '1', errorMessage: 'Unexpected broker id, expected 2, but received 1' },
      { resourceName: '2', errorMessage: expect.not.stringContaining('broker id') },
    ])
  })

  test('has a topic made that a client mentions', async () => {
    await cluster.startController()
    const broker = await cluster.startBroker(2)
    const mention = { topics: [{ name: 'retail' }], allowAutoTopicCreation: true }
    const codeNow = async () => (await cluster.ask(broker, Metadata, mention)).topics[0]!.errorCode
    expect(await codeNow()).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    let code: number = ERRORS.UNKNOWN_TOPIC_OR_PARTITION
    for (let tries = 0; code !== 0 && tries < 20; tries += 1) code = await codeNow()
    expect(code).toBe(0)
  })

  test('says so of each item where no controller answers', async () => {
    const controller = await cluster.startController()
    const broker = await cluster.startBroker(2)
    await cluster.stop(controller)
    expect((await cluster.ask(broker, CreateTopics, retail)).topics).toMatchObject([
      { name: 'retail', errorCode: ERRORS.REQUEST_TIMED_OUT, errorMessage: expect.stringContaining('localhost:9093') },
    ])
  })

  test('hands over what it leads when it stops, and comes back to it', async () => {
    const controller = await cluster.startController()
    const disk = new MemoryDisk()
    const broker = await cluster.startBroker(2, disk)
    await cluster.ask(broker, CreateTopics, retail)
    await cluster.stop(broker)
    const { brokers, topics } = await cluster.ask(controller, Metadata, metadata)
    expect(brokers.map(({ nodeId }) => nodeId)).toEqual([1])
    expect(topics[0]!.partitions.map(({ leaderId }) => leaderId)).toEqual([1, 1])
    const again = await cluster.startBroker(2, disk)
    expect((await cluster.ask(again, DescribeCluster, {})).brokers).toHaveLength(2)
  })

  test('goes on with the metadata when the controller comes back', async () => {
    const disk = new MemoryDisk()
    const controller = await cluster.startController(disk)
    const broker = await cluster.startBroker(2)
    await cluster.stop(controller)
    const again = await cluster.startController(disk)
    await cluster.ask(again, CreateTopics, { topics: [{ name: 'later', numPartitions: 1, replicationFactor: 1 }] })
    const request = { topics: [{ name: 'later' }], allowAutoTopicCreation: false }
    await cluster.pass(5000)
    expect((await cluster.ask(broker, Metadata, request)).topics[0]!.errorCode).toBe(0)
  })
})

describe('a broker does not start', () => {
  test('when no controller answers for a minute, and says so after three seconds', async () => {
    await expect(cluster.startBroker(2)).rejects.toThrow(
      'no controller answers at localhost:9093 within 60000 ms: start it first',
    )
    expect(cluster.warnings).toEqual(['no controller answers at localhost:9093: still trying'])
  })

  test('when it is told to stop meanwhile', async () => {
    const signal = AbortSignal.abort()
    const starting = cluster.start(
      new MemoryDisk(),
      {
        'process.roles': 'broker',
        'node.id': '2',
        listeners: 'PLAINTEXT://localhost:0',
        'controller.quorum.bootstrap.servers': `localhost:${CONTROLLER_PORT}`,
      },
      signal,
    )
    await expect(starting).rejects.toMatchObject({ code: 'ECANCELED' })
  })

  test('on the folder of another cluster', async () => {
    const disk = new MemoryDisk()
    const alone = await cluster.start(disk, { 'node.id': '2', listeners: 'PLAINTEXT://localhost:0' })
    await cluster.stop(alone)
    await cluster.startController()
    await expect(cluster.startBroker(2, disk)).rejects.toThrow(
      `this broker's folder belongs to cluster ${alone.clusterId}, the controller at localhost:9093 to another: ` +
        'choose another folder, or another controller',
    )
  })

  test('beside another of its number', async () => {
    await cluster.startController()
    await cluster.startBroker(2)
    await expect(cluster.startBroker(2)).rejects.toThrow(
      'another broker 2 is running in this cluster: give this one a node.id of its own',
    )
    expect(cluster.warnings).toContain('broker 2 is registered already: waiting for the end of its session')
  })
})

describe('a broker whose disk fails while it joins', () => {
  test('does not start, or ends, and says why in a line, whatever it was doing', async () => {
    const disk = new MemoryDisk()
    await cluster.startController()
    const broker = await cluster.startBroker(2, disk)
    await cluster.ask(broker, CreateTopics, retail)
    await cluster.stop(broker)
    for (let nth = 1; nth <= disk.operations; nth += 1) {
      const failing = new MemoryDisk()
      failing.failAt(nth, 'ENOSPC', { lasting: true })
      const outcome = await cluster.startBroker(2, failing).then(endOf, (error: unknown) => error)
      if (failing.operations < nth) break
      expect(outcome).toBeInstanceOf(EnvironmentError)
      expect((outcome as Error).message).toMatch(/^.*ENOSPC.*$/)
    }
  })

  async function endOf(node: RunningNode): Promise<EnvironmentError> {
    const reason = await cluster.until(node.failed)
    await cluster.stop(node)
    return new EnvironmentError(reason)
  }
})

describe('a broker with a file of the time of ZooKeeper', () => {
  test('joins the controller that stands there', async () => {
    const controller = await cluster.startController()
    const broker = await cluster.startOld(0)
    expect(broker.clusterId).toBe(controller.clusterId)
    expect((await cluster.ask(broker, DescribeCluster, {})).brokers).toHaveLength(2)
  })

  test('is alone where nothing stands, and stays so', async () => {
    const disk = new MemoryDisk()
    const alone = await cluster.startOld(0, disk)
    expect((await cluster.ask(alone, DescribeCluster, {})).brokers).toHaveLength(1)
    await cluster.stop(alone)
    await cluster.startController()
    const again = await cluster.startOld(0, disk)
    expect(again.clusterId).toBe(alone.clusterId)
    expect(cluster.warnings).toEqual([
      'localhost:9093 is the controller of another cluster than that of /data: this broker goes on alone',
    ])
  })

  test('is alone where something else stands, and says so', async () => {
    await cluster.network.listen({ host: '', port: CONTROLLER_PORT, idleMs: 0 }, (stream) =>
      stream.end('This server speaks something else.'),
    )
    const alone = await cluster.startOld(0)
    expect((await cluster.ask(alone, DescribeCluster, {})).brokers).toHaveLength(1)
    expect(cluster.warnings).toEqual([
      'what listens on localhost:9093 is no controller of kts: this broker needs no ZooKeeper, and goes on alone',
    ])
  })

  test('waits for the controller that it has joined before', async () => {
    const disk = new MemoryDisk()
    const controller = await cluster.startController()
    const broker = await cluster.startOld(0, disk)
    await cluster.stop(broker)
    await cluster.stop(controller)
    await expect(cluster.startOld(0, disk)).rejects.toThrow('no controller answers at localhost:9093')
  })
})
