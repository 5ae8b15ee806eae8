import { MalformedError } from '../../../../errors.ts'
import { ClassicGroup } from '../classic/group.ts'
import { ClassicMember, NO_ASSIGNMENT } from '../classic/member.ts'
import { expectHeartbeat, prepareRebalance } from '../classic/rebalance.ts'
import { groupMetadata } from '../classic/records.ts'
import { CONSUMER_PROTOCOL_TYPE, consumerProtocolVersion } from '../../../../protocol/consumer-protocol.ts'
import { writeAssignment } from '../consumer-protocol.ts'
import type { GroupContext } from '../group-context.ts'
import { listPartitions, type Partitions } from './assignment.ts'
import type { ConsumerGroup } from './group.ts'
import type { ConsumerMember } from './member.ts'
import { cancelDeadlines } from './timers.ts'

export interface Downgrade {
  readonly leaving: ReadonlySet<string>
  /** A static member of the classic protocol that takes the place of the one that leaves. */
  readonly joining?: ConsumerMember
  /** Whether members have to agree anew, because the target is not that of the group as it will be. */
  readonly mustRebalance: boolean
}

/**
 * Whether a consumer group is to become a classic one: all who stay speak the classic protocol, and the policy allows
 * it.
 */
export function canDowngradeWithout(
  { settings }: GroupContext,
  group: ConsumerGroup,
  leaving: ReadonlySet<string>,
  joiningCount = 0,
): boolean {
  const staying = [...group.members.values()].filter(({ memberId }) => !leaving.has(memberId))
  const size = staying.length + joiningCount
  return (
    size > 0 &&
    size <= settings.maxSize &&
    staying.every(({ classic }) => classic !== null) &&
    haveProtocolInCommon(staying) &&
    [...leaving].some((memberId) => group.members.get(memberId)?.classic === null) &&
    (settings.consumerMigrationPolicy === 'bidirectional' || settings.consumerMigrationPolicy === 'downgrade')
  )
}

/** They do, unless somebody else than a coordinator wrote the records that tell of them. */
function haveProtocolInCommon([first, ...others]: readonly ConsumerMember[]): boolean {
  return (
    !first ||
    first.classic!.protocols.some(({ name }) =>
      others.every(({ classic }) => classic!.protocols.some((protocol) => protocol.name === name)),
    )
  )
}

/**
 * Makes a classic group, in the generation of the group epoch, of a consumer group. Throws KafkaError when that cannot
 * be written.
 */
export function downgrade(
  context: GroupContext,
  group: ConsumerGroup,
  { leaving, joining, mustRebalance }: Downgrade,
): ClassicGroup {
  const { groupId } = group
  const classic = new ClassicGroup(groupId, {
    state: 'Stable',
    stateTimestamp: context.clock.now(),
    generationId: group.groupEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
  })
  const staying = [...group.members.values()].filter(({ memberId }) => !leaving.has(memberId))
  for (const member of joining ? [...staying, joining] : staying) classic.add(classicMember(member))
  classic.protocolName = classic.selectProtocol()
  classic.refreshSubscribedTopics()
  for (const member of joining ? [...staying, joining] : staying) {
    const inClassic = classic.members.get(member.memberId)!
    inClassic.assignment = assignmentFor(context, group.targetOf(member), inClassic.metadata(classic.protocolName))
  }
  context.log.append([...group.tombstones(), groupMetadata(classic)])
  for (const memberId of group.members.keys()) cancelDeadlines(context, groupId, memberId)
  context.groups.set(groupId, classic)
  for (const member of classic.members.values()) expectHeartbeat(context, classic, member)
  if (mustRebalance) prepareRebalance(context, classic)
  return classic
}

function classicMember(member: ConsumerMember): ClassicMember {
  const { memberId, instanceId, clientId, clientHost, classic } = member
  const identity = { memberId, groupInstanceId: instanceId, clientId, clientHost, protocolType: CONSUMER_PROTOCOL_TYPE }
  return new ClassicMember(identity, member.rebalanceTimeoutMs, classic!.sessionTimeoutMs, classic!.protocols)
}

/** In the version that the member has written its subscription in. */
function assignmentFor({ topics }: GroupContext, target: Partitions, metadata: Buffer): Buffer {
  const assigned = listPartitions(target).flatMap(({ topicId, partitions }) => {
    const topic = topics.topicName(topicId)
    return topic === null ? [] : [{ topic, partitions }]
  })
  try {
    return writeAssignment(assigned, consumerProtocolVersion(metadata))
  } catch (error) {
    if (error instanceof MalformedError) return NO_ASSIGNMENT
    throw error
  }
}
