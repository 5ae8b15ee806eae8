import { systemClock, type Clock } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Api } from '../../protocol/api.ts'
import { FindCoordinator, type FindCoordinatorResponse } from '../../protocol/apis/find-coordinator.ts'
import { ERRORS, isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { wait } from '../wait.ts'
import { itemError, type ItemError } from './item-error.ts'

/** The answer for one group: its error, or null. */
interface Answer {
  readonly error: ItemError | null
}

/** How to ask the coordinator of some groups, and what the answer is for a group that has none to ask. */
export interface GroupQuestion<T, A> {
  ask(nodeId: number, items: readonly T[]): Promise<readonly A[]>
  fail(item: T, error: ItemError): A
}

export interface CoordinatorOptions {
  readonly clock?: Clock
  /** How long to ask again while a coordinator moves or loads what it knows. Default 5 s. */
  readonly timeoutMs?: number
}

const BACKOFF_MS = 100
export const TIMEOUT_MS = 5000
const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The brokers do not tell who coordinates this group')!
/** FindCoordinator's key type of groups. */
const GROUP = 0

/**
 * Sends what concerns a group to the broker that coordinates it, with one look-up and one `ask` a coordinator for all
 * groups together, and again for the groups whose coordinator has moved or is still loading. Answers come in the order of
 * the items.
 */
export async function askCoordinators<T extends { readonly groupId: string }, A extends Answer>(
  client: KafkaClient, items: readonly T[], question: GroupQuestion<NoInfer<T>, A>, options: CoordinatorOptions = {},
): Promise<A[]> {
  const { clock = systemClock, timeoutMs = TIMEOUT_MS } = options
  const deadline = clock.now() + timeoutMs
  const answers = new Map<T, A>()
  while (answers.size < items.length) {
    const isLast = clock.now() >= deadline
    const open = items.filter((item) => !answers.has(item))
    for (const [item, answer] of await askOnce(client, open, question)) {
      if (!answer.error || !isRetriable(answer.error.code) || isLast) answers.set(item, answer)
    }
    if (answers.size < items.length) await wait(clock, BACKOFF_MS)
  }
  return items.map((item) => answers.get(item)!)
}

async function askOnce<T extends { readonly groupId: string }, A extends Answer>(
  client: KafkaClient, items: readonly T[], { ask, fail }: GroupQuestion<T, A>,
): Promise<[T, A][]> {
  const coordinators = await findCoordinators(client, [...new Set(items.map(({ groupId }) => groupId))])
  const byNode = new Map<number, T[]>()
  const failed: [T, A][] = []
  for (const item of items) {
    const found = coordinators.get(item.groupId) ?? NO_ANSWER
    const group = typeof found === 'number' ? byNode.get(found) : undefined
    if (typeof found !== 'number') failed.push([item, fail(item, found)])
    else if (group) group.push(item)
    else byNode.set(found, [item])
  }
  const answered = await Promise.all([...byNode].map(async ([nodeId, group]) => {
    const given = await ask(nodeId, group)
    return group.map((item, index): [T, A] => [item, given[index]!])
  }))
  return [...failed, ...answered.flat()]
}

/** Node id of the coordinator of each group, or why there is none. */
async function findCoordinators(client: KafkaClient, groupIds: readonly string[]): Promise<Map<string, number | ItemError>> {
  const found = new Map<string, number | ItemError>()
  for (const { key, nodeId, errorCode, errorMessage } of await lookUp(client, groupIds)) {
    found.set(key, itemError(errorCode, errorMessage) ?? nodeId)
  }
  await knowNodes(client, [...new Set(found.values())].filter((node) => typeof node === 'number'))
  return found
}

/** All at once from version 4 on (KIP-699), one by one before. */
async function lookUp(client: KafkaClient, groupIds: readonly string[]): Promise<FindCoordinatorResponse['coordinators']> {
  if ((await client.version(FindCoordinator as unknown as Api)) >= 4) {
    return (await client.send(FindCoordinator, { keyType: GROUP, coordinatorKeys: groupIds })).coordinators
  }
  return Promise.all(groupIds.map(async (key) => ({ ...(await client.send(FindCoordinator, { keyType: GROUP, key })), key })))
}

async function knowNodes(client: KafkaClient, nodeIds: readonly number[]): Promise<void> {
  const unknown = (): number | undefined => nodeIds.find((id) => !client.nodes().some(({ nodeId }) => nodeId === id))
  if (unknown() === undefined) return
  await client.metadata([])
  if (unknown() !== undefined) throw new EnvironmentError(`The cluster has no broker ${unknown()} at the moment`)
}
