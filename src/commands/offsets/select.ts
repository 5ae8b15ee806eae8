import { topicFilter } from '../../lib/client/topic-filter.ts'
import { UserError } from '../../lib/errors.ts'

export type PartitionFilter = (topic: string, partition: number) => boolean

interface Selection {
  readonly topic?: string | undefined
  readonly partitions?: string | undefined
  readonly topicPartitions?: string | undefined
}

/** Which partitions the options pick. Throws UserError. */
export function partitionFilter({ topic, partitions, topicPartitions }: Selection): PartitionFilter {
  if (topicPartitions !== undefined) return anyRule(topicPartitions.split(',').map(parseRule))
  const fitsTopic = topicFilter(topic ?? '.*')
  const wanted = parsePartitions(partitions ?? '')
  return (name, partition) => (wanted.size === 0 || wanted.has(partition)) && fitsTopic(name)
}

const anyRule = (rules: readonly PartitionFilter[]): PartitionFilter =>
  (topic, partition) => rules.some((rule) => rule(topic, partition))

function parsePartitions(text: string): ReadonlySet<number> {
  const ids = text === '' ? [] : text.split(',')
  const wrong = ids.find((id) => !/^[+-]?\d+$/.test(id))
  if (wrong !== undefined) throw new UserError(`--partitions ${text}: "${wrong}" is not a partition number`)
  return new Set(ids.map(Number))
}

/** `REGEX`, `REGEX:NUMBER`, `REGEX:FROM-TO`, with either bound or the expression left out; TO itself is not included. */
function parseRule(text: string): PartitionFilter {
  const match = /^([^:]*)(?::(?:(\d+)|(\d*)-(\d*))?)?$/.exec(text)
  if (!match) throw new UserError(`--topic-partitions: "${text}" is not of the form TOPIC:PARTITION or TOPIC:FROM-TO`)
  const [, topic, only, from, to] = match
  const fitsTopic = topicFilter(topic || '.*')
  const [low, high] = only !== undefined ? [Number(only), Number(only) + 1] : [Number(from || 0), to ? Number(to) : Infinity]
  return (name, partition) => partition >= low && partition < high && fitsTopic(name)
}
