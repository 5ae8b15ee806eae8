import { wait } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { AlterPartition, type AlterPartitionResponse } from '../../protocol/apis/alter-partition.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import type { IsrProposal, Leadership } from '../state/leadership.ts'
import type { Partition } from '../state/partition.ts'
import type { ReplicationContext } from './context.ts'

/** AlterPartitionManager waits so long after a failure. */
const RETRY_MS = 50
/** The ISR stays as it is, and may be asked for again. */
const REFUSED: ReadonlySet<ErrorName> = new Set(['OPERATION_NOT_ATTEMPTED', 'INELIGIBLE_REPLICA'])
/** The controller is ahead: the partition waits for what the metadata says (Partition.handleAlterPartitionError). */
const BEHIND: ReadonlySet<ErrorName> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'FENCED_LEADER_EPOCH',
  'INVALID_UPDATE_VERSION',
  'INVALID_REQUEST',
  'NEW_LEADER_ELECTED',
])

interface Change {
  readonly partition: Partition
  readonly leadership: Leadership
  readonly proposal: IsrProposal
}

type PartitionAnswer = AlterPartitionResponse['topics'][number]['partitions'][number]

/**
 * Takes what leaders want of their ISRs to the controller: one request at a time, with all that was proposed meanwhile
 * (AlterPartitionManager).
 */
export class IsrChanges {
  private readonly waiting = new Set<Partition>()
  private isAsking = false

  constructor(private readonly context: ReplicationContext) {}

  propose(partition: Partition): void {
    this.waiting.add(partition)
    if (this.isAsking) return
    this.isAsking = true
    // Those of one turn go together.
    queueMicrotask(() => void this.askAll())
  }

  private async askAll(): Promise<void> {
    const { state, signal } = this.context
    while (this.waiting.size > 0 && !signal.aborted) {
      const changes = this.take()
      const isAnswered = changes.length === 0 || (await this.ask(changes))
      if (!isAnswered) await wait(state.clock, RETRY_MS, signal)
    }
    this.isAsking = false
  }

  private take(): Change[] {
    const partitions = [...this.waiting]
    this.waiting.clear()
    return partitions.flatMap((partition) => {
      const { leadership } = partition
      return leadership?.proposal ? [{ partition, leadership, proposal: leadership.proposal }] : []
    })
  }

  /** Returns whether all have an answer. */
  private async ask(changes: readonly Change[]): Promise<boolean> {
    try {
      const { errorCode, topics } = await this.context.state.controller.ask(AlterPartition, this.requestFor(changes))
      const answers = new Map(
        topics.flatMap(({ topicId, partitions }) =>
          partitions.map((answer) => [`${topicId} ${answer.partitionIndex}`, answer] as const),
        ),
      )
      for (const change of changes) {
        const { topicId, partition } = change.partition
        this.settle(change, errorCode === 0 ? answers.get(`${topicId} ${partition}`) : undefined)
      }
    } catch (error) {
      if (!(error instanceof EnvironmentError) && !(error instanceof KafkaError)) throw error
      for (const { partition } of changes) this.waiting.add(partition)
    }
    return this.waiting.size === 0
  }

  private settle({ partition, proposal }: Change, answer: PartitionAnswer | undefined): void {
    const error = answer && errorName(answer.errorCode)
    if (answer && error === 'NONE') {
      if (answer.leaderEpoch === partition.leaderEpoch) partition.settleIsr(proposal, answer)
    } else if (error && REFUSED.has(error)) partition.settleIsr(proposal, null)
    else if (!error || !BEHIND.has(error)) this.waiting.add(partition)
  }

  private requestFor(changes: readonly Change[]) {
    const { state, brokerEpoch } = this.context
    const byTopic = new Map<string, Change[]>()
    for (const change of changes) {
      const { topicId } = change.partition
      byTopic.set(topicId, [...(byTopic.get(topicId) ?? []), change])
    }
    const epochOf = (leadership: Leadership, id: number): bigint =>
      id === state.nodeId ? brokerEpoch() : leadership.brokerEpochOf(id)
    return {
      brokerId: state.nodeId,
      brokerEpoch: brokerEpoch(),
      topics: [...byTopic].map(([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ partition, leadership, proposal }) => ({
          partitionIndex: partition.partition,
          leaderEpoch: partition.leaderEpoch,
          newIsrWithEpochs: proposal.isr.map((id) => ({ brokerId: id, brokerEpoch: epochOf(leadership, id) })),
          leaderRecoveryState: RECOVERED,
          partitionEpoch: leadership.partitionEpoch,
        })),
      })),
    }
  }
}

/** LeaderRecoveryState: whoever leads has recovered. */
const RECOVERED = 0
