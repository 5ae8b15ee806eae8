import type { PartitionRegistration, Topic } from '../../../src/lib/broker/state/cluster/types.ts'
import type { Partition } from '../../../src/lib/broker/state/partition.ts'
import type { SimulatedNode } from '../node.ts'
import type { Cluster } from '../../../src/lib/broker/state/cluster/cluster.ts'
import { CommittedLog } from './committed-log.ts'
import type { CoordinatorChecks } from './coordinators.ts'
import { Violation } from './violation.ts'

/** What was seen of a replica last. */
interface Seen {
  partition: Partition
  leaderEpoch: number
  isLeader: boolean
  highWatermark: bigint
  /** Outlives the process: what its log held when somebody last looked. */
  logEndOffset: bigint
}

const ALL = { maxBytes: 1 << 30, minOneMessage: true }

/**
 * What must hold of the replicas of each partition, whatever happens: one leader in an epoch, each of which has all
 * that was ever committed; all that are in sync have it too; the same bytes below the high watermark; and nothing is
 * committed that one in sync lacks.
 */
export class ReplicaChecks {
  private readonly committed = new Map<string, CommittedLog>()
  private readonly leaders = new Map<string, number>()
  private readonly seen = new Map<string, Seen>()

  constructor(
    private readonly options: {
      readonly nodes: readonly SimulatedNode[]
      /** As the controller has it. */
      readonly metadata: () => Cluster
      /** Nothing is promised of a topic that elects uncleanly. */
      readonly isSafe: (topicId: string) => boolean
      readonly coordinators: CoordinatorChecks
    },
  ) {}

  committedLog(topicId: string, partition: number): CommittedLog {
    const key = `${topicId}-${partition}`
    const known = this.committed.get(key)
    if (known) return known
    const log = new CommittedLog(key)
    this.committed.set(key, log)
    return log
  }

  /** To be called when a node has done something. */
  onNode(node: SimulatedNode): void {
    for (const partition of node.partitions?.all() ?? []) this.onReplica(node, partition)
    this.options.coordinators.onTurnEnd()
  }

  /** To be called, too, when a replica has another role, and before it is closed. */
  onReplica(node: SimulatedNode, partition: Partition): void {
    if (!this.options.isSafe(partition.topicId)) return
    const key = `${partition.topicId}-${partition.partition}`
    const seen = this.seen.get(`${node.id} ${key}`) ?? this.firstSight(node, key, partition)
    const { leaderEpoch, isLeader, highWatermark } = partition
    const { logEndOffset } = partition.log
    const isNewRun = seen.partition !== partition
    const hasMoved = isNewRun || highWatermark !== seen.highWatermark
    if (isLeader && (isNewRun || !seen.isLeader || leaderEpoch !== seen.leaderEpoch))
      this.onNewLeader(node, key, partition)
    if (!isNewRun && highWatermark < seen.highWatermark)
      throw new Violation(
        `${node.host}: the high watermark of ${key} goes back from ${seen.highWatermark} to ${highWatermark}`,
      )
    const wasAhead = seen.logEndOffset
    if (isLeader && !isNewRun && logEndOffset > wasAhead) this.onAppended(node, partition, wasAhead)
    const from = isNewRun ? partition.log.logStartOffset : seen.highWatermark
    // It may have committed more in the same turn in which it heard that it leads no longer.
    const leading = !isNewRun && seen.isLeader ? seen : partition
    const committedIn = leading.isLeader ? leading.leaderEpoch : null
    Object.assign(seen, { partition, leaderEpoch, isLeader, highWatermark, logEndOffset })
    if (hasMoved) this.onHighWatermark(node, key, partition, from, committedIn)
    else if (logEndOffset < wasAhead) this.onCut(node, key, partition)
  }

  private onAppended(node: SimulatedNode, { topic, partition, log }: Partition, from: bigint): void {
    const records = node.disk.quietly(() => log.read(from, { ...ALL, upTo: log.logEndOffset }))
    if (records) this.options.coordinators.onAppended(`${topic}-${partition}`, records)
  }

  /** What is left must be as it was committed, and all of that for one that is in sync. */
  private onCut(node: SimulatedNode, key: string, { topicId, partition, log, highWatermark }: Partition): void {
    this.compare(node, key, log.logStartOffset, highWatermark)
    const registration = this.options.metadata().topicById(topicId)?.partitions[partition]
    if (registration) this.requireInSync(key, registration)
  }

  private firstSight({ id }: SimulatedNode, key: string, partition: Partition): Seen {
    const seen = { partition, leaderEpoch: -1, isLeader: false, highWatermark: 0n, logEndOffset: 0n }
    this.seen.set(`${id} ${key}`, seen)
    return seen
  }

  private onNewLeader(node: SimulatedNode, key: string, partition: Partition): void {
    const epoch = `${key} ${partition.leaderEpoch}`
    const other = this.leaders.get(epoch)
    if (other !== undefined && other !== node.id)
      throw new Violation(`${node.host} and node-${other} lead ${key} in epoch ${partition.leaderEpoch}`)
    this.leaders.set(epoch, node.id)
    this.requireCommitted(node, key, partition)
  }

  /**
   * All that was committed up to its epoch is here, as it was committed. A node that was paused or cut off may learn
   * that it leads when another leads in a newer epoch already: it cannot have what that one has committed, and can
   * commit nothing itself, since its followers are in the newer epoch (KIP-320).
   */
  private requireCommitted(node: SimulatedNode, key: string, leader: Partition): void {
    const { topic, topicId, partition, log, leaderEpoch } = leader
    const end = this.committedLog(topicId, partition).endIn(leaderEpoch)
    if (log.logEndOffset < end)
      throw new Violation(
        `${node.host} leads ${topic}-${partition} with ${log.logEndOffset} offsets in epoch ${leaderEpoch}, ${end} are committed`,
      )
    this.compare(node, key, log.logStartOffset, end)
  }

  private compare(node: SimulatedNode, key: string, from: bigint, upTo: bigint): void {
    const { partition } = this.seen.get(`${node.id} ${key}`)!
    const records = node.disk.quietly(() => partition.log.read(from, { ...ALL, upTo }))
    if (records) this.committedLog(partition.topicId, partition.partition).check(records, node.host)
  }

  /** `committedIn`: the epoch in which it leads, or has led in this turn; null for a follower. */
  private onHighWatermark(
    node: SimulatedNode,
    key: string,
    partition: Partition,
    from: bigint,
    committedIn: number | null,
  ): void {
    const { log, highWatermark, topicId } = partition
    const committed = this.committedLog(topicId, partition.partition)
    if (highWatermark <= committed.end) return this.compare(node, key, from, highWatermark)
    if (committedIn === null)
      throw new Violation(
        `${node.host} follows ${key}, and takes ${highWatermark} to be committed, not ${committed.end}`,
      )
    const records = node.disk.quietly(() => log.read(committed.end, { ...ALL, upTo: highWatermark }))
    if (records) {
      committed.take(records, node.host, committedIn)
      this.options.coordinators.onCommitted(partition.topic, records)
    }
    const registration = this.options.metadata().topicById(topicId)?.partitions[partition.partition]
    if (registration) this.requireInSync(key, registration)
  }

  /** To be called when the controller has written something. */
  onPartition(topic: Topic, registration: PartitionRegistration): void {
    if (this.options.isSafe(topic.topicId))
      this.requireInSync(`${topic.topicId}-${registration.partition}`, registration)
  }

  /** To be called when the controller knows another run of a node: it takes what that one has left to be there. */
  onRegistered({ id }: SimulatedNode): void {
    for (const topic of this.options.metadata().topics())
      for (const registration of topic.partitions)
        if (registration.isr.includes(id) || registration.elr.includes(id)) this.onPartition(topic, registration)
  }

  /** Whoever is in the ISR or the ELR has all that is committed. */
  private requireInSync(key: string, { isr, elr }: PartitionRegistration): void {
    const committed = this.committed.get(key)
    if (!committed) return
    for (const id of [...isr, ...elr]) {
      const node = this.options.nodes.find((each) => each.id === id)!
      const seen = this.seen.get(`${id} ${key}`)
      if (node.hasLostData || !seen || seen.logEndOffset >= committed.end) continue
      throw new Violation(
        `node-${id} is in the ${isr.includes(id) ? 'ISR' : 'ELR'} of ${seen.partition.topic}-${seen.partition.partition} with ${seen.logEndOffset} offsets, ${committed.end} are committed`,
      )
    }
  }

  /** All replicas have the same bytes from beginning to end. */
  compareAll(metadata: Cluster): void {
    for (const { name, partitions } of metadata.topics())
      for (const { partition, replicas } of partitions) {
        const logs = this.options.nodes
          .filter(({ id }) => replicas.includes(id))
          .map(({ running }) => running!.broker.partitions.get(name, partition)!.log)
        const contents = logs.map((log) => log.read(log.logStartOffset, { ...ALL, upTo: log.logEndOffset }))
        if (contents.some((content) => !content.equals(contents[0]!)))
          throw new Violation(`the replicas of ${name}-${partition} differ`)
      }
  }
}
