import type { RecordOf, RecordValue } from '../records.ts'
import { ClassicGroup } from './group.ts'
import { ClassicMember } from './member.ts'

/** The record of a group as it is now. Members are written with the protocol of the generation only. */
export function groupMetadata(group: ClassicGroup): RecordOf<'GroupMetadata'> {
  return {
    kind: 'GroupMetadata',
    key: { group: group.groupId },
    value: {
      protocolType: group.protocolType ?? '',
      generation: group.generationId,
      protocol: group.protocolName,
      leader: group.leaderId,
      currentStateTimestamp: BigInt(group.stateTimestamp ?? -1),
      members: [...group.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: member.metadata(group.protocolName),
        assignment: member.assignment,
      })),
    },
  }
}

/** The group that a record speaks of: stable with the members it names, empty without. */
export function groupFromRecord(groupId: string, value: RecordValue<'GroupMetadata'>): ClassicGroup {
  const { protocolType, protocol, members } = value
  const group = new ClassicGroup(groupId, {
    state: members.length > 0 ? 'Stable' : 'Empty',
    stateTimestamp: value.currentStateTimestamp === -1n ? null : Number(value.currentStateTimestamp),
    generationId: value.generation,
    protocolType: protocolType === '' ? null : protocolType,
    protocolName: protocol,
    leaderId: value.leader,
  })
  for (const stored of members) {
    const rebalanceTimeoutMs = stored.rebalanceTimeout === -1 ? stored.sessionTimeout : stored.rebalanceTimeout
    const protocols = [{ name: protocol ?? '', metadata: stored.subscription }]
    const member = new ClassicMember({ ...stored, protocolType }, rebalanceTimeoutMs, stored.sessionTimeout, protocols)
    member.assignment = stored.assignment
    group.add(member)
  }
  group.refreshSubscribedTopics()
  return group
}
