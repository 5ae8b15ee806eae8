import {
  describeTopicIds,
  describeTopics as describeNames,
  NO_TOPIC_ID,
  type TopicDescription,
} from '../../lib/client/admin/describe-topics.ts'
import type { Result } from '../../lib/command/define.ts'
import type { Action, Work } from '../../lib/work/command.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import { collectTopics, describeTopic } from '../../lib/overview/topics.ts'
import { describeAsTable, describeAsText } from './describe-view.ts'
import { findTopics, requireTopics } from './find-topics.ts'
import { healthFilter } from './health.ts'
import { checkDescribe, ANY_TOPICS, type TopicsValues } from './options.ts'
import { settleTopics } from './settle.ts'

export const describeTopics: Action<TopicsValues> = {
  about: 'Show partitions, leaders, replicas and settings.',
  words: ANY_TOPICS,
  check: checkDescribe,
  run: describeMatching,
}

async function describeMatching(work: Work<TopicsValues>): Promise<Result> {
  const { client, values } = work
  const descriptions = await findDescriptions(work)
  const collected = await collectTopics(client, descriptions)
  const exitCode = await settleTopics(work, collected, 'describe')
  const liveBrokers = new Set(client.nodes().map(({ nodeId }) => nodeId))
  const isShown = healthFilter(values, liveBrokers)
  const topics = collected
    .filter(({ description }) => description.error === null)
    .map((item) => describeTopic(item, isShown))
    .filter(({ configs, partitions }) =>
      values.topicsWithOverrides ? configs.size > 0 : !isShown || partitions.length > 0,
    )
  const parts = { topics: isShown === null, partitions: !values.topicsWithOverrides }
  return {
    data: parts.partitions ? topics : topics.map((topic) => ({ ...topic, partitions: [] })),
    text: () => describeAsText(topics, parts),
    table: () => describeAsTable(topics, parts),
    exitCode,
  }
}

/** A topic id wins over a name, unless it is the zero id, which stands for none. */
export async function findDescriptions(work: Work<TopicsValues>): Promise<TopicDescription[]> {
  const { client, values } = work
  if (values.topicId !== undefined && values.topicId !== NO_TOPIC_ID) return describeById(work, values.topicId)
  const names = (await requireTopics(work)).map(({ name }) => name)
  const limit = values.partitionSizeLimitPerResponse
  return describeNames(client, names, limit === undefined ? {} : { partitionsPerResponse: limit })
}

async function describeById(
  { client, values, context: { style } }: Work<TopicsValues>,
  topicId: string,
): Promise<TopicDescription[]> {
  if (!/^[A-Za-z0-9_-]{22}$/.test(topicId)) {
    throw new UserError(`--topic-id ${topicId} is not a topic id: 22 letters, digits, "-" and "_"`)
  }
  const { excludeInternal, ifExists } = values
  const visible = await findTopics(client, { excludeInternal }, style)
  if (visible.some((topic) => topic.topicId === topicId)) return describeTopicIds(client, [topicId])
  if (ifExists) return []
  throw new KafkaError('UNKNOWN_TOPIC_ID', `There is no topic with the id ${topicId} (UNKNOWN_TOPIC_ID)`)
}
