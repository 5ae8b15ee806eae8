import { javaRegex } from './java-regex.ts'

/** The topics that Kafka keeps for itself (org.apache.kafka.common.internals.Topic). */
const INTERNAL_TOPICS = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

export const isInternalTopic = (name: string): boolean => INTERNAL_TOPICS.has(name)

/**
 * The test behind a `--topic` that takes several: a regular expression in Java's syntax for whole names, in which a comma
 * means "or" (Kafka's IncludeList). Spaces, and quotes around it, do not count. Throws UserError for an invalid expression.
 */
export function topicFilter(text: string): (name: string) => boolean {
  const regex = javaRegex(text.trim().replaceAll(',', '|').replaceAll(' ', '').replace(/^["']+/, '').replace(/["']+$/, ''))
  return (name) => regex.test(name)
}
