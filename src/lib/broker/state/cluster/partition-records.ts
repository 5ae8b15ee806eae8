import type {
  MetadataRecordOf,
  NewMetadataRecord,
  NewMetadataRecordOf,
} from '../../../protocol/internal-records/index.ts'
import { MIGRATING_DIRECTORY } from './directory-ids.ts'
import type { PartitionRegistration } from './types.ts'

/** The value of `leader` in a change that leaves the leader as it is (PartitionRegistration.merge). */
export const NO_LEADER_CHANGE = -2
/** LeaderRecoveryState.NO_CHANGE */
const NO_RECOVERY_CHANGE = -1

export function partitionRecord(
  topicId: string,
  { partition, elr, ...rest }: PartitionRegistration,
): NewMetadataRecord {
  return { type: 'PARTITION_RECORD', topicId, partitionId: partition, eligibleLeaderReplicas: elr, ...rest }
}

export const newPartition = (record: MetadataRecordOf<'PARTITION_RECORD'>): PartitionRegistration => ({
  partition: record.partitionId,
  leader: record.leader,
  leaderEpoch: record.leaderEpoch,
  partitionEpoch: record.partitionEpoch,
  replicas: record.replicas,
  isr: record.isr,
  elr: record.eligibleLeaderReplicas ?? [],
  lastKnownElr: record.lastKnownElr ?? [],
  addingReplicas: record.addingReplicas,
  removingReplicas: record.removingReplicas,
  leaderRecoveryState: record.leaderRecoveryState,
  // Before metadata.version 3.7-IV2 there were none.
  directories: record.replicas.map((_, index) => record.directories[index] ?? MIGRATING_DIRECTORY),
})

/**
 * A leader that is named begins a new leader epoch, the same one too. Directories follow the replicas
 * (PartitionRegistration.merge).
 */
export function changedPartition(
  before: PartitionRegistration,
  change: NewMetadataRecordOf<'PARTITION_CHANGE_RECORD'>,
): PartitionRegistration {
  const { leader = NO_LEADER_CHANGE, leaderRecoveryState = NO_RECOVERY_CHANGE } = change
  const isElection = leader !== NO_LEADER_CHANGE
  return {
    partition: before.partition,
    leader: isElection ? leader : before.leader,
    leaderEpoch: before.leaderEpoch + (isElection ? 1 : 0),
    partitionEpoch: before.partitionEpoch + 1,
    replicas: change.replicas ?? before.replicas,
    isr: change.isr ?? before.isr,
    elr: change.eligibleLeaderReplicas ?? before.elr,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    leaderRecoveryState: leaderRecoveryState === NO_RECOVERY_CHANGE ? before.leaderRecoveryState : leaderRecoveryState,
    directories: change.directories ?? before.directories,
  }
}
