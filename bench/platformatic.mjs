// @platformatic/kafka as its documentation uses it, from the folder KTS_BENCH_PACKAGES: `node platformatic.mjs produce
// SERVER TOPIC FILE`, `node platformatic.mjs consume SERVER TOPIC COUNT`.
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(`${process.env.KTS_BENCH_PACKAGES}/`)
const { Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } = await import(
  pathToFileURL(resolve('@platformatic/kafka'))
)
const [, , what, server, topic, last] = process.argv
/** About what fits a request of the default max.request.size. */
const LINES_PER_SEND = 4000
const bootstrapBrokers = [server]

await (what === 'produce' ? produce(last) : consume(Number(last)))

async function produce(file) {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers, serializers: stringSerializers })
  let messages = []
  const send = async () => {
    if (messages.length > 0) await producer.send({ messages })
    messages = []
  }
  for await (const value of createInterface({ input: createReadStream(file) })) {
    messages.push({ topic, value })
    if (messages.length === LINES_PER_SEND) await send()
  }
  await send()
  await producer.close()
}

async function consume(count) {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId: `platformatic-${process.pid}`,
    bootstrapBrokers,
    deserializers: stringDeserializers,
  })
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: true })
  let left = count
  for await (const { value } of stream) {
    if (!process.stdout.write(`${value}\n`)) await once(process.stdout, 'drain')
    if ((left -= 1) <= 0) break
  }
  await consumer.close(true)
}
