import { describeLogDirs, type LogDir, type LogDirReplica } from '../../lib/client/admin/describe-log-dirs.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { defineOptions, type Result } from '../../lib/command/define.ts'
import { defineCommand, type Work } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import { asTable, asText, type BrokerLogDirs } from './view.ts'

const options = defineOptions([
  {
    name: 'describe',
    about: 'Show the log directories; under kts it is what is done anyway.',
    ktsAbout: 'Show the log directories; done anyway.',
  },
  {
    name: 'topic-list',
    value: 'TOPICS',
    completes: 'topics',
    isList: true,
    about: 'Only these topics, with commas between them. All by default.',
  },
  {
    name: 'broker-list',
    value: 'IDS',
    about: 'Only these brokers, by their numbers, with commas between them. All by default.',
  },
  ...connectionOptions,
])

export const logDirs = defineCommand({
  examples: [
    { command: 'kts log-dirs', about: 'Every replica and its size.' },
    { command: 'kts log-dirs retail clicks --broker-list 1 --json', about: 'Two topics on one broker, as JSON.' },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'Only these topics.', into: 'topic-list', isRepeatable: true, isOptional: true }],
  check({ values, context: { style } }) {
    if (style === 'drop-in' && !values.describe) throw new UserError('say what to do: --describe')
    readIds(values.brokerList)
  },
  async run(work) {
    const { client, values } = work
    const topics = new Set(split(values.topicList))
    const brokers = await chooseBrokers(client, readIds(values.brokerList))
    const described = await Promise.all(
      brokers.map(async (broker) => {
        const dirs = await describeLogDirs(client, broker)
        return { broker, logDirs: dirs.map((dir) => ofTopics(dir, topics)) }
      }),
    )
    return show(described, work)
  },
})

const split = (text = ''): string[] => text.split(',').filter((part) => part !== '')

function readIds(text: string | undefined): number[] {
  return [...new Set(split(text))].map((id) => {
    if (!/^[+-]?\d+$/.test(id)) throw new UserError(`--broker-list: "${id}" is not the number of a broker`)
    return Number(id)
  })
}

async function chooseBrokers(client: KafkaClient, wanted: readonly number[]): Promise<number[]> {
  const there = (await client.brokers()).map(({ nodeId }) => nodeId).sort((a, b) => a - b)
  const missing = wanted.filter((id) => !there.includes(id))
  if (missing.length > 0)
    throw new UserError(`--broker-list: there is no broker ${missing.join(', ')}; there are ${there.join(', ')}`)
  return wanted.length > 0 ? there.filter((id) => wanted.includes(id)) : there
}

/** Apache's tool shows replicas in the order of a hash table; here it is that of their names. */
const ofTopics = (dir: LogDir, topics: ReadonlySet<string>): LogDir => ({
  ...dir,
  replicas: dir.replicas.filter(({ topic }) => topics.size === 0 || topics.has(topic)).sort(byName),
})

const byName = (a: LogDirReplica, b: LogDirReplica): number =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition

/** To Apache's tool a folder that cannot be read is part of the answer. */
function show(brokers: readonly BrokerLogDirs[], { voice, context: { style } }: Work<unknown>): Result {
  const dirs = brokers.flatMap(({ broker, logDirs: held }) => held.map((dir) => ({ broker, ...dir })))
  const failed = style === 'kts' ? dirs.filter(({ error }) => error) : []
  for (const { broker, path, error } of failed)
    voice.say(`broker ${broker} cannot use ${path}: ${error!.message} (${error!.code})`)
  return {
    data: brokers,
    text: () => asText(brokers),
    table: () => asTable(brokers),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}
