import { QuorumController } from '../../../../src/lib/broker/controller/quorum-controller.ts'
import { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import type { MetadataStore } from '../../../../src/lib/broker/state/cluster/metadata-store.ts'
import type { PartitionRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { TopicConfigs } from '../../../../src/lib/broker/state/configs/topic-configs.ts'
import { OWN_FEATURES } from '../../../../src/lib/broker/state/features.ts'
import { KafkaError } from '../../../../src/lib/errors.ts'
import type { BrokerHeartbeatRequest } from '../../../../src/lib/protocol/apis/broker-heartbeat.ts'
import type { BrokerRegistrationRequest } from '../../../../src/lib/protocol/apis/broker-registration.ts'
import type { NewMetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** Ids of the right form, told apart by a number. */
export const uuid = (number: number): string => {
  const bytes = Buffer.alloc(16, 1)
  bytes.writeInt32BE(number, 12)
  return bytes.toString('base64url')
}
export const TOPIC_ID = uuid(1000)
export const directoryOf = (nodeId: number): string => uuid(100 + nodeId)
/** The controller is a node of its own. */
export const CONTROLLER = 9

/** Metadata that is kept nowhere. */
class MemoryMetadata implements MetadataStore {
  readonly leaderId = CONTROLLER
  readonly epoch = 1
  readonly kraftVersion = 0
  endOffset = 0n
  /** Every batch that was written. */
  readonly batches: NewMetadataRecord[][] = []
  isFull = false

  load(): [] {
    return []
  }

  append(records: readonly NewMetadataRecord[]): bigint {
    if (this.isFull) throw new KafkaError('KAFKA_STORAGE_ERROR', 'the disk is full')
    this.batches.push([...records])
    const first = this.endOffset
    this.endOffset += BigInt(records.length)
    return first
  }

  isSnapshotDue(): boolean {
    return false
  }

  snapshot(): void {}
  close(): void {}
}

export const partition = (index: number, change: Partial<PartitionRegistration>): PartitionRegistration => {
  const replicas = change.replicas ?? [1, 2, 3]
  return {
    partition: index,
    leader: replicas[0]!,
    leaderEpoch: 5,
    partitionEpoch: 7,
    replicas,
    isr: replicas,
    elr: [],
    lastKnownElr: [],
    addingReplicas: [],
    removingReplicas: [],
    leaderRecoveryState: 0,
    directories: replicas.map(directoryOf),
    ...change,
  }
}

export class TestController {
  readonly clock: FakeClock
  readonly metadata = new MemoryMetadata()
  readonly cluster = new Cluster('cluster', this.metadata)
  readonly lines: string[] = []
  readonly topicConfigs: TopicConfigs
  readonly controller: QuorumController

  /** Brokers are registered and up; ELR is in force unless told otherwise. */
  constructor(
    options: {
      brokers?: readonly number[]
      isElrEnabled?: boolean
      properties?: Record<string, string>
      clock?: FakeClock
    } = {},
  ) {
    this.clock = options.clock ?? new FakeClock()
    const { config } = parseBrokerConfig(new Map(Object.entries({ 'log.dirs': '/data', ...options.properties })))
    this.topicConfigs = new TopicConfigs(() => config)
    this.controller = new QuorumController({
      nodeId: CONTROLLER,
      clock: this.clock,
      cluster: this.cluster,
      topicConfigs: this.topicConfigs,
      config: () => config,
      info: (line) => this.lines.push(line),
      warn: (line) => this.lines.push(line),
    })
    const levels = {
      'metadata.version': 30,
      'eligible.leader.replicas.version': options.isElrEnabled === false ? 0 : 1,
    }
    this.cluster.commit(
      Object.entries(levels).map(([name, featureLevel]) => ({ type: 'FEATURE_LEVEL_RECORD', name, featureLevel })),
    )
    for (const nodeId of options.brokers ?? []) {
      this.register(nodeId)
      this.heartbeat(nodeId)
    }
  }

  register(brokerId: number, change: Partial<BrokerRegistrationRequest> = {}, apiVersion = 4): bigint {
    const request = {
      brokerId,
      clusterId: 'cluster',
      incarnationId: uuid(brokerId),
      listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9090 + brokerId, securityProtocol: 0 }],
      features: OWN_FEATURES.map(({ name, minVersion, maxVersion }) => ({
        name,
        minSupportedVersion: minVersion,
        maxSupportedVersion: maxVersion,
      })),
      rack: null,
      isMigratingZkBroker: false,
      logDirs: [directoryOf(brokerId)],
      previousBrokerEpoch: -1n,
      ...change,
    }
    return this.controller.registerBroker(request, apiVersion)
  }

  /** Of a broker that has taken up everything and wants to be up. */
  heartbeat(brokerId: number, change: Partial<BrokerHeartbeatRequest> = {}) {
    return this.controller.heartbeat({
      brokerId,
      brokerEpoch: this.cluster.registration(brokerId)!.epoch,
      currentMetadataOffset: this.cluster.metadataOffset - 1n,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirs: [],
      cordonedLogDirs: null,
      ...change,
    })
  }

  createTopic(partitions: readonly Partial<PartitionRegistration>[], configs: Record<string, string> = {}): void {
    this.createTopicOf('topic', partitions, configs)
  }

  createTopicOf(
    name: string,
    partitions: readonly Partial<PartitionRegistration>[],
    configs: Record<string, string> = {},
  ): void {
    this.cluster.createTopic(
      name,
      name === 'topic' ? TOPIC_ID : uuid(1001),
      partitions.map((change, index) => partition(index, change)),
      new Map(Object.entries(configs)),
    )
  }

  partition(index: number): PartitionRegistration {
    return this.cluster.topic('topic')!.partitions[index]!
  }

  /** What was written since it was asked last. */
  records(): NewMetadataRecord[] {
    return this.metadata.batches.splice(0).flat()
  }
}
