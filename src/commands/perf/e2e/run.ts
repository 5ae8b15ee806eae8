import { createTopics } from '../../../lib/client/admin/create-topics.ts'
import { asKafkaError } from '../../../lib/client/admin/item-error.ts'
import { Hindrances } from '../../../lib/client/hindrances.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import { GracefulShutdown } from '../../../lib/client/graceful-shutdown.ts'
import type { Context, Result } from '../../../lib/command/define.ts'
import { KafkaError } from '../../../lib/errors.ts'
import { NO_PROGRESS, startProgress } from '../../../lib/output/progress.ts'
import { createRandom } from '../../../lib/weblog/random.ts'
import { withClient } from '../../../lib/work/cluster.ts'
import type { Located, Order, Work } from '../../../lib/work/command.ts'
import { live } from '../metrics.ts'
import { messageMaker } from './messages.ts'
import { isPositional, POSITIONAL_NOTICE, withDefaults, type PerfE2eValues } from './options.ts'
import { Probe } from './probe.ts'
import { progressLine, reportOn, summaryLines, summaryTable } from './report.ts'

const PROGRESS_EVERY = 1000

/** Everything that the options say, from the topic to the figures. */
export async function measureEndToEnd(order: Located<PerfE2eValues>): Promise<Result> {
  const { values, context, connection, voice } = order
  const { style, args = [], clock } = context
  const { topic = '', producerAcks: acks = 'all' } = values
  if (style === 'drop-in' && isPositional(args)) live(POSITIONAL_NOTICE, context)
  const hindrances = new Hindrances({ clock, say: voice.say })
  const measure = async ({ client }: Work<PerfE2eValues>): Promise<Float64Array> => {
    await ensureTopic(client, topic, context)
    const probe = await Probe.open(client, { topic, acks, properties: connection.properties, hindrances }, order)
    const shutdown = startShutdown(probe, client, hindrances, order)
    return await measureEach(probe, order)
      .finally(() => probe.close())
      .finally(() => shutdown.end())
  }
  const report = reportOn(topic, await withClient(order, measure, { hindrances }))
  return { data: report, text: () => summaryLines(report), table: () => summaryTable(report) }
}

/** How long each record took, in nanoseconds; fewer than asked for when the signal is raised. */
async function measureEach(probe: Probe, { values, context, voice }: Order<PerfE2eValues>): Promise<Float64Array> {
  const { style, signal } = context
  const { numRecords = 0, recordSize } = withDefaults(values, style)
  const progress = style === 'kts' ? startProgress(context, { verb: 'measured', unit: 'record' }) : NO_PROGRESS
  voice.clear = () => progress.clear()
  const makeMessage = messageMaker({ ...values, recordSize }, createRandom(0))
  const latenciesNs = new Float64Array(numRecords)
  try {
    for (let index = 0; index < numRecords; index += 1) {
      const message = makeMessage()
      const latencyNs = await probe.measure(message)
      if (signal.aborted) return latenciesNs.subarray(0, index)
      latenciesNs[index] = latencyNs
      progress.add(1, message.value!.length)
      progress.reach((index + 1) / numRecords)
      if (style === 'drop-in' && index % PROGRESS_EVERY === 0) live(progressLine(index, latencyNs), context)
    }
    return latenciesNs
  } finally {
    progress.end()
  }
}

function startShutdown(
  probe: Probe,
  client: KafkaClient,
  hindrances: Hindrances,
  { context: { clock, signal }, voice }: Order<unknown>,
): GracefulShutdown {
  return new GracefulShutdown({
    signal,
    clock,
    say: voice.say,
    pending: () => (probe.isSending ? hindrances.aside('1 record') : undefined),
    giveUp(reason) {
      const error = new KafkaError('REQUEST_TIMED_OUT', `The record was not sent, ${hindrances.explain(reason)}`)
      hindrances.close()
      probe.giveUp(error)
      void client.close()
    },
  })
}

async function ensureTopic(client: KafkaClient, topic: string, context: Context): Promise<void> {
  const { topics } = await client.metadata([topic])
  if (topics.some(({ name, partitions }) => name === topic && partitions.length > 0)) return
  live(`Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`, context)
  const [created] = await createTopics(client, [{ name: topic, partitions: 1, replicationFactor: 1 }])
  if (!created?.error) return
  live(`Creation of topic ${topic} failed`, context)
  throw asKafkaError(created.error, `Cannot create topic ${topic}`)
}
