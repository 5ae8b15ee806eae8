/** Topics and their names as org.apache.kafka.common.internals.Topic has them. */

export const OFFSETS_TOPIC = '__consumer_offsets'
export const TRANSACTION_TOPIC = '__transaction_state'
/** The log of the controllers, which is no topic that anybody may make. */
export const CLUSTER_METADATA_TOPIC = '__cluster_metadata'

const INTERNAL = new Set([OFFSETS_TOPIC, TRANSACTION_TOPIC, '__share_group_state'])
const MAX_LENGTH = 249

/** What is wrong with a topic name, or null. */
export function topicNameProblem(name: string): string | null {
  if (name === '') return 'the empty string is not allowed'
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > MAX_LENGTH) return `the length of '${name}' is longer than the max allowed length ${MAX_LENGTH}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  return null
}

/** Whether Kafka keeps the topic for itself. */
export const isInternalTopic = (name: string): boolean => INTERNAL.has(name)

/** Names that differ only in '.' and '_' make the same metric names, so Kafka refuses the second. */
export const collisionKey = (name: string): string => name.replaceAll('.', '_')
