import { ERRORS } from '../../protocol/errors.ts'
import { findCoordinators, knowNodes } from '../find-coordinators.ts'
import type { KafkaClient } from '../types.ts'
import { askNodes, type Patience, type Destination, type Question } from './ask-nodes.ts'
import { itemError, type ItemError } from './item-error.ts'

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The brokers do not tell who coordinates this group')!

/**
 * Sends what concerns a group to the broker that coordinates it, with one look-up and one `ask` a coordinator for all
 * groups together, and again for the groups whose coordinator has moved or is still loading. Answers come in the order
 * of the items.
 */
export async function askCoordinators<
  T extends { readonly groupId: string },
  A extends { readonly error: ItemError | null },
>(client: KafkaClient, items: readonly T[], question: Question<NoInfer<T>, A>, patience: Patience = {}): Promise<A[]> {
  const locate = async (open: readonly T[]): Promise<Destination[]> => {
    const coordinators = await coordinatorsOf(client, [...new Set(open.map(({ groupId }) => groupId))])
    return open.map(({ groupId }) => coordinators.get(groupId) ?? NO_ANSWER)
  }
  return askNodes(client, items, { ...question, locate }, patience)
}

/** Node id of the coordinator of each group, or why there is none. */
async function coordinatorsOf(client: KafkaClient, groupIds: readonly string[]): Promise<Map<string, Destination>> {
  const found = new Map<string, Destination>()
  for (const { key, nodeId, errorCode, errorMessage } of await findCoordinators(client, 'group', groupIds)) {
    found.set(key, itemError(errorCode, errorMessage) ?? nodeId)
  }
  await knowNodes(
    client,
    [...new Set(found.values())].filter((node) => typeof node === 'number'),
  )
  return found
}
