// How the clients in JavaScript carry what they have encoded: by kafkajs. The command line of each is
// `write BOOTSTRAP REGISTRY (FORMAT TOPIC)…`, with what is to be written on stdin, or
// `read BOOTSTRAP REGISTRY (FORMAT TOPIC COUNT)…`, which prints a line for each record, or why there are none.
import { randomUUID } from 'node:crypto'
import { json } from 'node:stream/consumers'
import kafkajs from 'kafkajs'

const { Kafka, logLevel, Partitioners } = kafkajs
const LIMIT_MS = 20_000

/**
 * `encoder(registry, format, topic, { schema, message })` resolves with a function that resolves with the bytes of a
 * record, and `decoder(registry, format, topic)` with one that resolves with the record of some bytes.
 */
export async function runProgram([action, bootstrap, registry, ...words], { encoder, decoder }) {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  if (action === 'write') await write(kafka, inGroups(words, 2), (...about) => encoder(registry, ...about))
  else await read(kafka, inGroups(words, 3), (...about) => decoder(registry, ...about))
}

const inGroups = (words, size) =>
  Array.from({ length: words.length / size }, (_, index) => words.slice(index * size, (index + 1) * size))

async function write(kafka, topics, encoder) {
  const exchanged = await json(process.stdin)
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (const [format, topic] of topics) {
    const encode = await encoder(format, topic, exchanged[format])
    const values = []
    for (const record of exchanged[format].records) values.push(await encode(record))
    await producer.send({ topic, messages: values.map((value) => ({ value })) })
  }
  await producer.disconnect()
}

async function read(kafka, topics, decoder) {
  const wanted = Object.fromEntries(topics.map(([, topic, count]) => [topic, Number(count)]))
  const values = await valuesOf(kafka, wanted)
  for (const [format, topic] of topics) {
    try {
      const decode = await decoder(format, topic)
      for (const bytes of values.get(topic)) print({ topic, value: await decode(bytes) })
    } catch (error) {
      print({ topic, error: error.message })
    }
  }
}

async function valuesOf(kafka, wanted) {
  const values = new Map(Object.keys(wanted).map((topic) => [topic, []]))
  const consumer = kafka.consumer({ groupId: randomUUID() })
  await consumer.connect()
  await consumer.subscribe({ topics: [...values.keys()], fromBeginning: true })
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not all records came')), LIMIT_MS)
    const eachMessage = async ({ topic, message }) => {
      values.get(topic).push(message.value)
      if ([...values].some(([name, { length }]) => length < wanted[name])) return
      clearTimeout(timer)
      resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return values
}

const print = (line) =>
  console.log(JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
