// Clients that ask and never take an answer: consumers of much, and producers that go on sending.
import { connect } from 'node:net'
import { apis, protocol } from '../support/protocol.mjs'

const { buildBatch, encodeRequest } = protocol
const MOST_BYTES = 50 * 2 ** 20
const FETCH_VERSION = 12

/** One that asks for all partitions of a topic, as much as a client asks for by default, and reads nothing. */
export function startStuckConsumer(port, { topic, partitions }) {
  const request = {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: MOST_BYTES,
    topics: [
      {
        topic,
        partitions: Array.from({ length: partitions }, (_, partition) => ({
          partition,
          fetchOffset: 0n,
          partitionMaxBytes: MOST_BYTES,
        })),
      },
    ],
  }
  return startStuck(port, Buffer.concat(encodeRequest(apis.Fetch, FETCH_VERSION, 1, 'stuck', request)), {
    isAgain: false,
  })
}

/** One that sends as fast as it is let, and reads nothing. */
export function startStuckProducer(port, { topic }) {
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(100) }])
  const request = { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] }
  return startStuck(
    port,
    Buffer.concat(
      Array.from({ length: 200 }, () => Buffer.concat(encodeRequest(apis.Produce, 12, 1, 'stuck', request))),
    ),
    { isAgain: true },
  )
}

/** Resolves with a function that ends the client. */
function startStuck(port, bytes, { isAgain }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.pause()
    socket.once('error', reject)
    socket.once('connect', () => {
      const send = () => {
        while (socket.write(bytes) && isAgain);
      }
      if (isAgain) socket.on('drain', send)
      send()
      resolve(() => socket.destroy())
    })
  })
}
