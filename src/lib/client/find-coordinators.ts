import { EnvironmentError } from '../errors.ts'
import { COORDINATOR_TYPES, FindCoordinator, type FindCoordinatorResponse } from '../protocol/apis/find-coordinator.ts'
import type { CoordinatorType, KafkaClient } from './types.ts'

/** Who coordinates each group or transactional id: asked all at once from version 4 on (KIP-699), one by one before. */
export async function findCoordinators(
  client: KafkaClient,
  type: CoordinatorType,
  keys: readonly string[],
): Promise<FindCoordinatorResponse['coordinators']> {
  const keyType = COORDINATOR_TYPES[type]
  if ((await client.version(FindCoordinator)) >= 4)
    return (await client.send(FindCoordinator, { keyType, coordinatorKeys: keys })).coordinators
  return Promise.all(keys.map(async (key) => ({ ...(await client.send(FindCoordinator, { keyType, key })), key })))
}

/** Asks for metadata where a node is not known yet. Throws EnvironmentError when it is not known then. */
export async function knowNodes(client: KafkaClient, nodeIds: readonly number[]): Promise<void> {
  const unknown = (): number | undefined => nodeIds.find((id) => !client.nodes().some(({ nodeId }) => nodeId === id))
  if (unknown() === undefined) return
  await client.metadata([])
  if (unknown() !== undefined) throw new EnvironmentError(`The cluster has no broker ${unknown()} at the moment`)
}
