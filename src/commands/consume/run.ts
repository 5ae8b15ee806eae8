import {
  consumerSettings,
  DirectAssignment,
  LATEST,
  topicsLike,
  topicsNamed,
  type ConsumerSettings,
  type Start,
  type Subscription,
} from '../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../lib/client/unused-settings.ts'
import { groupAssignment, groupSettings, type GroupSettings } from '../../lib/client/group/index.ts'
import { javaRegex } from '../../lib/java/pattern.ts'
import type { Context } from '../../lib/command/define.ts'
import { withClient } from '../../lib/work/cluster.ts'
import type { Located, Work } from '../../lib/work/command.ts'
import { withNearTopic } from '../../lib/work/near-names.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { recordFilter } from './filter.ts'
import { jsonFormatter, makeFormatter, type Formatter } from './formatters/index.ts'
import { printLast, type LastSession } from './last/print-last.ts'
import type { ConsumeValues } from './options.ts'
import { consumerProperties, formatterProperties, hasEnd } from './properties.ts'
import { printRecords, type Session } from './session.ts'
import { parseOffset, parsePartitions, parseTime } from './start-position.ts'

type Limits = Omit<Session, 'client' | 'settings' | 'formatter' | 'assign' | 'waitsForTopics'>

/** Everything that the options say, from the connection to the exit code. */
export async function run(order: Located<ConsumeValues>): Promise<number> {
  const { values, context, connection, output, voice } = order
  context.mindReader?.()
  const formatter = isForPeople(output) ? makeFormatterOf(values, context, voice) : jsonFormatter
  const properties = consumerProperties(values, connection.properties)
  const settings = consumerSettings(properties, context.style)
  const group = groupSettings(properties)
  const assign = group ? membershipOf(values, settings, group, voice) : assignmentOf(values, settings, context)
  const last = lastOf(values, settings, context)
  for (const sentence of unusedConsumerSettings(properties)) voice.say(sentence)
  const print = async ({ client }: Work<ConsumeValues>): Promise<number> => {
    const session = { client, settings, formatter, ...limitsOf(values) }
    try {
      if (last) return await printLast({ ...session, ...last, voice }, context)
      return await printRecords({ ...session, assign, waitsForTopics: !hasEnd(values) }, context, voice)
    } catch (error) {
      throw values.topic === undefined ? error : await withNearTopic(error, values.topic, client, context)
    }
  }
  return withClient(order, print, {
    properties,
    signal: context.signal,
    ...(context.style === 'drop-in' && { clientId: 'console-consumer' }),
  })
}

function makeFormatterOf(values: ConsumeValues, { style, cwd }: Context, { say }: Voice): Formatter {
  const properties = formatterProperties(values, cwd)
  // Apache's tool shows bytes as they are where it finds no deserializer.
  const onBadDeserializer = style === 'drop-in' ? (error: unknown): void => say((error as Error).message) : undefined
  return makeFormatter(values.formatter ?? 'org.apache.kafka.tools.consumer.DefaultMessageFormatter', {
    properties,
    onBadDeserializer,
    log: say,
  })
}

function assignmentOf(values: ConsumeValues, settings: ConsumerSettings, { style, clock }: Context): Session['assign'] {
  const [subscription, partitions] = [subscriptionOf(values, settings), partitionsOf(values, style)]
  const { autoOffsetReset } = settings
  const [start, end] = [startOf(values, clock.now()), endOf(values, clock.now())]
  return (parts) => new DirectAssignment(parts, { subscription, partitions, start, end, autoOffsetReset })
}

function lastOf(
  values: ConsumeValues,
  settings: ConsumerSettings,
  { style }: Context,
): Pick<LastSession, 'subscription' | 'partitions' | 'count'> | undefined {
  if (values.last === undefined) return undefined
  return {
    subscription: subscriptionOf(values, settings),
    partitions: partitionsOf(values, style),
    count: values.last,
  }
}

function membershipOf(
  values: ConsumeValues,
  settings: ConsumerSettings,
  group: GroupSettings,
  { say }: Voice,
): Session['assign'] {
  const subscription = subscriptionOf(values, settings)
  return (parts, printed) => groupAssignment(parts, { group, settings, subscription, printed, notice: say })
}

function subscriptionOf({ topic, include }: ConsumeValues, { excludeInternalTopics }: ConsumerSettings): Subscription {
  if (include === undefined) return topicsNamed([topic!])
  return topicsLike(javaRegex(include), excludeInternalTopics)
}

/** All of them when undefined. */
const partitionsOf = ({ partition }: ConsumeValues, style: Context['style']): ReadonlySet<number> | undefined =>
  partition === undefined ? undefined : parsePartitions(partition, style)

/** A partition named by number is read from its end by default; a whole topic from where auto.offset.reset says. */
function startOf(values: ConsumeValues, nowMs: number): Start | undefined {
  const { offset, since, partition, fromBeginning } = values
  if (since !== undefined) return parseTime('since', since, nowMs)
  if (offset !== undefined) return parseOffset(offset)
  return partition === undefined ? undefined : parseOffset(fromBeginning || hasEnd(values) ? 'earliest' : 'latest')
}

function endOf({ until, toEnd }: ConsumeValues, nowMs: number): Start | undefined {
  return until === undefined ? (toEnd ? LATEST : undefined) : parseTime('until', until, nowMs)
}

function limitsOf(values: ConsumeValues): Limits {
  const { maxMessages = -1, timeoutMs = -1, skipMessageOnError, enableSystestEvents, raw, progress } = values
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
