// A member of a classic group, by kafkajs. It reads what is not committed, too: from the middle of two transactions
// that were rolled back, kafkajs 2.2.4 hands out records of the second.
import kafkajs from 'kafkajs'
import { registerCodecs } from '../clients/kafkajs/codecs.mjs'
import { pause } from './cluster.mjs'

/** Until a broker that was killed is back. */
const PATIENT = { initialRetryTime: 20, maxRetryTime: 200, retries: 1000 }
const PAUSE_MS = 20

registerCodecs()

/**
 * Reads and commits each batch; begins anew when kafkajs gives up, as it does when it meets a kill at the wrong moment.
 */
export async function runKafkajsMember(cluster, group, retry = PATIENT) {
  while (cluster.isRead) {
    const client = new kafkajs.Kafka({
      brokers: cluster.bootstrap.split(','),
      logLevel: kafkajs.logLevel.NOTHING,
      retry,
    })
    const consumer = client.consumer({
      groupId: group.groupId,
      sessionTimeout: 6000,
      heartbeatInterval: 300,
      maxWaitTimeInMs: 50,
      readUncommitted: true,
      retry,
    })
    let failure = null
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) failure = payload.error
    })
    await work(consumer, group).catch((error) => {
      failure = error
    })
    while (cluster.isRead && !failure) await pause(PAUSE_MS)
    await consumer.disconnect().catch(() => {})
    // Bookkeeping does not fail for a kill.
    if (failure && !isKafkajs(rootOf(failure))) throw rootOf(failure)
  }
}

async function work(consumer, group) {
  const { topic } = group
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const { offset, value } of messages) group.read(partition, BigInt(offset), value.toString('latin1'))
      if (messages.length === 0) return
      const offset = BigInt(messages.at(-1).offset) + 1n
      await group.commit(partition, offset, () =>
        consumer.commitOffsets([{ topic, partition, offset: String(offset) }]),
      )
    },
  })
}

const rootOf = (error) => (error.cause instanceof Error ? rootOf(error.cause) : error)
const isKafkajs = (error) => /^KafkaJS/.test(error.name)
