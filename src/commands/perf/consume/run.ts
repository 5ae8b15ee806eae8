import {
  consumerSettings,
  DirectAssignment,
  LATEST,
  topicsLike,
  topicsNamed,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type Start,
  type Subscription,
} from '../../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../../lib/client/unused-settings.ts'
import { groupAssignment, groupSettings, type GroupSettings } from '../../../lib/client/group/index.ts'
import { Hindrances } from '../../../lib/client/hindrances.ts'
import { MeteredClient } from '../../../lib/client/metered-client.ts'
import { javaRegex } from '../../../lib/java/pattern.ts'
import type { ClientProperties, KafkaClient } from '../../../lib/client/types.ts'
import { wait } from '../../../lib/clock.ts'
import type { Result } from '../../../lib/command/define.ts'
import { clientId } from '../../../lib/command/package.ts'
import { EnvironmentError } from '../../../lib/errors.ts'
import type { Voice } from '../../../lib/output/voice.ts'
import { connect } from '../../../lib/work/cluster.ts'
import type { Located } from '../../../lib/work/command.ts'
import { withNearTopic } from '../../../lib/work/near-names.ts'
import { Reading } from '../../../lib/work/reading.ts'
import { live, metricLines } from '../metrics.ts'
import { RebalanceTimer, RecordCounter } from './counters.ts'
import { simpleDateFormat } from '../../../lib/java/simple-date-format.ts'
import { consumerProperties, type PerfConsumeValues } from './options.ts'
import {
  consumerMetrics,
  INTERVAL_HEADER,
  intervalRow,
  ratesOf,
  SUMMARY_HEADER,
  summaryRow,
  summaryTable,
  type Report,
} from './report.ts'

/** Apache's defaults. */
const TIMEOUT_MS = 10_000
const INTERVAL_MS = 5000
const DATE_FORMAT = 'yyyy-MM-dd HH:mm:ss:SSS'

/** Everything that the options say, from the connection to the figures. */
export async function consume(order: Located<PerfConsumeValues>): Promise<Result> {
  const { values, context } = order
  const { clock, style } = context
  const {
    numRecords = values.messages,
    timeout,
    showDetailedStats,
    hideHeader,
    dateFormat = DATE_FORMAT,
    reportingInterval = INTERVAL_MS,
  } = values
  const isDropIn = style === 'drop-in'
  const formatTime = simpleDateFormat(dateFormat)
  const reader = readerOf(order)
  if (!hideHeader && (isDropIn || showDetailedStats))
    live(showDetailedStats ? INTERVAL_HEADER : SUMMARY_HEADER, context)
  const startMs = clock.now()
  const rebalances = new RebalanceTimer(clock, startMs)
  const counter = new RecordCounter(clock, reportingInterval, (interval) => {
    const rebalanceMs = rebalances.takeIntervalMs()
    if (showDetailedStats) live(intervalRow(interval, rebalanceMs, formatTime), context)
  })
  const timeoutMs = typeof timeout === 'number' ? timeout : TIMEOUT_MS
  const { clients, endMs, isWhole } = await measure(order, reader, { counter, rebalances, numRecords, timeoutMs })
  const { records, bytes } = counter
  const isShort = !context.signal.aborted && (numRecords === undefined ? !isWhole : records < numRecords)
  if (isShort)
    live(
      `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. ` +
        'You can use the --timeout option to increase the timeout.',
      context,
    )
  const report: Report = { startMs, endMs, records, bytes, rebalanceMs: rebalances.totalMs }
  const metrics = values.printMetrics ? consumerMetrics(clients, reader.clientId, report, rebalances.count) : undefined
  const metricText = metrics ? metricLines(metrics) : ''
  const header = isDropIn || hideHeader ? '' : `${SUMMARY_HEADER}\n`
  return {
    data: { ...report, ...ratesOf(report), metrics },
    text: () => (isDropIn && showDetailedStats ? '' : `${header}${summaryRow(report, formatTime)}\n`) + metricText,
    table: () => summaryTable(report) + metricText,
    exitCode: isShort && !isDropIn ? 1 : 0,
  }
}

interface Reader {
  readonly properties: ClientProperties
  readonly clientId: string
  readonly settings: ConsumerSettings
  readonly subscription: Subscription
  readonly group: GroupSettings | undefined
}

/** Where to read, and how. Throws UserError for a property that is not allowed. */
function readerOf({ values, context: { style }, connection, voice }: Located<PerfConsumeValues>): Reader {
  const properties = consumerProperties(values, connection.properties, style)
  const settings = consumerSettings(properties, style)
  for (const sentence of unusedConsumerSettings(properties)) voice.say(sentence)
  const { include, topic = '' } = values
  return {
    properties,
    clientId: properties.get('client.id') ?? (style === 'drop-in' ? 'perf-consumer-client' : clientId()),
    settings,
    group: groupSettings(properties),
    subscription:
      include === undefined ? topicsNamed([topic]) : topicsLike(javaRegex(include), settings.excludeInternalTopics),
  }
}

interface Limits {
  /** Undefined for all that there is; of a group until no more comes. */
  readonly numRecords: number | undefined
  /** End when no record has come for so long. */
  readonly timeoutMs: number
  readonly counter: RecordCounter
  readonly rebalances: RebalanceTimer
}

/** Connects and reads; the client that comes back, if there was one, is closed and keeps its counts. */
async function measure(
  order: Located<PerfConsumeValues>,
  reader: Reader,
  { numRecords, timeoutMs, counter, rebalances }: Limits,
): Promise<{ clients: readonly MeteredClient[]; endMs: number; isWhole: boolean }> {
  const { context, voice } = order
  const { clock } = context
  const connected = await connectFor(order, reader, timeoutMs)
  if (!connected) return { clients: [], endMs: clock.now(), isWhole: false }
  const client = new MeteredClient(connected, clock)
  const toEnd = numRecords === undefined && !reader.group
  const reading = new Reading(
    {
      client,
      settings: reader.settings,
      context,
      voice,
      waitsForTopics: !toEnd,
      assign: (parts) => assignment(parts, reader, rebalances, voice, toEnd ? LATEST : undefined),
    },
    counter,
    { maxRecords: numRecords ?? Infinity, idleMs: timeoutMs },
  )
  try {
    await reading.run()
    const isIdle = clock.now() - counter.lastMs >= timeoutMs
    // What a group has not read is not known: it ends with the last record.
    const endMs = numRecords === undefined && isIdle ? counter.lastMs : clock.now()
    return { clients: [client], endMs, isWhole: !toEnd || !isIdle }
  } catch (error) {
    throw await withNearTopic(error, order.values.topic ?? '', client, context)
  } finally {
    await reading.close(true).finally(() => client.close())
  }
}

function assignment(
  parts: ConsumerParts,
  { subscription, settings, group }: Reader,
  rebalances: RebalanceTimer,
  { say }: Voice,
  end: Start | undefined,
): Assignment {
  if (!group)
    return new DirectAssignment(parts, {
      subscription,
      partitions: undefined,
      start: undefined,
      end,
      autoOffsetReset: settings.autoOffsetReset,
    })
  return groupAssignment(parts, {
    group,
    settings,
    subscription,
    printed: async () => true,
    notice: say,
    onAssigned: (partitions) => rebalances.assigned(partitions),
    onRevoked: (partitions) => rebalances.revoked(partitions),
  })
}

const RECONNECT_MS = 250

/**
 * Connects. Under Apache's name a cluster that is out of reach is asked again until `timeoutMs` is over, and undefined
 * then: to Apache's tool it is one from which no record comes. Under `kts` that is thrown. Undefined too when the
 * signal is raised.
 */
async function connectFor(
  order: Located<PerfConsumeValues>,
  { properties, clientId }: Reader,
  timeoutMs: number,
): Promise<KafkaClient | undefined> {
  const {
    context: { clock, style, signal },
    voice: { say },
  } = order
  const hindrances = new Hindrances({ clock, say })
  const deadlineMs = clock.now() + timeoutMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await connect(order, { properties, clientId, hindrances, signal })
    } catch (error) {
      if (signal.aborted) return undefined
      if (style === 'kts' || !(error instanceof EnvironmentError)) throw error
      if (isFirst) say(`${error.message}; trying again`)
      if (clock.now() + RECONNECT_MS > deadlineMs) return undefined
      await wait(clock, RECONNECT_MS)
    }
  }
}
