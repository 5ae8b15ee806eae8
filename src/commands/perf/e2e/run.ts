import { createTopics } from '../../../lib/client/admin/create-topics.ts'
import { asKafkaError } from '../../../lib/client/admin/item-error.ts'
import { Hindrances } from '../../../lib/client/hindrances.ts'
import type { KafkaClient } from '../../../lib/client/types.ts'
import { GracefulShutdown } from '../../../lib/client/graceful-shutdown.ts'
import { withClient } from '../../../lib/client/with-client.ts'
import type { Context, Result } from '../../../lib/command/define.ts'
import { clientId } from '../../../lib/command/package.ts'
import { resolveConnection } from '../../../lib/config/connection.ts'
import { KafkaError } from '../../../lib/errors.ts'
import { createRandom } from '../../../lib/weblog/random.ts'
import { messageMaker } from './messages.ts'
import type { PerfE2eValues } from './options.ts'
import { isPositional, POSITIONAL_NOTICE } from './positional.ts'
import { Probe } from './probe.ts'
import { progressLine, reportOn, summaryLines, summaryTable } from './report.ts'
import { say } from '../../../lib/output/say.ts'

const PROGRESS_EVERY = 1000

/** Everything that the options say, from the topic to the figures. */
export async function measureEndToEnd(values: PerfE2eValues, context: Context): Promise<Result> {
  const { style, args = [], stdout, stderr, program, clock } = context
  const { topic = '' } = values
  const live = (line: string): void => void (style === 'drop-in' ? stdout : stderr).write(`${line}\n`)
  if (style === 'drop-in' && isPositional(args)) live(POSITIONAL_NOTICE)
  const connection = await resolveConnection(values, context)
  const warn = (sentence: string): void => void say({ stderr, program }, sentence)
  const hindrances = new Hindrances({ clock, say: warn })
  const latenciesNs = await withClient(
    { ...connection, clientId: clientId() },
    { clock, warn, hindrances },
    async (client) => {
      await ensureTopic(client, topic, live)
      const probe = await Probe.open(
        client,
        { topic, acks: values.producerAcks ?? 'all', properties: connection.properties, hindrances },
        context,
      )
      const shutdown = startShutdown(probe, client, hindrances, warn, context)
      return await measureEach(probe, values, context, live)
        .finally(() => probe.close())
        .finally(() => shutdown.end())
    },
  )
  const report = reportOn(topic, latenciesNs)
  return { data: report, text: () => summaryLines(report), table: () => summaryTable(report) }
}

/** How long each record took, in nanoseconds; fewer than asked for when the signal is raised. */
async function measureEach(
  probe: Probe,
  values: PerfE2eValues,
  { signal }: Context,
  live: (line: string) => void,
): Promise<Float64Array> {
  const { numRecords = 0 } = values
  const makeMessage = messageMaker(values, createRandom(0))
  const latenciesNs = new Float64Array(numRecords)
  for (let index = 0; index < numRecords; index += 1) {
    const latencyNs = await probe.measure(makeMessage())
    if (signal.aborted) return latenciesNs.subarray(0, index)
    latenciesNs[index] = latencyNs
    if (index % PROGRESS_EVERY === 0) live(progressLine(index, latencyNs))
  }
  return latenciesNs
}

function startShutdown(
  probe: Probe,
  client: KafkaClient,
  hindrances: Hindrances,
  say: (line: string) => void,
  { clock, signal }: Context,
): GracefulShutdown {
  return new GracefulShutdown({
    signal,
    clock,
    say,
    pending: () => (probe.isSending ? hindrances.aside('1 record') : undefined),
    giveUp(reason) {
      const error = new KafkaError('REQUEST_TIMED_OUT', `The record was not sent, ${hindrances.explain(reason)}`)
      hindrances.close()
      probe.giveUp(error)
      void client.close()
    },
  })
}

async function ensureTopic(client: KafkaClient, topic: string, live: (line: string) => void): Promise<void> {
  const { topics } = await client.metadata([topic])
  if (topics.some(({ name, partitions }) => name === topic && partitions.length > 0)) return
  live(`Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`)
  const [created] = await createTopics(client, [{ name: topic, partitions: 1, replicationFactor: 1 }])
  if (!created?.error) return
  live(`Creation of topic ${topic} failed`)
  throw asKafkaError(created.error, `Cannot create topic ${topic}`)
}
