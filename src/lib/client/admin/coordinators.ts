import { EnvironmentError } from '../../errors.ts'
import { FindCoordinator, type FindCoordinatorResponse } from '../../protocol/apis/find-coordinator.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { askNodes, type Patience, type Place, type Question } from './ask-nodes.ts'
import { itemError, type ItemError } from './item-error.ts'

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The brokers do not tell who coordinates this group')!
/** FindCoordinator's key type of groups. */
const GROUP = 0

/**
 * Sends what concerns a group to the broker that coordinates it, with one look-up and one `ask` a coordinator for all
 * groups together, and again for the groups whose coordinator has moved or is still loading. Answers come in the order
 * of the items.
 */
export async function askCoordinators<
  T extends { readonly groupId: string },
  A extends { readonly error: ItemError | null },
>(client: KafkaClient, items: readonly T[], question: Question<NoInfer<T>, A>, patience: Patience = {}): Promise<A[]> {
  const locate = async (open: readonly T[]): Promise<Place[]> => {
    const coordinators = await findCoordinators(client, [...new Set(open.map(({ groupId }) => groupId))])
    return open.map(({ groupId }) => coordinators.get(groupId) ?? NO_ANSWER)
  }
  return askNodes(client, items, { ...question, locate }, patience)
}

/** Node id of the coordinator of each group, or why there is none. */
async function findCoordinators(client: KafkaClient, groupIds: readonly string[]): Promise<Map<string, Place>> {
  const found = new Map<string, Place>()
  for (const { key, nodeId, errorCode, errorMessage } of await lookUp(client, groupIds)) {
    found.set(key, itemError(errorCode, errorMessage) ?? nodeId)
  }
  await knowNodes(
    client,
    [...new Set(found.values())].filter((node) => typeof node === 'number'),
  )
  return found
}

/** All at once from version 4 on (KIP-699), one by one before. */
async function lookUp(
  client: KafkaClient,
  groupIds: readonly string[],
): Promise<FindCoordinatorResponse['coordinators']> {
  if ((await client.version(FindCoordinator)) >= 4) {
    return (await client.send(FindCoordinator, { keyType: GROUP, coordinatorKeys: groupIds })).coordinators
  }
  return Promise.all(
    groupIds.map(async (key) => ({ ...(await client.send(FindCoordinator, { keyType: GROUP, key })), key })),
  )
}

async function knowNodes(client: KafkaClient, nodeIds: readonly number[]): Promise<void> {
  const unknown = (): number | undefined => nodeIds.find((id) => !client.nodes().some(({ nodeId }) => nodeId === id))
  if (unknown() === undefined) return
  await client.metadata([])
  if (unknown() !== undefined) throw new EnvironmentError(`The cluster has no broker ${unknown()} at the moment`)
}
