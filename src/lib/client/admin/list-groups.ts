import { systemClock, wait } from '../../clock.ts'
import { ListGroups, type ListGroupsResponse } from '../../protocol/apis/list-groups.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../protocol/consumer-protocol.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { type Patience, TIMEOUT_MS } from './ask-nodes.ts'
import { asKafkaError, itemError, itemSentence } from './item-error.ts'

/** org.apache.kafka.common.GroupType, without what a client does not know. */
export const GROUP_TYPES = ['Classic', 'Consumer', 'Share', 'Streams'] as const
export type GroupType = (typeof GROUP_TYPES)[number]

/** org.apache.kafka.common.GroupState. */
export const GROUP_STATES = [
  'Empty',
  'PreparingRebalance',
  'CompletingRebalance',
  'Assigning',
  'Reconciling',
  'Stable',
  'NotReady',
  'Dead',
] as const
export type GroupState = (typeof GROUP_STATES)[number]

export interface GroupListing {
  readonly groupId: string
  /** Null from brokers that do not tell (before 3.8). */
  readonly type: GroupType | null
  /** Null from brokers that do not tell (before 2.6). */
  readonly state: GroupState | null
  /** What its members speak: `consumer`, `connect`, `share`, …; empty for a group that has only offsets. */
  readonly protocol: string
}

export interface GroupFilter {
  /** All types when empty. */
  readonly types?: readonly GroupType[]
  /** All states when empty. */
  readonly states?: readonly GroupState[]
}

const BACKOFF_MS = 100

/** The groups of the whole cluster, sorted by name: every broker knows those that it coordinates. Throws KafkaError. */
export async function listGroups(
  client: KafkaClient,
  filter: GroupFilter = {},
  options: Patience = {},
): Promise<GroupListing[]> {
  const { types = [], states = [] } = filter
  const answers = await Promise.all(
    (await client.brokers()).map(({ nodeId }) => askBroker(client, nodeId, { types, states }, options)),
  )
  const listings = new Map(answers.flat().map((group) => [group.groupId, toListing(group)]))
  return (
    [...listings.values()]
      .sort(byId)
      // Brokers of before these filters send everything.
      .filter(
        ({ type, state }) =>
          (types.length === 0 || (type !== null && types.includes(type))) &&
          (states.length === 0 || (state !== null && states.includes(state))),
      )
  )
}

/**
 * A group that kafka-consumer-groups knows: of consumers, of the classic protocol or the new one, or of offsets only.
 */
export function isConsumerGroup({ type, protocol }: GroupListing): boolean {
  return (
    (type === null || type === 'Classic' || type === 'Consumer') &&
    (protocol === '' || protocol === CONSUMER_PROTOCOL_TYPE)
  )
}

/** The name of a type or state as Kafka writes it, whatever the case; undefined for none of them. */
export const findName = <N extends string>(names: readonly N[], text: string): N | undefined =>
  names.find((name) => name.toLowerCase() === text.trim().toLowerCase())

async function askBroker(
  client: KafkaClient,
  nodeId: number,
  { types, states }: Required<GroupFilter>,
  { clock = systemClock, timeoutMs = TIMEOUT_MS }: Patience,
): Promise<ListGroupsResponse['groups']> {
  const version = await client.version(ListGroups, nodeId)
  const request = { ...(version >= 4 && { statesFilter: states }), ...(version >= 5 && { typesFilter: types }) }
  const deadline = clock.now() + timeoutMs
  for (;;) {
    const { errorCode, groups } = await client.send(ListGroups, request, { nodeId })
    const error = itemError(errorCode)
    if (!error || !isRetriable(error.code) || clock.now() >= deadline) {
      client.hindrances?.pass(client)
      if (error) throw asKafkaError(error, 'Cannot list groups')
      return groups
    }
    client.hindrances?.meet(client, itemSentence('Cannot list groups yet', error), {
      outlook: `asking again, for ${timeoutMs} ms at most`,
      atOnce: false,
    })
    await wait(clock, BACKOFF_MS)
  }
}

const toListing = ({
  groupId,
  groupType,
  groupState,
  protocolType,
}: ListGroupsResponse['groups'][number]): GroupListing => ({
  groupId,
  protocol: protocolType,
  type: findName(GROUP_TYPES, groupType) ?? null,
  state: findName(GROUP_STATES, groupState) ?? null,
})

const byId = (a: GroupListing, b: GroupListing): number => (a.groupId < b.groupId ? -1 : 1)
