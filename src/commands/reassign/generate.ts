import { groupByTopic } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { assignReplicas, type Candidate } from './assign.ts'
import { currentOf } from './current.ts'
import { checkGenerate, TOPICS, type ReassignValues } from './options.ts'
import { ANY, planJson, readBrokers, readTopics } from './plan-file.ts'

interface Wish {
  readonly topics: readonly string[]
  readonly brokers: readonly number[]
}

/** How some topics lie, and how they could. Throws UserError, KafkaError. */
export const generate: Action<ReassignValues, Wish> = {
  about: 'Propose where the replicas of some topics could lie; nothing is changed.',
  words: TOPICS,
  check: checkGenerate,
  read: ({ values, context: { cwd } }) => ({
    topics: readTopics(values.topicsToMoveJsonFile!, cwd),
    brokers: readBrokers(values.brokerList!),
  }),
  run: propose,
}

async function propose({ client, values, input: { topics, brokers } }: Work<ReassignValues, Wish>): Promise<Result> {
  const current = await currentOf(client, topics)
  const candidates = await findCandidates(client, brokers, !values.disableRackAware)
  const proposed = groupByTopic(current).flatMap(({ topic, items }) =>
    assignReplicas(candidates, items.length, items[0]!.replicas.length).map((replicas, partition) => ({
      topic,
      partition,
      replicas,
      logDirs: replicas.map(() => ANY),
    })),
  )
  return {
    data: { current, proposed },
    text: () =>
      `Current partition replica assignment\n${planJson(current)}\n\nProposed partition reassignment configuration\n${planJson(proposed)}\n`,
  }
}

/** Brokers that are not there are left out. */
async function findCandidates(
  client: KafkaClient,
  wanted: readonly number[],
  rackAware: boolean,
): Promise<Candidate[]> {
  const found = (await client.brokers())
    .filter(({ nodeId }) => wanted.includes(nodeId))
    .map(({ nodeId, rack }) => ({ id: nodeId, rack: rackAware ? rack : null }))
  const rackless = found.filter(({ rack }) => rack === null).length
  if (rackless !== 0 && rackless !== found.length)
    throw new UserError('not every broker has a rack; --disable-rack-aware does without')
  return found
}
