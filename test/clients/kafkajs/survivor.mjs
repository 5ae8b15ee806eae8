// kafkajs as a survivor: see ../leader-death.mjs. SERVERS TOPIC
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'

const [servers, topic] = process.argv.slice(2)
const { Kafka, logLevel } = kafkajs
const kafka = new Kafka({ brokers: servers.split(','), logLevel: logLevel.NOTHING })
const due = new Set()
let isTold = false
process.stdin.once('end', () => (isTold = true)).resume()

const consumer = kafka.consumer({ groupId: topic, sessionTimeout: 10_000, heartbeatInterval: 500 })
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
const failed = new Promise((_, reject) =>
  // A crash that kafkajs itself starts again from is none.
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => restart || reject(error)),
)
await consumer.run({
  eachMessage: async ({ message }) => {
    const value = message.value.toString()
    console.log(`read ${value}`)
    due.delete(value)
  },
})

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
await producer.connect()
const written = async () => {
  for (let i = 0; !isTold; i += 1) {
    const value = String(i)
    due.add(value)
    await producer.send({ topic, acks: -1, messages: [{ key: value, value }] })
    console.log(`acked ${value}`)
    await delay(10)
  }
  while (due.size > 0) await delay(20)
}
await Promise.race([written(), failed])
await Promise.all([producer.disconnect(), consumer.disconnect()])
