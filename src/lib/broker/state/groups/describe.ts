import { KafkaError } from '../../../errors.ts'
import { describeClassicGroup, type DescribedGroup } from './classic/describe.ts'
import { describeConsumerGroup, type DescribedConsumerGroup } from './consumer/describe.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../../protocol/consumer-protocol.ts'
import type { Group, GroupContext } from './group-context.ts'

export interface GroupFilter {
  /** Names in any case; empty for all. One that is no state or type finds nothing. */
  readonly states: readonly string[]
  readonly types: readonly string[]
}

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  readonly groupState: string
  readonly groupType: string
}

export function listGroups(groups: Iterable<Group>, { states, types }: GroupFilter): ListedGroup[] {
  const allows = (names: readonly string[], name: string): boolean =>
    names.length === 0 || names.some((wanted) => wanted.trim().toLowerCase() === name.toLowerCase())
  return [...groups]
    .map(asListed)
    .filter(({ groupState, groupType }) => allows(states, groupState) && allows(types, groupType))
}

function asListed(group: Group): ListedGroup {
  const protocolType = group.type === 'consumer' ? CONSUMER_PROTOCOL_TYPE : (group.protocolType ?? '')
  return { groupId: group.groupId, protocolType, groupState: group.state, groupType: group.type }
}

/** Throws KafkaError GROUP_ID_NOT_FOUND (KIP-1043). */
export function describeAsClassic(groupId: string, group: Group | undefined): DescribedGroup {
  if (group?.type === 'classic') return describeClassicGroup(group)
  throw notFound(groupId, group, 'classic')
}

/** Throws KafkaError GROUP_ID_NOT_FOUND. */
export function describeAsConsumer(
  context: GroupContext,
  groupId: string,
  group: Group | undefined,
): DescribedConsumerGroup {
  if (group?.type === 'consumer') return describeConsumerGroup(context, group)
  throw notFound(groupId, group, 'consumer')
}

function notFound(groupId: string, group: Group | undefined, wanted: Group['type']): KafkaError {
  return new KafkaError(
    'GROUP_ID_NOT_FOUND',
    group ? `Group ${groupId} is not a ${wanted} group.` : `Group ${groupId} not found.`,
  )
}
