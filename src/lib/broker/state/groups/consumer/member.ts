import { isDeepStrictEqual } from 'node:util'
import { KafkaError } from '../../../../errors.ts'
import type { Protocol } from '../classic/member.ts'
import { tombstone, type GroupRecord, type RecordOf, type RecordValue } from '../records.ts'
import { OWNS_NOTHING, ownedFromRecord, ownedToRecord, samePartitions, type OwnedPartitions } from './assignment.ts'

/** How far a member is on its way to its target (MemberState in Kafka); the numbers are those of the records. */
export const MEMBER_STATE = { STABLE: 0, UNREVOKED_PARTITIONS: 1, UNRELEASED_PARTITIONS: 2, UNKNOWN: 127 } as const
export type MemberState = keyof typeof MEMBER_STATE

/** A member of a consumer group (KIP-848). It is never changed: a new one takes its place. */
export interface ConsumerMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly serverAssignor: string | null
  /** Sorted, without repetition. */
  readonly subscribedTopicNames: readonly string[]
  /** Empty for none. */
  readonly subscribedTopicRegex: string
  /** What it said in JoinGroup, when it speaks the classic protocol to this group; null for a consumer. */
  readonly classic: ClassicSession | null
  readonly memberEpoch: number
  readonly previousMemberEpoch: number
  readonly state: MemberState
  readonly assigned: OwnedPartitions
  readonly pendingRevocation: OwnedPartitions
}

/** What a member is told that goes by another epoch than the group knows of it. */
export const staleEpoch = ({ classic }: ConsumerMember): KafkaError =>
  new KafkaError(classic ? 'ILLEGAL_GENERATION' : 'STALE_MEMBER_EPOCH')

export interface ClassicSession {
  readonly sessionTimeoutMs: number
  readonly protocols: readonly Protocol[]
}

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    serverAssignor: null,
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    classic: null,
    memberEpoch: 0,
    previousMemberEpoch: 0,
    state: 'STABLE',
    assigned: OWNS_NOTHING,
    pendingRevocation: OWNS_NOTHING,
  }
}

/** Whether the member has all that its target of this epoch gives it. */
export function isReconciledTo(member: ConsumerMember, targetEpoch: number): boolean {
  return member.state === 'STABLE' && member.memberEpoch === targetEpoch
}

export function sameMember(a: ConsumerMember, b: ConsumerMember): boolean {
  return isDeepStrictEqual(a, b)
}

export function hasAssignmentChanged(before: ConsumerMember, after: ConsumerMember): boolean {
  return !samePartitions(before.assigned, after.assigned)
}

export function sortedNames(names: Iterable<string>): string[] {
  return [...new Set(names)].sort()
}

/** A consumer has a null for classic members' field: left out, it would be read as a classic session of nothing. */
export function memberMetadata(groupId: string, member: ConsumerMember): RecordOf<'ConsumerGroupMemberMetadata'> {
  const {
    instanceId,
    rackId,
    clientId,
    clientHost,
    subscribedTopicRegex,
    rebalanceTimeoutMs,
    serverAssignor,
    classic,
  } = member
  return {
    kind: 'ConsumerGroupMemberMetadata',
    key: { groupId, memberId: member.memberId },
    value: {
      instanceId,
      rackId,
      clientId,
      clientHost,
      subscribedTopicRegex,
      rebalanceTimeoutMs,
      serverAssignor,
      subscribedTopicNames: [...member.subscribedTopicNames],
      classicMemberMetadata: classic && {
        sessionTimeoutMs: classic.sessionTimeoutMs,
        supportedProtocols: [...classic.protocols],
      },
    },
  }
}

export function withMetadata(
  member: ConsumerMember,
  value: RecordValue<'ConsumerGroupMemberMetadata'>,
): ConsumerMember {
  const {
    instanceId,
    rackId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    serverAssignor,
    classicMemberMetadata: classic,
  } = value
  return {
    ...member,
    instanceId,
    rackId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    serverAssignor,
    subscribedTopicNames: sortedNames(value.subscribedTopicNames),
    subscribedTopicRegex: value.subscribedTopicRegex ?? '',
    // A record that lacks the field reads as its default, a session of nothing: kts wrote consumers so.
    classic: classic?.supportedProtocols.length
      ? { sessionTimeoutMs: classic.sessionTimeoutMs, protocols: classic.supportedProtocols }
      : null,
  }
}

export function currentAssignment(
  groupId: string,
  member: ConsumerMember,
): RecordOf<'ConsumerGroupCurrentMemberAssignment'> {
  return {
    kind: 'ConsumerGroupCurrentMemberAssignment',
    key: { groupId, memberId: member.memberId },
    value: {
      memberEpoch: member.memberEpoch,
      previousMemberEpoch: member.previousMemberEpoch,
      state: MEMBER_STATE[member.state],
      assignedPartitions: ownedToRecord(member.assigned),
      partitionsPendingRevocation: ownedToRecord(member.pendingRevocation),
    },
  }
}

export function withAssignment(
  member: ConsumerMember,
  value: RecordValue<'ConsumerGroupCurrentMemberAssignment'>,
): ConsumerMember {
  return {
    ...member,
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: stateOf(value.state),
    assigned: ownedFromRecord(value.assignedPartitions),
    pendingRevocation: ownedFromRecord(value.partitionsPendingRevocation),
  }
}

/** What erases a member from the log. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId }
  return [
    tombstone('ConsumerGroupCurrentMemberAssignment', key),
    tombstone('ConsumerGroupTargetAssignmentMember', key),
    tombstone('ConsumerGroupMemberMetadata', key),
  ]
}

function stateOf(stored: number): MemberState {
  const found = Object.entries(MEMBER_STATE).find(([, number]) => number === stored)
  return found ? (found[0] as MemberState) : 'UNKNOWN'
}
