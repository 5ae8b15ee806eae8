// kafkajs with the secrets of the attempts in FILE: see ../secured/secured.mjs.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import kafkajs from 'kafkajs'

const { Kafka, logLevel, Partitioners } = kafkajs
const PATIENCE_MS = 10_000
const attempts = JSON.parse(readFileSync(process.argv[2], 'utf8'))
for (const attempt of attempts) console.log(JSON.stringify({ error: await errorOf(attempt) }))
process.exit()

async function errorOf(attempt) {
  try {
    const kafka = new Kafka({ ...connectionOf(attempt), logLevel: logLevel.NOTHING, retry: { retries: 0 } })
    await read(kafka, attempt, await write(kafka, attempt))
    return null
  } catch (error) {
    return `${error.name}: ${error.message} ${error.type ?? ''}`
  }
}

function connectionOf({ server, authority, identity, mechanism, user, password, token }) {
  const pem = identity && readFileSync(identity, 'utf8')
  return {
    brokers: [server],
    ...(authority && { ssl: { ca: readFileSync(authority, 'utf8'), ...(pem && { key: pem, cert: pem }) } }),
    ...(token && { sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: token }) } }),
    ...(mechanism && !token && { sasl: { mechanism: mechanism.toLowerCase(), username: user, password } }),
  }
}

async function write(kafka, { topic, name, value }) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  try {
    await producer.connect()
    const messages = [{ partition: 0, key: name, value, headers: { attempt: name } }]
    const [{ baseOffset }] = await producer.send({ topic, acks: -1, messages })
    return baseOffset
  } finally {
    await producer.disconnect()
  }
}

/** kafkajs reads in groups alone. */
async function read(kafka, { topic, name, value }, offset) {
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic })
    const message = await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('the record was not read')), PATIENCE_MS).unref()
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer.run({ eachMessage: async ({ message }) => message.offset === offset && resolve(message) }).catch(reject)
      consumer.seek({ topic, partition: 0, offset })
    })
    const got = [message.key, message.value, message.headers.attempt].map(String)
    assert.deepEqual(got, [name, value, name])
  } finally {
    await consumer.disconnect()
  }
}
