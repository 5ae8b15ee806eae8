import type { NewMetadataRecordOf } from '../../protocol/internal-records/index.ts'
import type { PartitionRegistration } from '../state/cluster/types.ts'
import { complete, includesAll, without } from './reassignment.ts'

/** LeaderConstants.NO_LEADER */
export const NO_LEADER = -1
/** LeaderRecoveryState (KIP-704). */
export const RECOVERED = 0
export const RECOVERING = 1

/**
 * What to do about the leader: keep one who may lead (`online`), put the first replica in its place if that may lead
 * (`preferred`), or take any that lives when nobody is in sync (`unclean`).
 */
export type Election = 'online' | 'preferred' | 'unclean'

/** What a partition is to become; what is left out stays as it is. */
export interface PartitionTarget {
  /** `online` by default. */
  readonly election?: Election
  readonly isr?: readonly number[]
  readonly replicas?: readonly number[]
  readonly addingReplicas?: readonly number[]
  readonly removingReplicas?: readonly number[]
  readonly leaderRecoveryState?: number
  /** A replica that may have lost what it had not written to the disk: it leaves the ELR too. */
  readonly uncleanShutdown?: number
  /** Where a replica lies now. */
  readonly directory?: { readonly nodeId: number; readonly id: string }
}

/** What holds for a partition beside what is known of it. */
export interface PartitionRules {
  /** Whether a broker lives, stays, and has the directory of its replica. */
  readonly isAcceptableLeader: (nodeId: number) => boolean
  readonly minIsr: number
  /** KIP-966. */
  readonly isElrEnabled: boolean
  readonly defaultDirectory: (nodeId: number) => string
}

export type PartitionChange = NewMetadataRecordOf<'PARTITION_CHANGE_RECORD'>
type Change = {
  -readonly [K in Exclude<keyof PartitionChange, 'type' | 'topicId' | 'partitionId'>]?: PartitionChange[K]
}

/** The partition on its way to its target. */
interface Draft {
  isr: readonly number[]
  elr: readonly number[]
  replicas: readonly number[]
  addingReplicas: readonly number[]
  removingReplicas: readonly number[]
}

/**
 * The record that leads from what a partition is to what it is to become, with the election that this takes; null where
 * nothing changes (PartitionChangeBuilder). A finished reassignment ends in the same record.
 */
export function partitionChange(
  topicId: string,
  before: PartitionRegistration,
  target: PartitionTarget,
  rules: PartitionRules,
): PartitionChange | null {
  const draft = draftOf(before, target)
  const change: Change = {}
  completeReassignment(draft)
  if (rules.isElrEnabled) draft.elr = eligibleReplicas(draft, before, target, rules.minIsr)
  elect(change, draft, before, target, rules)
  if (change.leader === undefined && !includesAll(draft.replicas, before.replicas)) change.leader = before.leader
  setInSync(change, draft, before, rules)
  if (rules.isElrEnabled) setLastKnownLeader(change, before)
  setAssignment(change, draft, before, target, rules)
  const { leaderRecoveryState = before.leaderRecoveryState } = target
  if (leaderRecoveryState !== before.leaderRecoveryState) change.leaderRecoveryState = leaderRecoveryState
  if (Object.keys(change).length === 0) return null
  return { type: 'PARTITION_CHANGE_RECORD', topicId, partitionId: before.partition, ...change }
}

const draftOf = (before: PartitionRegistration, target: PartitionTarget): Draft => ({
  isr: target.isr ?? before.isr,
  elr: before.elr,
  replicas: target.replicas ?? before.replicas,
  addingReplicas: target.addingReplicas ?? before.addingReplicas,
  removingReplicas: target.removingReplicas ?? before.removingReplicas,
})

function completeReassignment(draft: Draft): void {
  const completed = complete(draft, draft.isr)
  if (completed) Object.assign(draft, completed, { addingReplicas: [], removingReplicas: [] })
}

/**
 * Below the least ISR those who leave it stay eligible, since nothing is acknowledged without them (KIP-966), unless a
 * move takes the replica away. Kafka keeps such a one (PartitionChangeBuilder.maybePopulateTargetElr): it can never
 * lead, and while it is there the last known leader may not either.
 */
function eligibleReplicas(
  { isr, elr, replicas }: Draft,
  before: PartitionRegistration,
  { uncleanShutdown }: PartitionTarget,
  minIsr: number,
): readonly number[] {
  if (isr.length >= minIsr) return []
  return [...new Set([...elr, ...before.isr])]
    .filter((nodeId) => replicas.includes(nodeId) && !isr.includes(nodeId) && nodeId !== uncleanShutdown)
    .sort((a, b) => a - b)
}

function elect(
  change: Change,
  draft: Draft,
  before: PartitionRegistration,
  target: PartitionTarget,
  rules: PartitionRules,
): void {
  const { leader, isUnclean } = electedLeader(draft, before, target.election ?? 'online', rules)
  if (leader === before.leader) return
  if (draft.elr.includes(leader)) {
    draft.isr = [leader]
    draft.elr = without(draft.elr, [leader])
  }
  change.leader = leader
  if (!isUnclean) return
  // What the others have beyond this leader is lost.
  change.isr = [leader]
  if (before.leaderRecoveryState !== RECOVERING) change.leaderRecoveryState = RECOVERING
}

function electedLeader(
  { isr, elr, replicas }: Draft,
  before: PartitionRegistration,
  election: Election,
  rules: PartitionRules,
): { readonly leader: number; readonly isUnclean: boolean } {
  const mayLead = (nodeId: number): boolean =>
    (isr.includes(nodeId) || (isr.length === 0 && elr.includes(nodeId))) && rules.isAcceptableLeader(nodeId)
  const candidates =
    election === 'preferred' ? [replicas[0]!, before.leader, ...replicas] : [before.leader, ...replicas]
  const leader = candidates.find(mayLead)
  if (leader !== undefined) return { leader, isUnclean: false }
  const [lastKnown, ...others] = before.lastKnownElr
  const isLastKnownOf = rules.isElrEnabled && isr.length === 0 && elr.length === 0 && others.length === 0
  if (lastKnown !== undefined && isLastKnownOf && rules.isAcceptableLeader(lastKnown))
    return { leader: lastKnown, isUnclean: true }
  const anybody = election === 'unclean' ? replicas.find(rules.isAcceptableLeader) : undefined
  return anybody === undefined ? { leader: NO_LEADER, isUnclean: false } : { leader: anybody, isUnclean: true }
}

/** The ISR, unless an unclean election has settled it, and the ELR, which does not survive one. */
function setInSync(
  change: Change,
  { isr, elr }: Draft,
  before: PartitionRegistration,
  { isElrEnabled }: PartitionRules,
): void {
  const keptElr = change.isr === undefined && isElrEnabled ? elr : []
  if (!isEqual(keptElr, before.elr)) change.eligibleLeaderReplicas = keptElr
  if (change.isr === undefined && (isr.length > 0 || isElrEnabled) && !isEqual(isr, before.isr)) change.isr = isr
}

/** Who led last is kept while nobody does: the first to come back may lead then, though it may have lost records. */
function setLastKnownLeader(change: Change, { leader, lastKnownElr }: PartitionRegistration): void {
  if (change.leader === undefined) return
  if (change.leader === NO_LEADER && lastKnownElr.length === 0) change.lastKnownElr = [leader]
  else if (change.leader >= 0 && lastKnownElr.length > 0) change.lastKnownElr = []
}

function setAssignment(
  change: Change,
  { replicas, addingReplicas, removingReplicas }: Draft,
  before: PartitionRegistration,
  { directory }: PartitionTarget,
  { defaultDirectory }: PartitionRules,
): void {
  const directories = replicas.map((nodeId) => {
    if (directory?.nodeId === nodeId) return directory.id
    return before.directories[before.replicas.indexOf(nodeId)] ?? defaultDirectory(nodeId)
  })
  if (!isEqual(directories, before.directories)) change.directories = directories
  if (!isEqual(replicas, before.replicas)) change.replicas = replicas
  if (!isEqual(removingReplicas, before.removingReplicas)) change.removingReplicas = removingReplicas
  if (!isEqual(addingReplicas, before.addingReplicas)) change.addingReplicas = addingReplicas
}

const isEqual = <T>(one: readonly T[], other: readonly T[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index])
