import { consumerSettings, topicsLike, topicsNamed, type ConsumerSettings } from '../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../lib/client/unused-settings.ts'
import { groupSettings } from '../../lib/client/group/settings.ts'
import { javaRegex } from '../../lib/java/pattern.ts'
import type { Context } from '../../lib/command/define.ts'
import { withClient } from '../../lib/work/cluster.ts'
import { REGISTRY_URL } from '../../lib/config/settings/layers.ts'
import type { Located, Order, Work } from '../../lib/work/command.ts'
import { withNearTopic } from '../../lib/work/near-names.ts'
import { asNamed } from './assign.ts'
import { topicsOf } from './check.ts'
import type { Selection } from '../../lib/browse/extents.ts'
import { recordFilter } from './filter.ts'
import { printLast } from './print-last.ts'
import { awaitsOf, textsOf } from './decoded-parts.ts'
import { formatterOf, partsToDecode } from './look.ts'
import type { ConsumeValues } from './options.ts'
import { consumerProperties, hasEnd } from './properties.ts'
import { printRecords, type Session } from './session.ts'
import { parsePartitions } from './start-position.ts'

type Limits = Omit<Session, 'client' | 'settings' | 'formatter' | 'filter' | 'awaits' | 'assign' | 'waitsForTopics'>

/** How records look, and what it takes to see them so. */
export type Viewing = Pick<Session, 'formatter' | 'filter' | 'awaits'>

/** Everything that the options say, from the connection to the exit code. */
export async function run(
  order: Located<ConsumeValues>,
  view: (
    order: Order<ConsumeValues>,
    properties: ReadonlyMap<string, string>,
  ) => Viewing | Promise<Viewing> = viewAsAsked,
): Promise<number> {
  const { values, context, connection, voice } = order
  context.mindReader?.()
  const properties = consumerProperties(values, connection.properties)
  const viewing = await view(order, properties)
  const settings = consumerSettings(properties, context.style)
  const group = groupSettings(properties)
  const topics = topicsOf(values, context.style)
  const selection = selectionOf(topics, values, settings, context)
  for (const sentence of unusedConsumerSettings(properties)) voice.say(sentence)
  const print = async (work: Work<ConsumeValues>): Promise<number> => {
    const { client } = work
    const session = { client, settings, ...viewing, ...limitsOf(values) }
    try {
      if (values.last !== undefined)
        return await printLast({ ...session, ...selection, count: values.last, voice }, context)
      // A group brings a third of the client: loaded only where there is one.
      const assign = group
        ? (await import('./as-member.ts')).asMember(work, settings, selection, group)
        : await asNamed(work, settings, selection)
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

/** Decoding is loaded where a registry is named. */
export async function viewAsAsked(
  order: Order<ConsumeValues>,
  properties: ReadonlyMap<string, string>,
): Promise<Viewing> {
  const { values, context, voice } = order
  const parts = context.style === 'kts' && properties.has(REGISTRY_URL) ? partsToDecode(order) : []
  if (parts.length === 0) return { formatter: formatterOf(order), filter: recordFilter(values), awaits: undefined }
  const { openDecoding } = await import('./decoding.ts')
  const { clock, signal } = context
  const look = { readable: values.readable, preservesFieldNames: values.protoFieldNames }
  const decoded = await openDecoding({ properties, clock, signal, parts, look, say: voice.say })
  return {
    formatter: formatterOf(order, decoded),
    filter: recordFilter(values, textsOf(decoded)),
    awaits: awaitsOf(decoded),
  }
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
    announcesEnd: enableSystestEvents,
    isRaw: raw,
    showsProgress: progress,
  }
}
