import { listTopics, type TopicListing } from '../../lib/client/admin/list-topics.ts'
import { isInternalTopic, topicFilter } from '../../lib/client/topic-filter.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { NearNames } from '../../lib/config/near-names.ts'
import { KafkaError } from '../../lib/errors.ts'
import type { TopicsValues } from './options.ts'

/** The topics that the options pick, sorted by name. Throws UserError for an invalid expression. */
export async function findTopics(
  client: KafkaClient, { topic, excludeInternal }: { topic?: string | undefined; excludeInternal: boolean },
): Promise<TopicListing[]> {
  const fits = topic === undefined ? () => true : topicFilter(topic)
  const topics = await listTopics(client)
  return topics.filter(({ name, isInternal }) => fits(name) && !(excludeInternal && (isInternal || isInternalTopic(name))))
}

/** As findTopics, but to name topics and find none is a KafkaError, unless --if-exists allows it. */
export async function requireTopics(client: KafkaClient, values: TopicsValues, context: Context): Promise<TopicListing[]> {
  const topics = await findTopics(client, values)
  if (topics.length === 0 && values.topic && !values.ifExists) {
    const reason = `There is no topic "${values.topic}", nor one whose name it describes`
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${reason} (UNKNOWN_TOPIC_OR_PARTITION)${await new NearNames(client, context).hint('topic', values.topic)}`)
  }
  return topics
}
