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
import { Hindrances } from '../../lib/client/hindrances.ts'
import { javaRegex } from '../../lib/java/pattern.ts'
import type { Context, OutputFormat } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { connectUnlessAborted } from '../../lib/work/connect-unless-aborted.ts'
import { resolveConnection } from '../../lib/config/connection.ts'
import { withNearTopic } from '../../lib/work/near-names.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { say } from '../../lib/output/say.ts'
import { Voice } from '../../lib/output/voice.ts'
import { recordFilter } from './filter.ts'
import { jsonFormatter, makeFormatter, type Formatter } from './formatters/index.ts'
import { printLast, type LastSession } from './last/print-last.ts'
import type { ConsumeValues } from './options.ts'
import { consumerProperties, formatterProperties, hasEnd } from './properties.ts'
import { printRecords, type Session } from './session.ts'
import { parseOffset, parsePartitions, parseTime } from './start-position.ts'

type Limits = Pick<
  Session,
  'maxRecords' | 'idleMs' | 'skipsBadRecords' | 'filter' | 'announcesEnd' | 'isRaw' | 'showsProgress'
>

/** Everything that the options say, from the connection to the exit code. */
export async function run(
  values: ConsumeValues,
  context: Context,
  _words: readonly string[],
  output?: OutputFormat,
): Promise<number> {
  context.mindReader?.()
  const formatter = isForPeople(output) ? makeFormatterOf(values, context) : jsonFormatter
  const connection = await resolveConnection(
    { ...values, commandConfig: values.commandConfig ?? values.consumerConfig },
    context,
  )
  const properties = consumerProperties(values, connection.properties)
  const settings = consumerSettings(properties, context.style)
  const group = groupSettings(properties)
  const assign = group ? membershipOf(values, settings, group, context) : assignmentOf(values, settings, context)
  const last = lastOf(values, settings, context)
  for (const sentence of unusedConsumerSettings(properties)) void say(context, sentence)
  const { clock } = context
  const voice = new Voice(context)
  const client = await connectUnlessAborted(
    {
      ...connection,
      properties,
      clientId: context.style === 'drop-in' ? 'console-consumer' : clientId(),
    },
    { clock, hindrances: new Hindrances({ clock, say: voice.say }), warn: voice.say },
    context.signal,
  )
  if (!client) return 0
  try {
    if (last)
      return await printLast(
        {
          client,
          settings,
          formatter,
          ...last,
          skipsBadRecords: values.skipMessageOnError,
          announcesEnd: values.enableSystestEvents,
          isRaw: values.raw,
        },
        context,
      )
    return await printRecords(
      { client, settings, formatter, assign, voice, waitsForTopics: !hasEnd(values), ...limitsOf(values) },
      context,
    )
  } catch (error) {
    throw values.topic === undefined ? error : await withNearTopic(error, values.topic, client, context)
  } finally {
    await client.close()
  }
}

function makeFormatterOf(values: ConsumeValues, context: Context): Formatter {
  const { style, cwd } = context
  const properties = formatterProperties(values, cwd)
  // Apache's tool shows bytes as they are where it finds no deserializer.
  const onBadDeserializer =
    style === 'drop-in' ? (error: unknown): void => void say(context, (error as Error).message) : undefined
  return makeFormatter(values.formatter ?? 'org.apache.kafka.tools.consumer.DefaultMessageFormatter', {
    properties,
    onBadDeserializer,
    log: (line) => say(context, line),
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
): Pick<LastSession, 'subscription' | 'partitions' | 'count' | 'filter'> | undefined {
  if (values.last === undefined) return undefined
  return {
    subscription: subscriptionOf(values, settings),
    partitions: partitionsOf(values, style),
    count: values.last,
    filter: recordFilter(values),
  }
}

function membershipOf(
  values: ConsumeValues,
  settings: ConsumerSettings,
  group: GroupSettings,
  context: Context,
): Session['assign'] {
  const subscription = subscriptionOf(values, settings)
  const notice = (line: string): void => void say(context, line)
  return (parts, printed) => groupAssignment(parts, { group, settings, subscription, printed, notice })
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
