import { KafkaError } from '../../../../errors.ts'
import { overlaps, OWNS_NOTHING, type OwnedPartitions, type Partitions, type TopicPartitions } from './assignment.ts'
import type { ConsumerMember } from './member.ts'

export interface Reconciliation {
  readonly targetEpoch: number
  readonly target: Partitions
  /** Ids of the topics that the member is subscribed to now. */
  readonly subscribedTopicIds: ReadonlySet<string>
  readonly hasSubscriptionChanged: boolean
  /** What the member says that it has; null when it says nothing. */
  readonly reported: TopicPartitions | null
  /** Whether somebody has a partition. */
  isOwned(topicId: string, partition: number): boolean
}

/**
 * Takes a member one step towards its target (CurrentAssignmentBuilder in Kafka): first it gives up what is no longer
 * its own and stays in its epoch until it has, then it gets what is free, and waits for what others have yet to give
 * up.
 */
export function reconcile(member: ConsumerMember, step: Reconciliation): ConsumerMember {
  switch (member.state) {
    case 'STABLE':
      if (member.memberEpoch !== step.targetEpoch) return nextAssignment(member, member.memberEpoch, step)
      return step.hasSubscriptionChanged ? dropUnsubscribed(member, step) : member
    case 'UNREVOKED_PARTITIONS':
      if (!stillHas(step, member.pendingRevocation)) return nextAssignment(member, member.memberEpoch, step)
      return step.hasSubscriptionChanged ? dropUnsubscribed(member, step) : member
    case 'UNRELEASED_PARTITIONS':
      return nextAssignment(member, member.memberEpoch, step)
    case 'UNKNOWN':
      if (step.reported?.length !== 0) {
        throw new KafkaError(
          'FENCED_MEMBER_EPOCH',
          'The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.',
        )
      }
      return nextAssignment(member, step.targetEpoch, step)
  }
}

/** A member that says nothing of what it has is taken to have it still. */
function stillHas({ reported }: Reconciliation, partitions: OwnedPartitions): boolean {
  return reported === null || overlaps(reported, partitions)
}

function nextAssignment(member: ConsumerMember, memberEpoch: number, step: Reconciliation): ConsumerMember {
  const { kept, revoked } = split(
    member.assigned,
    (topicId, partition) => step.subscribedTopicIds.has(topicId) && (step.target.get(topicId)?.has(partition) ?? false),
  )
  if (revoked.size > 0 && stillHas(step, revoked)) {
    return {
      ...inEpoch(member, memberEpoch),
      state: 'UNREVOKED_PARTITIONS',
      assigned: kept,
      pendingRevocation: revoked,
    }
  }
  const { assigned, isComplete } = withFreePartitions(kept, step)
  return {
    ...inEpoch(member, step.targetEpoch),
    state: isComplete ? 'STABLE' : 'UNRELEASED_PARTITIONS',
    assigned,
    pendingRevocation: OWNS_NOTHING,
  }
}

/** What a member no longer subscribes to is taken from it at once, before there is a new target. */
function dropUnsubscribed(member: ConsumerMember, step: Reconciliation): ConsumerMember {
  const { kept, revoked } = split(member.assigned, (topicId) => step.subscribedTopicIds.has(topicId))
  if (revoked.size === 0) return member
  const all = merge(member.pendingRevocation, revoked)
  const here = inEpoch(member, member.memberEpoch)
  return stillHas(step, all)
    ? { ...here, state: 'UNREVOKED_PARTITIONS', assigned: kept, pendingRevocation: all }
    : { ...here, assigned: kept }
}

function withFreePartitions(
  kept: OwnedPartitions,
  step: Reconciliation,
): { assigned: OwnedPartitions; isComplete: boolean } {
  const assigned = new Map([...kept].map(([topicId, partitions]) => [topicId, new Map(partitions)]))
  let isComplete = true
  for (const [topicId, partitions] of step.target) {
    if (!step.subscribedTopicIds.has(topicId)) continue
    for (const partition of partitions) {
      if (kept.get(topicId)?.has(partition)) continue
      if (step.isOwned(topicId, partition)) isComplete = false
      else put(assigned, topicId, partition, step.targetEpoch)
    }
  }
  return { assigned, isComplete }
}

/** A step within an epoch counts as one too: the epoch before is then the same. */
function inEpoch(member: ConsumerMember, memberEpoch: number): ConsumerMember {
  return { ...member, memberEpoch, previousMemberEpoch: member.memberEpoch }
}

function split(
  owned: OwnedPartitions,
  isKept: (topicId: string, partition: number) => boolean,
): { kept: OwnedPartitions; revoked: OwnedPartitions } {
  const kept = new Map<string, Map<number, number>>()
  const revoked = new Map<string, Map<number, number>>()
  for (const [topicId, partitions] of owned) {
    for (const [partition, epoch] of partitions)
      put(isKept(topicId, partition) ? kept : revoked, topicId, partition, epoch)
  }
  return { kept, revoked }
}

function merge(a: OwnedPartitions, b: OwnedPartitions): OwnedPartitions {
  const merged = new Map([...a].map(([topicId, partitions]) => [topicId, new Map(partitions)]))
  for (const [topicId, partitions] of b)
    for (const [partition, epoch] of partitions) put(merged, topicId, partition, epoch)
  return merged
}

function put(owned: Map<string, Map<number, number>>, topicId: string, partition: number, epoch: number): void {
  const partitions = owned.get(topicId)
  if (partitions) partitions.set(partition, epoch)
  else owned.set(topicId, new Map([[partition, epoch]]))
}
