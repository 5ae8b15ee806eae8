// One connection, request by request: its user knows exactly what was answered, and what was not.
import { connect } from 'node:net'
import { apis, protocol } from './protocol.mjs'

const { FrameReader, Reader, encodeRequest, errorName, readResponse } = protocol
const MAX_ANSWER_BYTES = 0x7fff_ffff

/** The connection is gone: whether the broker has done what was asked is unknown. */
export class Gone extends Error {}

/** The broker answered with an error. */
export class Refused extends Error {
  constructor(apiName, code) {
    super(`${apiName}: ${code}`)
    this.code = code
  }
}

export class Wire {
  #socket
  #splitter = new FrameReader(MAX_ANSWER_BYTES)
  #waiting = new Map()
  #correlationId = 0

  constructor(socket, clientId) {
    this.#socket = socket
    this.clientId = clientId
    socket.on('data', (chunk) => this.#splitter.push(chunk).forEach((frame) => this.#take(frame)))
    socket.on('close', () => this.#end())
  }

  /** Rejects with Gone when nobody listens. */
  static open(port, clientId = 'kts-test') {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(new Wire(socket, clientId)))
      socket.on('error', (error) => reject(new Gone(error.message)))
    })
  }

  get isOpen() {
    return !this.#socket.destroyed
  }

  /**
   * The answer to a request; the highest version by default. Rejects with Gone when the connection ends before it has
   * come.
   */
  send(api, request, version = api.maxVersion) {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Gone(`${api.name}: the connection is closed`))
      const id = (this.#correlationId += 1)
      this.#waiting.set(id, { resolve, reject, api, version })
      this.#socket.write(Buffer.concat(encodeRequest(api, version, id, this.clientId, request)))
    })
  }

  /** As `send`, for an answer with one error code: rejects with Refused unless it is NONE. */
  async ask(api, request, version) {
    const answer = await this.send(api, request, version)
    if (answer.errorCode !== 0) throw new Refused(api.name, errorName(answer.errorCode))
    return answer
  }

  close() {
    this.#socket.destroy()
  }

  /** From now on answers are lost on their way. */
  deafen() {
    this.#socket.removeAllListeners('data').resume()
  }

  #take(frame) {
    const id = frame.readInt32BE(0)
    const { resolve, reject, api, version } = this.#waiting.get(id)
    this.#waiting.delete(id)
    try {
      resolve(readResponse(api, version, new Reader(frame, 4)))
    } catch (error) {
      reject(error)
    }
  }

  #end() {
    for (const { reject, api } of this.#waiting.values())
      reject(new Gone(`${api.name}: the connection ended before the answer`))
    this.#waiting.clear()
  }
}

/** Makes topics: `{ name, numPartitions, configs: { … } }`. Those that are there already are let be. */
export async function createTopics(wire, topics) {
  const answer = await wire.send(apis.CreateTopics, {
    timeoutMs: 10_000,
    topics: topics.map(({ name, numPartitions = 1, configs = {} }) => ({
      name,
      numPartitions,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value: String(value) })),
    })),
  })
  for (const { errorCode } of answer.topics) {
    const code = errorName(errorCode)
    if (code !== 'NONE' && code !== 'TOPIC_ALREADY_EXISTS') throw new Refused('CreateTopics', code)
  }
}

/** Appends a batch to one partition; resolves with the offset of its first record. */
export async function produce(wire, { topic, partition, records, transactionalId = null, version = 12 }) {
  const { responses } = await wire.send(
    apis.Produce,
    {
      transactionalId,
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    },
    version,
  )
  const { errorCode, baseOffset } = responses[0].partitionResponses[0]
  if (errorCode !== 0) throw new Refused('Produce', errorName(errorCode))
  return baseOffset
}

const FETCH_VERSION = 12

/** One fetch of one partition: its answer for the partition. */
export async function fetch(
  wire,
  { topic, partition, offset, isCommittedOnly = false, maxWaitMs = 0, maxBytes = 1 << 20 },
) {
  const { responses } = await wire.send(
    apis.Fetch,
    {
      maxWaitMs,
      minBytes: 1,
      isolationLevel: isCommittedOnly ? 1 : 0,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: maxBytes }] }],
    },
    FETCH_VERSION,
  )
  const answer = responses[0].partitions[0]
  if (answer.errorCode !== 0) throw new Refused('Fetch', errorName(answer.errorCode))
  return answer
}
