// Records copied from topic to topic in transactions, by several clients, while coordinators die: exactly once.
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { classpathOf, fetchJars } from '../kafka/jars.mjs'
import { GROUP, TRANSACTION, underFallingCoordinators, until } from './coordinators.mjs'
import { countOf, failureOf, readPartition, writeNumbered } from './load.mjs'
import { keepRunning } from './members.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))
const PAUSE_MS = 100
const BATCH = 20

/** By name: `start(copy, bootstrap)` resolves with what ends the copier; `copy` is `{ source, target, id }`. */
const COPIERS = {
  'kts pipe': startPipe,
  "Java's TransactionalMessageCopier": startJava,
  'a copier by kafkajs': startKafkajs,
}

/** The copiers whose name fits `only`, each with topics of its own. Resolves with figures. */
export function runCopiers({ specs, kills, seed, only = '' }) {
  const copies = Object.keys(COPIERS)
    .filter((name) => new RegExp(only).test(name))
    .map((name, index) => ({ name, id: `copy-${index}`, source: `from-${index}`, target: `to-${index}` }))
  const topics = Object.fromEntries(
    copies.flatMap(({ source, target }) => [
      [source, 1],
      [target, 1],
    ]),
  )
  return underFallingCoordinators({ specs, kills, seed, topics }, async ({ nodes, connections, random }) => {
    let isWritten = false
    const writers = copies.map(({ source, id }) =>
      writeNumbered(nodes, {
        topic: source,
        partition: 0,
        name: id,
        isOver: () => isWritten,
        random,
        pauseMs: PAUSE_MS,
      }),
    )
    const ends = await Promise.all(copies.map((copy) => COPIERS[copy.name](copy, nodes.bootstrap)))
    return {
      keys: copies.flatMap(({ id }) => [
        [GROUP, id],
        [TRANSACTION, id],
      ]),
      failed: failureOf(writers),
      async finish() {
        isWritten = true
        const written = await Promise.all(writers)
        for (const [index, copy] of copies.entries()) await checkCopy(connections, copy, written[index].acknowledged)
        await Promise.all(ends.map((end) => end()))
        return { records: countOf(written) }
      },
    }
  })
}

/** What was written is there, and the copy is the same. */
async function checkCopy(connections, { name, source, target }, acknowledged) {
  const read = async (topic) => [
    ...(await readPartition(connections, { topic, partition: 0, isCommittedOnly: true })).values.values(),
  ]
  const wanted = await read(source)
  let found = []
  await until(
    async () => (found = await read(target)).length >= wanted.length,
    () => `${name}: ${found.length} of ${wanted.length} records have come`,
  )
  // What comes twice may come late.
  await delay(2000)
  found = await read(target)
  const lost = acknowledged.find(({ value }) => !wanted.includes(value))
  if (lost) throw new Error(`${name}: ${lost.value} was acknowledged, and is not in ${source}`)
  const at = found.findIndex((value, index) => value !== wanted[index])
  if (at >= 0) throw new Error(`${name}: record ${at} of ${found.length} is ${found[at]}, it should be ${wanted[at]}`)
}

async function startPipe({ id, source, target }, bootstrap) {
  return keepRunning(process.execPath, [
    ...[kts, 'pipe', '-b', bootstrap, '--from', source, '--to', target, '-g', id],
    ...['--transactional-id', id, '--batch-size', String(BATCH)],
  ])
}

/** It copies what is there when it starts, and is started again and again. */
async function startJava({ id, source, target }, bootstrap) {
  const java = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx128m', '-cp', classpathOf(await fetchJars('4.3.0'))]
  return keepRunning('java', [
    ...[...java, 'org.apache.kafka.tools.TransactionalMessageCopier', '--broker-list', bootstrap],
    ...['--input-topic', source, '--input-partition', '0', '--output-topic', target],
    ...['--consumer-group', id, '--transactional-id', id, '--transaction-size', String(BATCH)],
    ...['--use-group-metadata', '--enable-random-aborts'],
  ])
}

/** As its users write it: a batch is a transaction; when that fails, or the consumer gives up, all begins anew. */
async function startKafkajs({ id, source, target }, bootstrap) {
  let isOver = false
  const ended = (async () => {
    while (!isOver) await copyByKafkajs({ id, source, target }, bootstrap, () => isOver)
  })()
  return async () => {
    isOver = true
    await ended
  }
}

async function copyByKafkajs({ id, source, target }, bootstrap, isOver) {
  const client = new kafkajs.Kafka({
    brokers: bootstrap.split(','),
    logLevel: kafkajs.logLevel[process.env.KJS ?? 'NOTHING'],
  })
  const producer = client.producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 })
  const consumer = client.consumer({ groupId: id, sessionTimeout: 6000, heartbeatInterval: 500, maxWaitTimeInMs: 100 })
  let failure = null
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    failure = payload.error
  })
  try {
    await producer.connect()
    await consumer.connect()
    await consumer.subscribe({ topics: [source], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) =>
        copyBatch(producer, { batch, target, id }).catch((error) => {
          failure = error
          throw error
        }),
    })
    while (!isOver() && !failure) await delay(50)
  } catch (error) {
    failure = error
  }
  if (process.env.KJS) console.log('kafkajs copier', failure)
  await Promise.allSettled([consumer.disconnect(), producer.disconnect()])
}

async function copyBatch(producer, { batch, target, id }) {
  if (batch.messages.length === 0) return
  const transaction = await producer.transaction()
  try {
    const messages = batch.messages.map(({ key, value }) => ({ key, value, partition: 0 }))
    await transaction.send({ topic: target, messages })
    const offset = String(BigInt(batch.lastOffset()) + 1n)
    const topics = [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }]
    await transaction.sendOffsets({ consumerGroupId: id, topics })
    await transaction.commit()
  } catch (error) {
    await transaction.abort()
    throw error
  }
}
