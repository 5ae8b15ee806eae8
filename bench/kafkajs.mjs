// kafkajs as its documentation uses it, or Confluent's client, which has the same calls, from the folder
// KTS_BENCH_PACKAGES: `node kafkajs.mjs produce SERVER TOPIC FILE`, `node kafkajs.mjs consume SERVER TOPIC COUNT`.
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const confluents = process.env.KTS_BENCH_PACKAGES
const { Kafka, logLevel } = confluents
  ? createRequire(`${confluents}/`)('@confluentinc/kafka-javascript').KafkaJS
  : (await import('kafkajs')).default
/** Confluent's keeps the options of kafkajs apart from those of librdkafka. */
const options = (kafkaJS) => (confluents ? { kafkaJS } : kafkaJS)

const [, , what, server, topic, last] = process.argv
/** About what fits a request of the default max.request.size. */
const LINES_PER_SEND = 4000
const kafka = new Kafka(options({ brokers: [server], logLevel: logLevel.NOTHING }))

await (what === 'produce' ? produce(last) : consume(Number(last)))

async function produce(file) {
  const producer = kafka.producer()
  await producer.connect()
  let messages = []
  const send = async () => {
    if (messages.length > 0) await producer.send({ topic, messages })
    messages = []
  }
  for await (const value of createInterface({ input: createReadStream(file) })) {
    messages.push({ value })
    if (messages.length === LINES_PER_SEND) await send()
  }
  await send()
  await producer.disconnect()
}

async function consume(count) {
  const settings = { groupId: `kafkajs-${process.pid}`, maxBytesPerPartition: 2 ** 21 }
  const fromBeginning = { fromBeginning: true }
  const consumer = kafka.consumer(options({ ...settings, ...(confluents && fromBeginning) }))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], ...(!confluents && fromBeginning) })
  let left = count
  let finish
  const finished = new Promise((resolve) => {
    finish = resolve
  })
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        if (!process.stdout.write(`${value}\n`)) await once(process.stdout, 'drain')
        left -= 1
      }
      if (left <= 0) finish()
    },
  })
  await finished
  await consumer.disconnect()
}
