import { consumerSettings, topicsLike, topicsNamed, type ConsumerSettings } from '../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../lib/client/unused-settings.ts'
import { groupSettings } from '../../lib/client/group/index.ts'
import { javaRegex } from '../../lib/java/pattern.ts'
import type { Context } from '../../lib/command/define.ts'
import { withClient } from '../../lib/work/cluster.ts'
import type { Located, Work } from '../../lib/work/command.ts'
import { withNearTopic } from '../../lib/work/near-names.ts'
import { asMember, asNamed } from './assign.ts'
import { topicsOf } from './check.ts'
import type { Selection } from '../../lib/browse/extents.ts'
import { recordFilter } from './filter.ts'
import { printLast } from './print-last.ts'
import { formatterOf } from './look.ts'
import type { ConsumeValues } from './options.ts'
import { consumerProperties, hasEnd } from './properties.ts'
import { printRecords, type Session } from './session.ts'
import { parsePartitions } from './start-position.ts'

type Limits = Omit<Session, 'client' | 'settings' | 'formatter' | 'assign' | 'waitsForTopics'>

/** Everything that the options say, from the connection to the exit code. */
export async function run(order: Located<ConsumeValues>): Promise<number> {
  const { values, context, connection, voice } = order
  context.mindReader?.()
  const formatter = formatterOf(order)
  const properties = consumerProperties(values, connection.properties)
  const settings = consumerSettings(properties, context.style)
  const group = groupSettings(properties)
  const topics = topicsOf(values, context.style)
  const selection = selectionOf(topics, values, settings, context)
  for (const sentence of unusedConsumerSettings(properties)) voice.say(sentence)
  const print = async (work: Work<ConsumeValues>): Promise<number> => {
    const { client } = work
    const session = { client, settings, formatter, ...limitsOf(values) }
    try {
      if (values.last !== undefined)
        return await printLast({ ...session, ...selection, count: values.last, voice }, context)
      const assign = group ? asMember(work, settings, selection, group) : await asNamed(work, settings, selection)
      return await printRecords({ ...session, assign, waitsForTopics: !hasEnd(values) }, context, voice)
    } catch (error) {
      const named = topics.find((topic) => error instanceof Error && error.message.includes(topic))
      throw named === undefined ? error : await withNearTopic(error, named, client, context)
    }
  }
  return withClient(order, print, {
    properties,
    signal: context.signal,
    ...(context.style === 'drop-in' && { clientId: 'console-consumer' }),
  })
}

const selectionOf = (
  topics: readonly string[],
  { include, partition }: ConsumeValues,
  { excludeInternalTopics }: ConsumerSettings,
  { style }: Context,
): Selection => ({
  subscription: include === undefined ? topicsNamed(topics) : topicsLike(javaRegex(include), excludeInternalTopics),
  partitions: partition === undefined ? undefined : parsePartitions(partition, style),
})

function limitsOf(values: ConsumeValues): Limits {
  const {
    count = -1,
    maxMessages = count,
    timeoutMs = -1,
    skipMessageOnError,
    enableSystestEvents,
    raw,
    progress,
  } = values
  return {
    maxRecords: maxMessages === -1 ? Infinity : Math.max(maxMessages, 0),
    idleMs: timeoutMs < 0 ? Infinity : timeoutMs,
    skipsBadRecords: skipMessageOnError,
    filter: recordFilter(values),
    announcesEnd: enableSystestEvents,
    isRaw: raw,
    showsProgress: progress,
  }
}
