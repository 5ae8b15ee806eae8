// check SERVER STRICT TASK…: a line for each task. write SERVER (TOPIC CODEC FILE)…: the records of FILE, a JSON
// document a line. read SERVER TOPIC…: all records as such lines.
import { readFileSync } from 'node:fs'
import kafkajs from 'kafkajs'
import { CODECS, registerCodecs } from './codecs.mjs'
import { tasks } from './tasks.mjs'

const { Kafka, logLevel } = kafkajs
const actions = { check, write, read }
registerCodecs()
const [action, server, ...rest] = process.argv.slice(2)
await actions[action](...rest)

async function check(strict, ...names) {
  for (const [name, task] of Object.entries(tasks)) {
    if (!names.includes(name)) continue
    await task({ server, strict }).then(
      () => console.log(`passed ${name}`),
      (error) => console.log(`failed ${name}: ${String(error.stack).replaceAll('\n', ' | ')}`),
    )
  }
}

async function write(...jobs) {
  const producer = new Kafka({ brokers: [server], logLevel: logLevel.ERROR }).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  for (let at = 0; at < jobs.length; at += 3) await send(producer, ...jobs.slice(at, at + 3))
  await producer.disconnect()
}

async function send(producer, topic, codec, file) {
  const records = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const messages = records.map(({ partition, timestamp, key, value, headers }) => ({
    partition,
    timestamp: String(timestamp),
    key,
    value,
    headers: collectHeaders(headers),
  }))
  await producer.send({ topic, compression: CODECS[codec], messages })
}

/** [[name, value], …] as kafkajs has them: a list where a name comes more than once. */
function collectHeaders(pairs) {
  const headers = {}
  for (const [name, value] of pairs) (headers[name] ??= []).push(value)
  return headers
}

async function read(...topics) {
  const kafka = new Kafka({ brokers: [server], logLevel: logLevel.ERROR })
  const due = await lastOffsets(kafka, topics)
  const consumer = kafka.consumer({ groupId: `kafkajs-reader-${process.pid}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer
      .run({
        eachMessage: async ({ topic, partition, message }) => {
          console.log(JSON.stringify(describe(topic, partition, message)))
          due.delete(`${topic}-${partition}@${message.offset}`)
          if (due.size === 0) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
}

/** The place of the last record of every partition that has any. */
async function lastOffsets(kafka, topics) {
  const admin = kafka.admin()
  await admin.connect()
  const places = await Promise.all(
    topics.map(async (topic) => {
      const ends = await admin.fetchTopicOffsets(topic)
      return ends
        .filter(({ high }) => high !== '0')
        .map(({ partition, high }) => `${topic}-${partition}@${BigInt(high) - 1n}`)
    }),
  )
  await admin.disconnect()
  return new Set(places.flat())
}

function describe(topic, partition, { offset, timestamp, key, value, headers }) {
  const text = (bytes) => bytes?.toString() ?? null
  const pairs = Object.entries(headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((header) => [name, text(header)]),
  )
  return {
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: text(key),
    value: text(value),
    headers: pairs,
  }
}
