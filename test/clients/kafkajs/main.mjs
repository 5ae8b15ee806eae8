// check SERVER STRICT [TASK…]: a line for each task.
// write SERVER TOPIC CODEC FILE: the records of FILE, a JSON document a line. read SERVER TOPIC…: all records as such lines.
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
    if (names.length > 0 && !names.includes(name)) continue
    await task({ server, strict }).then(
      () => console.log(`passed ${name}`),
      (error) => console.log(`failed ${name}: ${String(error.stack).replaceAll('\n', ' | ')}`),
    )
  }
}

async function write(topic, codec, file) {
  const records = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  const messages = records.map(({ partition, timestamp, key, value, headers }) => ({ partition, timestamp: String(timestamp), key, value, headers: collectHeaders(headers) }))
  const producer = new Kafka({ brokers: [server], logLevel: logLevel.ERROR }).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, compression: CODECS[codec], messages })
  await producer.disconnect()
}

/** [[name, value], …] as kafkajs has them: a list where a name comes more than once. */
function collectHeaders(pairs) {
  const headers = {}
  for (const [name, value] of pairs) (headers[name] ??= []).push(value)
  return headers
}

async function read(...topics) {
  const kafka = new Kafka({ brokers: [server], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)))
  await admin.disconnect()
  let due = ends.flat().reduce((sum, { high }) => sum + Number(high), 0)
  const consumer = kafka.consumer({ groupId: `kafkajs-reader-${process.pid}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer.run({ eachMessage: async ({ topic, partition, message }) => {
      console.log(JSON.stringify(describe(topic, partition, message)))
      if (--due === 0) resolve()
    } }).catch(reject)
  })
  await consumer.disconnect()
}

function describe(topic, partition, { offset, timestamp, key, value, headers }) {
  const text = (bytes) => bytes?.toString() ?? null
  const pairs = Object.entries(headers ?? {}).flatMap(([name, values]) => [values].flat().map((header) => [name, text(header)]))
  return { topic, partition, offset: Number(offset), timestamp: Number(timestamp), key: text(key), value: text(value), headers: pairs }
}
