import { wait } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { AssignReplicasToDirs } from '../../protocol/apis/assign-replicas-to-dirs.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Partition } from '../state/partition.ts'
import type { ReplicationContext } from './context.ts'

const RETRY_MS = 500
/** As many as one request names (AssignmentsManager). */
const MOST_AT_ONCE = 2250

/**
 * Tells the controller in which of its folders a broker keeps each replica, so that it knows what is lost with one of
 * them (KIP-858, AssignmentsManager).
 */
export class DirectoryAssignments {
  private readonly waiting = new Set<Partition>()
  private isAsking = false

  constructor(private readonly context: ReplicationContext) {}

  /** To be called when a replica has been opened or moved. */
  note(partition: Partition): void {
    if (this.isKnown(partition)) return
    this.waiting.add(partition)
    if (this.isAsking) return
    this.isAsking = true
    // Those of one turn go together.
    queueMicrotask(() => void this.askAll())
  }

  private async askAll(): Promise<void> {
    const { state, signal } = this.context
    while (this.waiting.size > 0 && !signal.aborted) {
      const partitions = [...this.waiting].slice(0, MOST_AT_ONCE)
      if (await this.ask(partitions)) for (const partition of partitions) this.waiting.delete(partition)
      else await wait(state.clock, RETRY_MS, signal)
    }
    this.isAsking = false
  }

  /** Returns whether the controller knows them now. */
  private async ask(partitions: readonly Partition[]): Promise<boolean> {
    const { state, brokerEpoch } = this.context
    const byDirectory = new Map<string, Map<string, { partitionIndex: number }[]>>()
    for (const partition of partitions) {
      const id = this.directoryOf(partition)
      if (id === undefined || this.isKnown(partition)) continue
      const topics = byDirectory.get(id) ?? new Map<string, { partitionIndex: number }[]>()
      byDirectory.set(id, topics)
      topics.set(partition.topicId, [...(topics.get(partition.topicId) ?? []), { partitionIndex: partition.partition }])
    }
    if (byDirectory.size === 0) return true
    const directories = [...byDirectory].map(([id, topics]) => ({
      id,
      topics: [...topics].map(([topicId, named]) => ({ topicId, partitions: named })),
    }))
    try {
      const request = { brokerId: state.nodeId, brokerEpoch: brokerEpoch(), directories }
      const { errorCode } = await state.controller.ask(AssignReplicasToDirs, request)
      return errorCode === ERRORS.NONE
    } catch (error) {
      if (!(error instanceof EnvironmentError) && !(error instanceof KafkaError)) throw error
      return false
    }
  }

  private isKnown(partition: Partition): boolean {
    const { nodeId, cluster } = this.context.state
    const registration = cluster.topicById(partition.topicId)?.partitions[partition.partition]
    const id = this.directoryOf(partition)
    return !registration || id === undefined || registration.directories[registration.replicas.indexOf(nodeId)] === id
  }

  /** Undefined where it is offline, or here no more. */
  private directoryOf({ topic, partition }: Partition): string | undefined {
    return this.context.state.directories.idOf(topic, partition)
  }
}
