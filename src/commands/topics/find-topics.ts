import { listTopics, type TopicListing } from '../../lib/client/admin/list-topics.ts'
import { topicChoice, topicFilter, type TopicChoice } from '../../lib/client/topic-filter.ts'
import { isInternalTopic } from '../../lib/protocol/topic-names.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { hintAmong } from '../../lib/work/near-names.ts'
import type { Work } from '../../lib/work/command.ts'
import { KafkaError } from '../../lib/errors.ts'
import type { TopicsValues } from './options.ts'

interface Selection {
  readonly topic?: string | undefined
  readonly excludeInternal: boolean
}

/** The topics that the options pick, sorted by name. Throws UserError for an invalid expression. */
export async function findTopics(
  client: KafkaClient,
  selection: Selection,
  style: Context['style'],
): Promise<TopicListing[]> {
  return pick(await listTopics(client), selection, choiceOf(selection, style))
}

/**
 * As findTopics, but to name topics and find none, or under kts one of them missing, is a KafkaError, unless
 * --if-exists allows it.
 */
export async function requireTopics({ client, values, context }: Work<TopicsValues>): Promise<TopicListing[]> {
  const { style } = context
  const choice = choiceOf(values, style)
  const all = await listTopics(client)
  const topics = pick(all, values, choice)
  if (!values.topic || values.ifExists) return topics
  const missing = choice.names.filter((name) => !all.some((topic) => topic.name === name))
  if (missing.length > 0)
    throw notThere(
      missing,
      all.map(({ name }) => name),
    )
  if (topics.length === 0) {
    const hint =
      style === 'kts'
        ? hintAmong(
            values.topic,
            all.map(({ name }) => name),
          )
        : ''
    throw new KafkaError(
      'UNKNOWN_TOPIC_OR_PARTITION',
      `No topic matches "${values.topic}" (UNKNOWN_TOPIC_OR_PARTITION)${hint}`,
    )
  }
  return topics
}

const EVERY: TopicChoice = { names: [], fits: () => true }

function choiceOf({ topic }: Pick<Selection, 'topic'>, style: Context['style']): TopicChoice {
  if (topic === undefined) return EVERY
  return style === 'kts' ? topicChoice(topic) : { names: [], fits: topicFilter(topic) }
}

const pick = (all: readonly TopicListing[], { excludeInternal }: Selection, { fits }: TopicChoice): TopicListing[] =>
  all.filter(({ name, isInternal }) => fits(name) && !(excludeInternal && (isInternal || isInternalTopic(name))))

function notThere(missing: readonly string[], names: readonly string[]): KafkaError {
  const [first = ''] = missing
  const hint = missing.length === 1 ? hintAmong(first, names) + asExpression(first, names) : ''
  return new KafkaError(
    'UNKNOWN_TOPIC_OR_PARTITION',
    `There is no topic ${missing.join(', nor ')} (UNKNOWN_TOPIC_OR_PARTITION)${hint}`,
  )
}

/**
 * What can be a name is none of a pattern; that it was meant for one is worth a word where it would have found
 * something.
 */
function asExpression(name: string, names: readonly string[]): string {
  const count = name.includes('.') ? names.filter(topicFilter(name)).length : 0
  return count === 0
    ? ''
    : `; as a regular expression, written (${name}), it fits ${count === 1 ? 'one topic' : `${count} topics`}`
}
