// The programs that Apache tests its own brokers with, as processes of their own.
import { classpathOf, fetchJars } from '../kafka/jars.mjs'
import { run } from '../support/processes.mjs'
import { Missing } from '../support/tally.mjs'
import { kts } from './kts.mjs'

const LIMIT_S = 120
const COUNT = 2000
const PROGRAMS = {
  VerifiableProducer: produceVerifiably,
  ProducerPerformance: measureProducing,
  EndToEndLatency: measureLatency,
  TransactionalMessageCopier: copyTransactionally,
  FeatureCommand: describeFeatures,
}

export async function checkApachePrograms(tally, server) {
  let libs
  try {
    libs = await fetchJars('4.3.0')
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    return tally.skipped("Apache's programs", error.message, Object.keys(PROGRAMS).length)
  }
  const java = async (program, ...args) => {
    const { stdout } = await run(
      'java',
      [
        '-XX:TieredStopAtLevel=1',
        '-XX:+UseSerialGC',
        '-cp',
        classpathOf(libs),
        `org.apache.kafka.tools.${program}`,
        ...args,
      ],
      { limitS: LIMIT_S },
    )
    return stdout
  }
  for (const [name, check] of Object.entries(PROGRAMS)) await tally.check(`Apache's ${name}`, () => check(java, server))
}

/** What one program says that it wrote, the other must read, by either group protocol. */
async function produceVerifiably(java, server) {
  const topic = await newTopic(server, 'verifiable', 3)
  const written = events(
    await java(
      'VerifiableProducer',
      '--bootstrap-server',
      server,
      '--topic',
      topic,
      '--max-messages',
      String(COUNT),
      '--acks',
      '-1',
    ),
  )
  const { sent, acked } = written.find(({ name }) => name === 'tool_data')
  if (sent !== COUNT || acked !== COUNT) throw new Error(`${acked} of ${sent} records were acknowledged`)
  await Promise.all(
    ['classic', 'consumer'].map(async (protocol) => {
      const read = events(
        await java(
          'VerifiableConsumer',
          '--bootstrap-server',
          server,
          '--topic',
          topic,
          '--group-id',
          `${topic}-${protocol}`,
          '--group-protocol',
          protocol,
          '--max-messages',
          String(COUNT),
          '--reset-policy',
          'earliest',
        ),
      )
      const consumed = read.filter(({ name }) => name === 'records_consumed').reduce((sum, { count }) => sum + count, 0)
      const failed = read.find(({ name, success }) => name === 'offsets_committed' && !success)
      if (consumed !== COUNT || failed)
        throw new Error(
          `${protocol}: ${consumed} of ${COUNT} records were read ${failed ? JSON.stringify(failed) : ''}`,
        )
      if (!read.some(({ name, success }) => name === 'offsets_committed' && success))
        throw new Error(`${protocol}: no offset was committed`)
    }),
  )
}

async function measureProducing(java, server) {
  const topic = await newTopic(server, 'performance', 3)
  const said = await java(
    'ProducerPerformance',
    '--bootstrap-server',
    server,
    '--topic',
    topic,
    '--num-records',
    '50000',
    '--record-size',
    '200',
    '--throughput',
    '-1',
  )
  if (!/^50000 records sent, /m.test(said)) throw new Error(said)
}

async function measureLatency(java, server) {
  const topic = await newTopic(server, 'latency')
  const said = await java(
    'EndToEndLatency',
    '--bootstrap-server',
    server,
    '--topic',
    topic,
    '--num-records',
    '200',
    '--producer-acks',
    'all',
    '--record-size',
    '100',
  )
  if (!/Percentiles: 50th = \d+/.test(said)) throw new Error(said)
}

/** The release that the cluster is at, and what has none: kts has no share groups and no streams groups. */
async function describeFeatures(java, server) {
  const said = await java('FeatureCommand', '--bootstrap-server', server, 'describe')
  const levels = new Map(
    [...said.matchAll(/^Feature: (\S+) .*FinalizedVersionLevel: (\S+)/gm)].map(([, name, level]) => [name, level]),
  )
  const wanted = {
    'metadata.version': '4.3-IV0',
    'kraft.version': '0',
    'share.version': '0',
    'streams.version': '0',
    'group.version': '1',
    'transaction.version': '2',
    'eligible.leader.replicas.version': '1',
  }
  for (const [name, level] of Object.entries(wanted)) {
    if (levels.get(name) !== level) throw new Error(`${name} is at ${levels.get(name)}, not ${level}: ${said}`)
  }
}

/** Some of the transactions are aborted at random; each record arrives once all the same, and in order. */
async function copyTransactionally(java, server) {
  const source = await newTopic(server, 'source')
  const target = await newTopic(server, 'target')
  const numbers = Array.from({ length: COUNT }, (_, i) => String(i))
  await kts(['produce', '-b', server, '--topic', source], { input: numbers.join('\n') })
  await java(
    'TransactionalMessageCopier',
    '--broker-list',
    server,
    '--input-topic',
    source,
    '--input-partition',
    '0',
    '--output-topic',
    target,
    '--consumer-group',
    source,
    '--transactional-id',
    target,
    '--transaction-size',
    '100',
    '--max-messages',
    String(COUNT),
    '--enable-random-aborts',
  )
  const { stdout } = await kts([
    'consume',
    '-b',
    server,
    '--topic',
    target,
    '--from-beginning',
    '--isolation-level',
    'read_committed',
    '--timeout-ms',
    '2000',
    '--max-messages',
    String(COUNT + 1),
  ])
  const copied = stdout.trim().split('\n')
  const wrong = numbers.findIndex((number, index) => copied[index] !== number)
  if (wrong >= 0 || copied.length !== COUNT) throw new Error(`record ${wrong} of ${copied.length} is ${copied[wrong]}`)
}

async function newTopic(server, task, partitions = 1) {
  const topic = `apache-${task}-${process.pid}`
  await kts(['topics', '-b', server, '--create', '--topic', topic, '--partitions', String(partitions)])
  return topic
}

const events = (output) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
