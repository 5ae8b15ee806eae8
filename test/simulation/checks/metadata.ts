import { isDeepStrictEqual } from 'node:util'
import type { Cluster } from '../../../src/lib/broker/state/cluster/cluster.ts'
import type { PartitionRegistration, Topic } from '../../../src/lib/broker/state/cluster/types.ts'
import type { NewMetadataRecord } from '../../../src/lib/protocol/internal-records/index.ts'
import type { SimulatedNode } from '../node.ts'
import { Violation } from './violation.ts'

const NO_LEADER = -1

/** What must hold of the metadata: of what the controller decides, and of what others know of it. */
export class MetadataChecks {
  private offset = -1n
  private readonly known = new Map<string, PartitionRegistration>()

  constructor(
    private readonly options: {
      readonly metadata: () => Cluster
      readonly isSafe: (topicId: string) => boolean
      /** Told of each change of a partition. */
      readonly onPartition: (topic: Topic, registration: PartitionRegistration) => void
    },
  ) {}

  /** To be called when the controller has done something. */
  onController(): void {
    const cluster = this.options.metadata()
    if (cluster.metadataOffset === this.offset) return
    if (cluster.metadataOffset < this.offset)
      throw new Violation(`the metadata goes back from ${this.offset} to ${cluster.metadataOffset}`)
    this.offset = cluster.metadataOffset
    for (const topic of cluster.topics())
      for (const registration of topic.partitions) this.look(cluster, topic, registration)
  }

  private look(cluster: Cluster, topic: Topic, registration: PartitionRegistration): void {
    const key = `${topic.topicId}-${registration.partition}`
    const before = this.known.get(key)
    if (before === registration) return
    this.known.set(key, registration)
    const { isr, elr, replicas, leader } = registration
    const complain = (what: string): never => {
      throw new Violation(
        `${topic.name}-${registration.partition} ${what}: ${JSON.stringify({ before, registration })}`,
      )
    }
    if (leader !== NO_LEADER && !isr.includes(leader)) complain('is led from outside of its ISR')
    if ([...isr, ...elr].some((id) => !replicas.includes(id))) complain('has an ISR or ELR beyond its replicas')
    if (isr.some((id) => elr.includes(id))) complain('has one in the ISR and in the ELR')
    if (isr.some((id) => !cluster.isAlive(id))) complain('has a fenced broker in its ISR')
    if (before && registration.leaderEpoch < before.leaderEpoch) complain('has an older leader epoch')
    // A controller that has started again has read what it had written.
    if (before && isDeepStrictEqual(registration, before)) return
    if (before && registration.partitionEpoch <= before.partitionEpoch) complain('has changed in the same epoch')
    if (before && leader !== before.leader && registration.leaderEpoch === before.leaderEpoch)
      complain('has another leader in the same epoch')
    if (!this.options.isSafe(topic.topicId)) return
    const mayLead = before && [...before.isr, ...before.elr, ...before.lastKnownElr]
    // The end of a move takes its last replica into the ISR and the leader away in one record.
    const isMoved = before !== undefined && before.removingReplicas.length > registration.removingReplicas.length
    if (mayLead && !isMoved && leader !== NO_LEADER && leader !== before.leader && !mayLead.includes(leader))
      complain('is led by one that was not in sync')
    this.options.onPartition(topic, registration)
  }

  /** Those who have come as far as the controller know the same. */
  compare(nodes: readonly SimulatedNode[]): void {
    const truth = this.options.metadata()
    let expected: string | null = null
    for (const { running, host } of nodes) {
      const image = running?.broker.cluster
      if (!image || image === truth || image.metadataOffset !== truth.metadataOffset) continue
      expected ??= textOf(truth)
      if (textOf(image) !== expected)
        throw new Violation(`${host} has other metadata than the controller at ${image.metadataOffset}`)
    }
  }
}

/** A broker notes producer ids that it sees: those are its own. */
function textOf(cluster: Cluster): string {
  const image = cluster as unknown as { records(): Iterable<NewMetadataRecord> }
  return [...image.records()]
    .filter(({ type }) => type !== 'PRODUCER_IDS_RECORD')
    .map((record) => JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    .sort()
    .join('\n')
}
