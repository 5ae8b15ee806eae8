import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatFolder } from '../../src/lib/broker/format.ts'
import { Disk } from '../../src/lib/broker/log/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { NewMetadataRecord } from '../../src/lib/protocol/internal-records/index.ts'
import { temporaryFolder } from '../support/kts.ts'
import { CONTROLLER, LifeCluster } from './support/cluster.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function started(...[count, settings, ofController]: Parameters<typeof LifeCluster.start>): Promise<LifeCluster> {
  const cluster = await LifeCluster.start(count, settings, ofController)
  closing.push(() => cluster.close())
  return cluster
}

/** A folder of a node of the cluster `another…`. */
function formatted(nodeId: number, records: readonly NewMetadataRecord[] = []): string {
  const { path, remove } = temporaryFolder()
  closing.push(remove)
  const directory = join(path, 'data')
  formatFolder(new Disk(), systemClock, { directory, clusterId: 'anotherAAAAAAAAAAAAAAA', nodeId, records })
  return directory
}

const level = (name: string, featureLevel: number): NewMetadataRecord => ({
  type: 'FEATURE_LEVEL_RECORD',
  name,
  featureLevel,
})

describe('a cluster takes no broker', () => {
  let cluster: LifeCluster
  beforeEach(async () => {
    cluster = await started(1, { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '400' })
  })
  afterEach(() => {
    expect([...cluster.said(1), ...cluster.said(CONTROLLER)]).toEqual([])
  })

  test('whose folder is of another cluster', async () => {
    await expect(cluster.add(2, { dataDir: formatted(2) })).rejects.toThrow(
      /: this broker's folder belongs to cluster another\w+, the controller at 127.0.0.1:\d+ to another: choose another folder, or another controller\n$/,
    )
  })

  test('with the id of one that runs', async () => {
    const first = cluster.node(1)
    await expect(cluster.add(1)).rejects.toThrow(
      /: broker 1 is registered already: waiting for the end of its session\n.*: another broker 1 is running in this cluster: give this one a node.id of its own\n$/,
    )
    expect(cluster.node(1)).toBe(first)
  })

  test('with the folder of one that runs', async () => {
    await expect(cluster.add(3, { dataDir: cluster.node(1).broker.dataDir })).rejects.toThrow(
      /: \S+ is in use by another broker \(pid \d+\); stop it, or choose another folder\n$/,
    )
  })
})

test('brokers end when their controller comes back with an empty folder, as that of another cluster', async () => {
  const cluster = await started(1)
  await cluster.controller.end('SIGKILL')
  rmSync(cluster.controller.dataDir, { recursive: true })
  await cluster.controller.start()
  expect(await cluster.node(1).broker.running.finished).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/this broker's folder belongs to cluster \S+, the controller at \S+ to another/),
  })
})

test('a broker says how room is made for it where the controller has a feature that it lacks', async () => {
  const records = [level('metadata.version', 30), level('share.version', 1)]
  await expect(started(1, {}, { dataDir: formatted(CONTROLLER, records) })).rejects.toThrow(
    /: the cluster has share.version 1, which this broker does not have: make room with kafka-features --bootstrap-controller \S+ downgrade --feature share.version=0, or format the controller with --feature share.version=0\n$/,
  )
})

test('a controller does not start with the metadata of a newer Kafka', async () => {
  await expect(started(0, {}, { dataDir: formatted(CONTROLLER, [level('metadata.version', 99)]) })).rejects.toThrow(
    /metadata\.version/,
  )
})
