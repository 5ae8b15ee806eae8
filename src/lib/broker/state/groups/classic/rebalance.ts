import { KafkaError } from '../../../../errors.ts'
import type { ErrorName } from '../../../../protocol/errors.ts'
import type { GroupContext } from '../group-context.ts'
import { timerName } from '../../coordination/timers.ts'
import type { ClassicGroup } from './group.ts'
import { NO_ASSIGNMENT, type ClassicMember } from './member.ts'
import { groupMetadata } from './records.ts'

/**
 * How a classic group comes from one generation to the next (GroupMetadataManager in Kafka): it asks everyone to join,
 * waits for all or for the rebalance timeout, chooses protocol and leader, and then awaits the leader's assignment.
 */
export function rebalanceOrCompleteJoin(context: GroupContext, group: ClassicGroup): void {
  if (group.canRebalance) prepareRebalance(context, group)
  else completeJoinIfReady(context, group)
}

export function prepareRebalance(context: GroupContext, group: ClassicGroup): void {
  context.report?.onChanged(group)
  if (group.isIn('CompletingRebalance')) failSyncs(context, group, 'REBALANCE_IN_PROGRESS')
  group.pendingSync.clear()
  context.timers.cancel(syncTimer(group))
  const isInitial = group.isEmpty
  if (isInitial) awaitFirstMembers(context, group)
  group.transitionTo('PreparingRebalance', context.clock.now())
  if (!isInitial) completeJoinOrWait(context, group)
}

/** Completes the join when all are there. Not in the initial delay, which runs its time. */
export function completeJoinIfReady(context: GroupContext, group: ClassicGroup): void {
  context.report?.onChanged(group)
  if (group.isIn('PreparingRebalance') && group.previousState !== 'Empty' && group.allMembersJoined)
    completeJoin(context, group)
}

/** Starts the generation with those who have joined; dynamic members that have not are out. */
export function completeJoin(context: GroupContext, group: ClassicGroup): void {
  context.timers.cancel(joinTimer(group))
  removeAbsentMembers(context, group)
  context.report?.onChanged(group)
  if (group.isIn('Dead')) return
  if (!group.electJoinedLeader() && group.members.size > 0) {
    // Only static members are left and none has come back: wait until their sessions end.
    return scheduleCompleteJoin(context, group, group.rebalanceTimeoutMs)
  }
  group.startGeneration(context.clock.now())
  if (group.isEmpty) writeEmptyGeneration(context, group)
  else answerJoins(context, group)
}

/** Sends every parked SyncGroup away with an error, and forgets assignments that are no longer true. */
export function failSyncs(context: GroupContext, group: ClassicGroup, error: ErrorName): void {
  for (const member of group.members.values()) {
    member.assignment = NO_ASSIGNMENT
    if (member.answerSync({ error })) expectHeartbeat(context, group, member)
  }
}

/** Ends the wait for SyncGroup requests once all members have sent theirs. */
export function noteSynced(context: GroupContext, group: ClassicGroup, memberId: string): void {
  group.pendingSync.delete(memberId)
  if (group.pendingSync.size === 0) context.timers.cancel(syncTimer(group))
}

/** Gives a member its session timeout, from now on, to be heard of again; without that it is out of the group. */
export function expectHeartbeat(
  context: GroupContext,
  group: ClassicGroup,
  member: ClassicMember,
  timeoutMs = member.sessionTimeoutMs,
): void {
  expectMember(context, group, member.memberId, timeoutMs)
}

/** The same for one that is no member yet: it has been given its id and is to come back with it. */
export function expectMember(context: GroupContext, group: ClassicGroup, memberId: string, timeoutMs: number): void {
  context.timers.schedule(
    heartbeatTimer(group, memberId),
    timeoutMs,
    whileCurrent(context, group, () => expire(context, group, memberId)),
  )
}

export function cancelHeartbeat(context: GroupContext, group: ClassicGroup, memberId: string): void {
  context.timers.cancel(heartbeatTimer(group, memberId))
}

const heartbeatTimer = (group: ClassicGroup, memberId: string): string =>
  timerName('heartbeat', group.groupId, memberId)
const joinTimer = (group: ClassicGroup): string => timerName('join', group.groupId)
const syncTimer = (group: ClassicGroup): string => timerName('sync', group.groupId)

/** Runs an action only while the group is still the one that it was planned for. */
function whileCurrent(context: GroupContext, group: ClassicGroup, action: () => void): () => void {
  return () => {
    if (context.groups.get(group.groupId) === group) action()
  }
}

function awaitFirstMembers(context: GroupContext, group: ClassicGroup): void {
  const delayMs = context.settings.initialRebalanceDelayMs
  scheduleInitial(context, group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
}

/** The initial delay starts anew when somebody joined in it, up to the rebalance timeout in all (KIP-134). */
function scheduleInitial(context: GroupContext, group: ClassicGroup, delayMs: number, remainingMs: number): void {
  context.timers.schedule(
    joinTimer(group),
    delayMs,
    whileCurrent(context, group, () => {
      if (!group.newMemberAdded || remainingMs === 0) return completeJoin(context, group)
      group.newMemberAdded = false
      const nextDelayMs = Math.min(context.settings.initialRebalanceDelayMs, remainingMs)
      scheduleInitial(context, group, nextDelayMs, Math.max(remainingMs - delayMs, 0))
    }),
  )
}

function completeJoinOrWait(context: GroupContext, group: ClassicGroup): void {
  if (group.allMembersJoined) completeJoin(context, group)
  else scheduleCompleteJoin(context, group, group.rebalanceTimeoutMs)
}

function scheduleCompleteJoin(context: GroupContext, group: ClassicGroup, delayMs: number): void {
  context.timers.schedule(
    joinTimer(group),
    delayMs,
    whileCurrent(context, group, () => completeJoin(context, group)),
  )
}

function removeAbsentMembers(context: GroupContext, group: ClassicGroup): void {
  for (const member of [...group.members.values()]) {
    if (member.awaitingJoin || member.groupInstanceId !== null) continue
    group.remove(member.memberId)
    cancelHeartbeat(context, group, member.memberId)
  }
}

function writeEmptyGeneration(context: GroupContext, group: ClassicGroup): void {
  try {
    context.log.append([groupMetadata(group)])
  } catch (error) {
    // After a crash the generation before would come back, with members that time out: nothing is lost by that.
    if (!(error instanceof KafkaError)) throw error
  }
}

function answerJoins(context: GroupContext, group: ClassicGroup): void {
  const everyone = group.joinedMembers()
  for (const member of group.members.values()) {
    group.pendingSync.add(member.memberId)
    member.isNew = false
    group.answerJoin(member, {
      error: 'NONE',
      memberId: member.memberId,
      generationId: group.generationId,
      protocolType: group.protocolType,
      protocolName: group.protocolName,
      leader: group.leaderId ?? '',
      members: group.isLeader(member.memberId) ? everyone : [],
    })
    expectHeartbeat(context, group, member)
  }
  awaitSyncs(context, group)
}

/** Members that never ask for their assignment hold the others up no longer than the rebalance timeout. */
function awaitSyncs(context: GroupContext, group: ClassicGroup): void {
  const { generationId } = group
  context.timers.schedule(
    syncTimer(group),
    group.rebalanceTimeoutMs,
    whileCurrent(context, group, () => {
      if (
        generationId !== group.generationId ||
        !group.isIn('CompletingRebalance', 'Stable') ||
        group.pendingSync.size === 0
      )
        return
      for (const memberId of [...group.pendingSync]) {
        group.remove(memberId)
        cancelHeartbeat(context, group, memberId)
      }
      prepareRebalance(context, group)
    }),
  )
}

function expire(context: GroupContext, group: ClassicGroup, memberId: string): void {
  const member = group.members.get(memberId)
  if (member?.hasSatisfiedHeartbeat) return
  group.remove(memberId)
  if (group.isIn('PreparingRebalance')) {
    if (group.allMembersJoined) completeJoin(context, group)
  } else if (member) {
    rebalanceOrCompleteJoin(context, group)
  }
}
