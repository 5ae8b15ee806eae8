import { topicChoice, topicFilter } from '../../lib/client/topic-filter.ts'
import type { Context } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'

export type PartitionFilter = (topic: string, partition: number) => boolean

type Style = Context['style']

interface Selection {
  readonly topic?: string | undefined
  readonly partitions?: string | undefined
  readonly topicPartitions?: string | undefined
}

/** Which partitions the options pick. Throws UserError. */
export function partitionFilter({ topic, partitions, topicPartitions }: Selection, style: Style): PartitionFilter {
  if (topicPartitions !== undefined) return anyRule(topicPartitions.split(',').map((rule) => parseRule(rule, style)))
  const fitsTopic = topicTest(topic ?? '.*', style)
  const wanted = parsePartitions(partitions ?? '')
  return (name, partition) => (wanted.size === 0 || wanted.has(partition)) && fitsTopic(name)
}

const topicTest = (text: string, style: Style): ((name: string) => boolean) =>
  style === 'kts' ? topicChoice(text).fits : topicFilter(text)

const anyRule =
  (rules: readonly PartitionFilter[]): PartitionFilter =>
  (topic, partition) =>
    rules.some((rule) => rule(topic, partition))

function parsePartitions(text: string): ReadonlySet<number> {
  const ids = text === '' ? [] : text.split(',')
  const wrong = ids.find((id) => !/^[+-]?\d+$/.test(id))
  if (wrong !== undefined) throw new UserError(`--partitions ${text}: "${wrong}" is not a partition number`)
  return new Set(ids.map(Number))
}

/**
 * `REGEX`, `REGEX:NUMBER`, `REGEX:FROM-TO`, with either bound left out, under Apache's name the expression too; TO
 * itself is not included.
 */
function parseRule(text: string, style: Style): PartitionFilter {
  const match = /^([^:]*)(?::(?:(\d+)|(\d*)-(\d*))?)?$/.exec(text)
  if (!match || (style === 'kts' && !match[1]))
    throw new UserError(`--topic-partitions: "${text}" is not of the form TOPIC:PARTITION or TOPIC:FROM-TO`)
  const [, topic, only, from, to] = match
  const fitsTopic = topicTest(topic || '.*', style)
  const [low, high] =
    only !== undefined ? [Number(only), Number(only) + 1] : [Number(from || 0), to ? Number(to) : Infinity]
  return (name, partition) => partition >= low && partition < high && fitsTopic(name)
}
