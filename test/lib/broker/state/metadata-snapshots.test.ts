import { describe, expect, it } from 'vitest'
import { KafkaError } from '../../../../src/lib/errors.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import type { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { MetadataSnapshots } from '../../../../src/lib/broker/state/metadata-snapshots.ts'
import type { LogDirectories } from '../../../../src/lib/broker/state/storage/log-directories.ts'
import { TestBroker } from '../../../support/broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const FOLDER = '/data/__cluster_metadata-0'
const HOUR_MS = 3_600_000

class Node {
  readonly disk = new MemoryDisk()
  readonly clock = new FakeClock()
  readonly broker: TestBroker

  constructor(properties: Record<string, string> = {}) {
    this.broker = new TestBroker({ fileSystem: this.disk, clock: this.clock, properties })
  }

  get snapshots(): number {
    return this.disk.list(FOLDER).filter((name) => name.endsWith('.checkpoint')).length
  }
}

describe('the snapshots of the metadata', () => {
  it('are taken after an hour, when anything has changed', () => {
    const node = new Node()
    node.clock.advance(HOUR_MS - 120_000)
    expect(node.snapshots).toBe(0)
    node.clock.advance(180_000)
    expect(node.snapshots).toBe(1)
    node.clock.advance(2 * HOUR_MS)
    expect(node.snapshots).toBe(1)
    node.broker.node.broker.cluster.allocateProducerIds(1n, 1)
    node.clock.advance(60_000)
    expect(node.snapshots).toBe(2)
  })

  it('are taken after so many bytes', () => {
    const node = new Node({ 'metadata.log.max.record.bytes.between.snapshots': '100' })
    expect(node.snapshots).toBe(1)
    node.clock.advance(60_000)
    expect(node.snapshots).toBe(1)
  })

  it('are taken later when the disk refuses, or does not let go of a deleted topic', () => {
    const clock = new FakeClock()
    const warnings: string[] = []
    let taken = 0
    let isDeleted = false
    let refusal: KafkaError | null = null
    const snapshots = new MetadataSnapshots({
      clock,
      config: () => parseBrokerConfig(new Map()).config,
      warn: (line) => warnings.push(line),
      directories: { removeDeleted: () => isDeleted } as unknown as LogDirectories,
      cluster: {
        isSnapshotDue: () => true,
        takeSnapshot: () => {
          if (refusal) throw refusal
          taken += 1
        },
      } as unknown as Cluster,
    })
    snapshots.start()
    isDeleted = true
    refusal = new KafkaError('KAFKA_STORAGE_ERROR', 'the disk is full')
    clock.advance(60_000)
    expect(taken).toBe(0)
    refusal = null
    clock.advance(60_000)
    expect(taken).toBe(1)
    expect(warnings).toEqual(['the disk is full'])
    snapshots.stop()
    clock.advance(60_000)
    expect(taken).toBe(1)
  })
})
