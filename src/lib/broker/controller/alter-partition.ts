import type { AlterPartitionRequest, AlterPartitionResponse } from '../../protocol/apis/alter-partition.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { changedPartition } from '../state/cluster/partition-records.ts'
import type { PartitionRegistration, Topic } from '../state/cluster/types.ts'
import { RECOVERED, RECOVERING } from './partition-change.ts'
import { includesAll } from './reassignment.ts'
import { changeOf, mayElectUncleanly, type ControllerView } from './view.ts'

type Wanted = AlterPartitionRequest['topics'][number]['partitions'][number]
type Member = Wanted['newIsrWithEpochs'][number]
type TopicAnswer = Input<AlterPartitionResponse['topics'][number]>
type Answer = NonNullable<TopicAnswer['partitions']>[number]

/**
 * What leaders ask about the ISR of their partitions (ReplicationControlManager.alterPartition): the records of all
 * that is granted, and the answer for each.
 */
export function alterPartitions(
  view: ControllerView,
  { brokerId, topics }: AlterPartitionRequest,
): { readonly records: NewMetadataRecord[]; readonly topics: readonly TopicAnswer[] } {
  const records: NewMetadataRecord[] = []
  const answer = (topic: Topic | undefined, wanted: Wanted): Answer => {
    if (!topic) return refused(wanted, 'UNKNOWN_TOPIC_ID')
    const { record, answered } = alterPartition(view, topic, brokerId, wanted)
    if (record) records.push(record)
    return answered
  }
  return {
    topics: topics.map(({ topicId, partitions }) => {
      const topic = view.cluster.topicById(topicId)
      return { topicId, partitions: partitions.map((wanted) => answer(topic, wanted)) }
    }),
    records,
  }
}

function alterPartition(
  view: ControllerView,
  topic: Topic,
  brokerId: number,
  wanted: Wanted,
): { readonly record: NewMetadataRecord | null; readonly answered: Answer } {
  const before = topic.partitions[wanted.partitionIndex]
  const members = membersOf(wanted)
  const refusal = before ? refusalOf(view, before, brokerId, wanted, members) : 'UNKNOWN_TOPIC_OR_PARTITION'
  if (!before || refusal) return { record: null, answered: refused(wanted, refusal!) }
  const record = changeOf(
    view,
    { topic, partition: before },
    {
      isr: members.map((member) => member.brokerId),
      leaderRecoveryState: wanted.leaderRecoveryState,
      ...(mayElectUncleanly(view, topic) && { election: 'unclean' }),
    },
  )
  const after = record ? changedPartition(before, record) : before
  // The end of a reassignment may take the leader away who asked: it is told so, and yet it is done.
  if (after.leader !== brokerId) return { record, answered: refused(wanted, 'NEW_LEADER_ELECTED') }
  return {
    record,
    answered: {
      partitionIndex: wanted.partitionIndex,
      leaderId: after.leader,
      leaderEpoch: after.leaderEpoch,
      isr: after.isr,
      leaderRecoveryState: after.leaderRecoveryState,
      partitionEpoch: after.partitionEpoch,
    },
  }
}

/** Version 2 does not tell the epochs of the brokers: they are not looked at then. */
const membersOf = ({ newIsr, newIsrWithEpochs }: Wanted): readonly Member[] =>
  newIsrWithEpochs.length > 0 ? newIsrWithEpochs : newIsr.map((brokerId) => ({ brokerId, brokerEpoch: -1n }))

/** In Kafka's order (validateAlterPartitionData). */
function refusalOf(
  view: ControllerView,
  before: PartitionRegistration,
  brokerId: number,
  wanted: Wanted,
  members: readonly Member[],
): ErrorName | null {
  // Whoever knows more than this controller has it from another one.
  if (wanted.leaderEpoch > before.leaderEpoch || wanted.partitionEpoch > before.partitionEpoch) return 'NOT_CONTROLLER'
  if (wanted.leaderEpoch < before.leaderEpoch) return 'FENCED_LEADER_EPOCH'
  if (brokerId !== before.leader) return 'INVALID_REQUEST'
  if (wanted.partitionEpoch < before.partitionEpoch) return 'INVALID_UPDATE_VERSION'
  const isr = members.map((member) => member.brokerId)
  const isIsr = isr.length > 0 && new Set(isr).size === isr.length && includesAll(before.replicas, isr)
  if (!isIsr || !isr.includes(brokerId)) return 'INVALID_REQUEST'
  if (wanted.leaderRecoveryState === RECOVERING && isr.length > 1) return 'INVALID_REQUEST'
  if (wanted.leaderRecoveryState === RECOVERING && before.leaderRecoveryState === RECOVERED) return 'INVALID_REQUEST'
  return members.every((member) => isEligible(view, member)) ? null : 'INELIGIBLE_REPLICA'
}

/** Whether it serves, goes on serving, and is in the run that the leader has seen of it. */
function isEligible({ cluster }: ControllerView, { brokerId, brokerEpoch }: Member): boolean {
  const broker = cluster.registration(brokerId)
  if (!broker || broker.isInControlledShutdown || broker.isFenced) return false
  return brokerEpoch === -1n || brokerEpoch === broker.epoch
}

const refused = ({ partitionIndex }: Wanted, code: ErrorName): Answer => ({ partitionIndex, errorCode: ERRORS[code] })
