import { KafkaError } from '../../errors.ts'
import type { KafkaClient, Node } from '../types.ts'
import type { Patience } from './ask-nodes.ts'
import { askCoordinators } from './coordinators.ts'
import {
  describeClassic,
  describeConsumer,
  describeShare,
  describeStreams,
  type Describe,
  type GroupDescription,
} from './group-descriptions.ts'
import { itemError, type ItemError } from './item-error.ts'
import type { GroupType } from './list-groups.ts'

export interface DescribedGroup {
  readonly groupId: string
  /** Null with an error. */
  readonly description: GroupDescription | null
  readonly coordinator: Node | null
  readonly error: ItemError | null
}

const DESCRIBE: Readonly<Record<GroupType, Describe>> = {
  Classic: describeClassic,
  Consumer: describeConsumer,
  Share: describeShare,
  Streams: describeStreams,
}

/** In the order of how many groups there are of each, which is that of the requests saved. */
const IN_ORDER: readonly GroupType[] = ['Consumer', 'Classic', 'Share', 'Streams']

interface Wanted {
  readonly groupId: string
  readonly types: readonly GroupType[]
}

/**
 * Describes groups of any type; each has its own result, in the order asked. Where `types` knows a group's type it is
 * asked for as such; else it is asked for as one type after the other until its coordinator knows it.
 */
export async function describeGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: Patience & { types?: ReadonlyMap<string, GroupType | null> } = {},
): Promise<DescribedGroup[]> {
  const { types } = options
  const wanted = groupIds.map((groupId): Wanted => {
    const type = types?.get(groupId)
    return { groupId, types: type ? [type] : IN_ORDER }
  })
  const ask = (nodeId: number, items: readonly Wanted[]): Promise<DescribedGroup[]> =>
    askCoordinator(client, nodeId, items)
  const fail = ({ groupId }: Wanted, error: ItemError): DescribedGroup => ({
    groupId,
    description: null,
    coordinator: null,
    error,
  })
  return askCoordinators(client, wanted, { ask, fail }, options)
}

async function askCoordinator(
  client: KafkaClient,
  nodeId: number,
  items: readonly Wanted[],
): Promise<DescribedGroup[]> {
  const found = new Map<string, GroupDescription | ItemError>()
  for (const type of IN_ORDER) {
    const open = items
      .filter(({ groupId, types }) => types.includes(type) && isOpen(found.get(groupId)))
      .map(({ groupId }) => groupId)
    const answers = open.length === 0 ? [] : await unlessUnsupported(DESCRIBE[type](client, nodeId, open), open)
    answers.forEach((answer, index) => found.set(open[index]!, answer))
  }
  const coordinator = client.nodes().find((node) => node.nodeId === nodeId) ?? null
  return items.map(({ groupId }) => {
    const answer = found.get(groupId) ?? NOT_FOUND
    return 'code' in answer
      ? { groupId, description: null, coordinator, error: answer }
      : { groupId, description: answer, coordinator, error: null }
  })
}

const NOT_FOUND = itemError(69)!

const isOpen = (answer: GroupDescription | ItemError | undefined): boolean =>
  answer === undefined || ('code' in answer && answer.code === NOT_FOUND.code)

/**
 * A broker that does not know a type has no groups of it, nor has one where it is switched off, as consumer groups are
 * in Kafka 3.
 */
async function unlessUnsupported(
  asked: Promise<(GroupDescription | ItemError)[]>,
  groupIds: readonly string[],
): Promise<(GroupDescription | ItemError)[]> {
  try {
    return (await asked).map((answer) =>
      'code' in answer && answer.code === 'UNSUPPORTED_VERSION' ? NOT_FOUND : answer,
    )
  } catch (error) {
    if (!(error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION')) throw error
    return groupIds.map(() => NOT_FOUND)
  }
}
