import {
  consumerSettings,
  DirectAssignment,
  topicsLike,
  topicsNamed,
  type Assignment,
  type ConsumerParts,
  type ConsumerSettings,
  type Subscription,
} from '../../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../../lib/client/unused-settings.ts'
import { groupAssignment, groupSettings, type GroupSettings } from '../../../lib/client/group/index.ts'
import { javaRegex } from '../../../lib/java/pattern.ts'
import { MeteredClient } from '../../../lib/client/metered-client.ts'
import type { ClientSettings } from '../../../lib/client/types.ts'
import type { Context, Result } from '../../../lib/command/define.ts'
import { clientId } from '../../../lib/command/package.ts'
import { resolveConnection } from '../../../lib/config/connection.ts'
import { metricLines } from '../metrics.ts'
import { simpleDateFormat } from '../../../lib/java/simple-date-format.ts'
import { consumerMetrics } from './metrics.ts'
import type { PerfConsumeValues } from './options.ts'
import { consumerProperties } from './properties.ts'
import { RebalanceTimer } from './rebalance-timer.ts'
import { RecordCounter } from './record-counter.ts'
import {
  INTERVAL_HEADER,
  intervalRow,
  ratesOf,
  SUMMARY_HEADER,
  summaryRow,
  summaryTable,
  type Report,
} from './report.ts'
import { connectFor, readRecords, type SessionOptions } from './session.ts'
import { say } from '../../../lib/output/say.ts'

/** Apache's defaults. */
const TIMEOUT_MS = 10_000
const INTERVAL_MS = 5000
const DATE_FORMAT = 'yyyy-MM-dd HH:mm:ss:SSS'

/** Everything that the options say, from the connection to the figures. */
export async function consume(values: PerfConsumeValues, context: Context): Promise<Result> {
  const { clock, style, stdout, stderr } = context
  const {
    numRecords = values.messages ?? 0,
    timeout,
    showDetailedStats,
    hideHeader,
    dateFormat = DATE_FORMAT,
    reportingInterval = INTERVAL_MS,
  } = values
  const isDropIn = style === 'drop-in'
  // To us what is said on the way is no data.
  const live = (line: string): void => void (isDropIn ? stdout : stderr).write(`${line}\n`)
  const formatTime = simpleDateFormat(dateFormat)
  const reader = await readerOf(values, context)
  if (!hideHeader && (isDropIn || showDetailedStats)) live(showDetailedStats ? INTERVAL_HEADER : SUMMARY_HEADER)
  const startMs = clock.now()
  const rebalances = new RebalanceTimer(clock, startMs)
  const counter = new RecordCounter(clock, reportingInterval, (interval) => {
    const rebalanceMs = rebalances.takeIntervalMs()
    if (showDetailedStats) live(intervalRow(interval, rebalanceMs, formatTime))
  })
  const timeoutMs = typeof timeout === 'number' ? timeout : TIMEOUT_MS
  const { clients, endMs } = await measure(reader, { counter, rebalances, numRecords, timeoutMs }, context)
  const { records, bytes } = counter
  const isShort = records < numRecords && !context.signal.aborted
  if (isShort)
    live(
      `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. ` +
        'You can use the --timeout option to increase the timeout.',
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
  readonly client: ClientSettings
  readonly clientId: string
  readonly settings: ConsumerSettings
  readonly subscription: Subscription
  readonly group: GroupSettings | undefined
}

/** Where to read, and how. Throws UserError for a property that is not allowed. */
async function readerOf(values: PerfConsumeValues, context: Context): Promise<Reader> {
  const { style, stderr, program } = context
  const connection = await resolveConnection(
    { ...values, commandConfig: values.commandConfig ?? values.consumerConfig },
    context,
  )
  const properties = consumerProperties(values, connection.properties, style)
  const settings = consumerSettings(properties, style)
  for (const sentence of unusedConsumerSettings(properties)) void say({ stderr, program }, sentence)
  const named = style === 'drop-in' ? 'perf-consumer-client' : clientId()
  const { include, topic = '' } = values
  return {
    client: { ...connection, properties, clientId: named },
    clientId: properties.get('client.id') ?? named,
    settings,
    group: groupSettings(properties),
    subscription:
      include === undefined ? topicsNamed([topic]) : topicsLike(javaRegex(include), settings.excludeInternalTopics),
  }
}

type Limits = Pick<SessionOptions, 'counter' | 'numRecords' | 'timeoutMs'> & { readonly rebalances: RebalanceTimer }

/** Connects and reads; the client that comes back, if there was one, is closed and keeps its counts. */
async function measure(
  reader: Reader,
  limits: Limits,
  context: Context,
): Promise<{ clients: readonly MeteredClient[]; endMs: number }> {
  const { settings } = reader
  const connected = await connectFor(reader.client, limits.timeoutMs, context)
  if (!connected) return { clients: [], endMs: context.clock.now() }
  const client = new MeteredClient(connected, context.clock)
  try {
    const endMs = await readRecords(
      client,
      { ...limits, settings, assign: (parts) => assignment(parts, reader, limits.rebalances, context) },
      context,
    )
    return { clients: [client], endMs }
  } finally {
    await client.close()
  }
}

function assignment(
  parts: ConsumerParts,
  { subscription, settings, group }: Reader,
  rebalances: RebalanceTimer,
  { stderr, program }: Context,
): Assignment {
  if (!group)
    return new DirectAssignment(parts, {
      subscription,
      partitions: undefined,
      start: undefined,
      autoOffsetReset: settings.autoOffsetReset,
    })
  return groupAssignment(parts, {
    group,
    settings,
    subscription,
    printed: async () => true,
    notice: (line) => void say({ stderr, program }, line),
    onAssigned: (partitions) => rebalances.assigned(partitions),
    onRevoked: (partitions) => rebalances.revoked(partitions),
  })
}
