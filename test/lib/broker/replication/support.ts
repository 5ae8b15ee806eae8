import { Dispatcher } from '../../../../src/lib/broker/dispatch.ts'
import { BROKER_HANDLERS } from '../../../../src/lib/broker/handlers/index.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import type { ControllerChannel } from '../../../../src/lib/broker/network/controller-channel.ts'
import { Requester } from '../../../../src/lib/broker/network/requester.ts'
import { Replication } from '../../../../src/lib/broker/replication/index.ts'
import { Listener } from '../../../../src/lib/broker/server.ts'
import { registrationRecord } from '../../../../src/lib/broker/state/cluster/brokers.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { openNode, type OpenNode } from '../../../../src/lib/broker/state/node.ts'
import type { Partition } from '../../../../src/lib/broker/state/partition.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import type {
  AlterPartitionRequest,
  AlterPartitionResponse,
} from '../../../../src/lib/protocol/apis/alter-partition.ts'
import { AssignReplicasToDirs } from '../../../../src/lib/protocol/apis/assign-replicas-to-dirs.ts'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  type NewMetadataRecord,
} from '../../../../src/lib/protocol/internal-records/index.ts'
import { LATEST_LEVEL } from '../../../../src/lib/protocol/metadata-version.ts'
import { batches, buildBatch, RecordReader, type BatchOptions } from '../../../../src/lib/protocol/records/index.ts'
import type { Fields, Input, Message } from '../../../../src/lib/protocol/schema.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { MemoryNetwork } from '../../../support/memory-network.ts'
import { settle } from '../log/support.ts'
import { newDataDisk, openCluster } from '../state/cluster-support.ts'

export const TOPIC = 'retail'
export const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAag'
const DIRECTORY = 'DIRECTORYAAAAAAAAAAAAA'
const STEP_MS = 10

/** A broker of the cluster: its disk outlives its process. */
export class TestNode {
  readonly disk = new MemoryDisk()
  readonly warnings: string[] = []
  open!: OpenNode
  brokerEpoch = -1n
  isUp = false
  /** Whether it hears of what the controller decides. */
  isInformed = true
  private listener!: Listener
  private replication!: Replication
  private client!: Requester

  constructor(
    readonly id: number,
    private readonly cluster: TestCluster,
  ) {}

  get port(): number {
    return 9092 + this.id
  }

  get partition(): Partition {
    return this.open.broker.partitions.get(TOPIC, 0)!
  }

  async start(): Promise<void> {
    const { clock, network } = this.cluster
    const { config } = parseBrokerConfig(
      new Map(
        Object.entries({
          'node.id': String(this.id),
          listeners: `PLAINTEXT://127.0.0.1:${this.port}`,
          'log.dirs': '/data',
          ...this.cluster.properties,
        }),
      ),
    )
    const warn = (line: string): void => void this.warnings.push(line)
    this.open = openNode({
      config,
      fileSystem: this.disk,
      processes: { pid: this.cluster.nextPid(), identity: () => null },
      clock,
      network,
      endpoints: new Map([['PLAINTEXT', { host: '127.0.0.1', port: this.port, securityProtocol: 0 }]]),
      controller: this.cluster.controller,
      warn,
    })
    const { broker } = this.open
    this.listener = new Listener({
      network,
      name: 'PLAINTEXT',
      securityProtocol: 'PLAINTEXT',
      security: null,
      host: '127.0.0.1',
      port: this.port,
      idleMs: 0,
      maxRequestBytes: 1 << 27,
      clock,
      warn,
    })
    await this.listener.bind()
    const { scramCredentials } = broker.cluster
    this.listener.serve({ dispatcher: new Dispatcher(broker, BROKER_HANDLERS), credentials: scramCredentials })
    this.isUp = true
    broker.cluster.replay(this.cluster.records)
    this.brokerEpoch = this.cluster.register(this.id)
    this.replication = new Replication({
      state: broker,
      network,
      listenerName: 'PLAINTEXT',
      brokerEpoch: () => this.brokerEpoch,
      warn,
    })
    this.replication.start()
    const address = { host: '127.0.0.1', port: this.port }
    this.client = new Requester({ network, clock, address, clientId: 'client' })
  }

  /** The process is gone; what it has written stays. */
  kill(): void {
    this.isUp = false
    this.replication.stop()
    this.client.close()
    this.cluster.network.kill(this.port)
    this.open.broker.transactions.close()
    this.open.broker.groups.close()
    this.open.close({ flush: false })
  }

  send<Q extends Fields, S extends Fields>(api: Api<Q, S>, request: Input<Message<Q>>): Promise<Message<S>> {
    return this.client.ask(api, request, 60_000)
  }

  /** The answer for one partition; waits as long as the broker does. */
  async produce(values: readonly string[], options: BatchOptions & { acks?: number; timeoutMs?: number } = {}) {
    const { acks = -1, timeoutMs = 30_000, ...batchOptions } = options
    const timestamp = BigInt(this.cluster.clock.now())
    const records = buildBatch(
      values.map((value) => ({ timestamp, key: null, value: Buffer.from(value) })),
      batchOptions,
    )
    const { responses } = await this.send(Produce, {
      acks,
      timeoutMs,
      topicData: [{ topicId: TOPIC_ID, partitionData: [{ index: 0, records }] }],
    })
    return responses[0]!.partitionResponses[0]!
  }

  /** What a consumer sees. */
  async consume(from = 0n): Promise<string[]> {
    const { responses } = await this.send(Fetch, {
      maxWaitMs: 0,
      minBytes: 1,
      isolationLevel: 0,
      topics: [{ topicId: TOPIC_ID, partitions: [{ partition: 0, fetchOffset: from, partitionMaxBytes: 1 << 20 }] }],
    })
    return valuesOf(responses[0]!.partitions[0]!.records ?? Buffer.alloc(0))
  }

  /** All that its log holds, committed or not. */
  get logged(): string[] {
    return valuesOf(this.logBytes)
  }

  get logBytes(): Buffer {
    const { log } = this.partition
    return log.read(log.logStartOffset, { maxBytes: 1 << 30, minOneMessage: true, upTo: log.logEndOffset })
  }
}

/** Several brokers in one process, on a clock that stands still, and a controller that does what the test says. */
export class TestCluster {
  readonly clock = new FakeClock()
  readonly network = new MemoryNetwork()
  /** All that the controller has written. */
  readonly records: MetadataRecord[] = []
  readonly asked: AlterPartitionRequest[] = []
  /** What AlterPartition is refused with. */
  refusal: ErrorName | null = null
  private readonly image = openCluster(newDataDisk(), 3000)
  private readonly nodes = new Map<number, TestNode>()
  private pids = 0

  constructor(readonly properties: Readonly<Record<string, string>> = {}) {}

  static async start(ids: readonly number[], properties: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
    const cluster = new TestCluster(properties)
    for (const id of ids) cluster.nodes.set(id, new TestNode(id, cluster))
    for (const node of cluster.nodes.values()) await node.start()
    return cluster
  }

  node(id: number): TestNode {
    return this.nodes.get(id)!
  }

  nextPid(): number {
    return (this.pids += 1)
  }

  /** Writes records and tells all that hear of it. */
  commit(...records: NewMetadataRecord[]): void {
    const written = records.map((record) => decodeMetadataRecord(encodeMetadataRecord(record, LATEST_LEVEL)))
    this.records.push(...written)
    this.image.replay(written)
    for (const { isUp, isInformed, open } of this.nodes.values())
      if (isUp && isInformed) open.broker.cluster.replay(written)
  }

  /** A node that did not hear of anything for a while catches up. */
  inform(id: number): void {
    const node = this.node(id)
    node.isInformed = true
    node.open.broker.cluster.replay(this.records)
  }

  /** A broker comes, unfenced at once. Returns its epoch. */
  register(nodeId: number): bigint {
    const epoch = BigInt(1000 + this.records.length)
    this.commit(
      registrationRecord({
        nodeId,
        epoch,
        incarnationId: DIRECTORY,
        rack: null,
        endpoints: new Map([['PLAINTEXT', { host: '127.0.0.1', port: 9092 + nodeId, securityProtocol: 0 }]]),
        features: new Map(),
        isFenced: false,
        isInControlledShutdown: false,
        directories: [DIRECTORY],
        cordonedDirectories: null,
      }),
    )
    return epoch
  }

  /** A broker is gone, as far as the controller knows. */
  fence(nodeId: number): void {
    const epoch = this.node(nodeId).brokerEpoch
    this.commit({ type: 'FENCE_BROKER_RECORD', id: nodeId, epoch })
  }

  unfence(nodeId: number): void {
    const epoch = this.node(nodeId).brokerEpoch
    this.commit({ type: 'UNFENCE_BROKER_RECORD', id: nodeId, epoch })
  }

  createTopic(
    replicas: readonly number[],
    configs: Readonly<Record<string, string>> = {},
    { name: topic, topicId } = { name: TOPIC, topicId: TOPIC_ID },
  ): void {
    this.commit(
      { type: 'TOPIC_RECORD', name: topic, topicId },
      ...Object.entries(configs).map(
        ([name, value]) => ({ type: 'CONFIG_RECORD', resourceType: 2, resourceName: topic, name, value }) as const,
      ),
      {
        type: 'PARTITION_RECORD',
        topicId,
        partitionId: 0,
        replicas,
        isr: replicas,
        leader: replicas[0]!,
        leaderEpoch: 0,
        partitionEpoch: 0,
        directories: replicas.map(() => DIRECTORY),
      },
    )
  }

  /** Decides about the partition: another leader, another ISR. */
  change(
    change: { leader?: number; isr?: readonly number[]; replicas?: readonly number[] },
    topicId: string = TOPIC_ID,
  ): void {
    this.commit({ type: 'PARTITION_CHANGE_RECORD', topicId, partitionId: 0, ...change })
  }

  /** As the controller has it. */
  get registration() {
    return this.image.topic(TOPIC)!.partitions[0]!
  }

  /** Answers AlterPartition as the controller does. Where replicas lie is not its concern here. */
  readonly controller: ControllerChannel = {
    ask: async ({ key }, request) =>
      (key === AssignReplicasToDirs.key
        ? { errorCode: ERRORS.NONE }
        : this.answer(request as unknown as AlterPartitionRequest)) as never,
  }

  private answer(asked: AlterPartitionRequest): Input<AlterPartitionResponse> {
    this.asked.push(asked)
    const [topic] = asked.topics
    const [partition] = topic!.partitions
    const error = this.refusal ?? this.objectionTo(asked.brokerId, partition!)
    if (error === 'NONE') this.change({ isr: partition!.newIsrWithEpochs.map(({ brokerId }) => brokerId) })
    const { leader, leaderEpoch, isr, partitionEpoch } = this.registration
    const answer = { partitionIndex: 0, leaderId: leader, leaderEpoch, isr: [...isr], partitionEpoch }
    return {
      errorCode: 0,
      topics: [{ topicId: topic!.topicId, partitions: [{ ...answer, errorCode: ERRORS[error] }] }],
    }
  }

  private objectionTo(
    brokerId: number,
    { leaderEpoch, partitionEpoch, newIsrWithEpochs }: AlterPartitionRequest['topics'][number]['partitions'][number],
  ): ErrorName {
    const before = this.registration
    if (leaderEpoch < before.leaderEpoch) return 'FENCED_LEADER_EPOCH'
    if (brokerId !== before.leader) return 'INVALID_REQUEST'
    if (partitionEpoch < before.partitionEpoch) return 'INVALID_UPDATE_VERSION'
    const areEligible = newIsrWithEpochs.every((member) => {
      const node = this.node(member.brokerId)
      return node.isUp && node.brokerEpoch === member.brokerEpoch
    })
    return areEligible ? 'NONE' : 'INELIGIBLE_REPLICA'
  }

  /** A node dies, and the controller sees it: another that is in sync leads. The last one in sync stays so. */
  kill(id: number): void {
    this.node(id).kill()
    this.fence(id)
    const { leader, isr } = this.registration
    const others = isr.filter((each) => each !== id)
    const next = others.find((each) => this.node(each).isUp)
    this.change({
      ...(leader === id && { leader: next ?? -1 }),
      ...(others.length > 0 && { isr: others }),
    })
  }

  /** Time goes by, and everybody does what there is to do. */
  async run(ms: number): Promise<void> {
    for (let gone = 0; gone < ms; gone += STEP_MS) {
      this.clock.advance(STEP_MS)
      for (let turn = 0; turn < 4; turn += 1) await settle()
    }
  }

  /** Time goes by until something holds, at most so long. */
  async until(isSo: () => boolean, mostMs = 10_000): Promise<void> {
    for (let gone = 0; !isSo(); gone += STEP_MS) {
      if (gone >= mostMs) throw new Error(`not within ${mostMs} ms`)
      await this.run(STEP_MS)
    }
  }

  /** The same for something that is waited for. */
  async finish<T>(waiting: Promise<T>, mostMs = 60_000): Promise<T> {
    let isOver = false
    const over = (): void => void (isOver = true)
    waiting.then(over, over)
    await this.until(() => isOver, mostMs)
    return waiting
  }

  close(): void {
    for (const node of this.nodes.values()) if (node.isUp) node.kill()
  }
}

function valuesOf(records: Buffer): string[] {
  const values: string[] = []
  const reader = new RecordReader()
  for (const { header, at } of batches(records)) {
    if (header.isControl) continue
    reader.open(records, at, header)
    while (reader.next())
      values.push(reader.body.subarray(reader.valueStart, reader.valueStart + reader.valueLength).toString())
  }
  return values
}
