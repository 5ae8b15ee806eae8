// `node bench/floor-broker.mjs produce|fetch`: the least that a broker does. Either what is produced is thrown away,
// or what is fetched comes from memory once it has been fetched before; all else is answered by a bundled broker behind
// it. A broker can hardly be faster, so it shows how much of a row is the client's own time. Prints `ready at SERVER`.
import { connect } from 'node:net'
import { startBundledBroker } from '../test/support/bundled-broker.mjs'
import { importSource } from '../test/support/source.mjs'
import { BROKER_SETTINGS } from './servers.mjs'

const { encodeResponse, Fetch, FrameReader, Produce, Reader, readRequestHeader, readResponse, skipTags, sockets } =
  await importSource(`
    export { encodeResponse, readRequestHeader, readResponse, skipTags } from './lib/protocol/frame.ts'
    export { FrameReader } from './lib/protocol/frame-reader.ts'
    export { Reader } from './lib/protocol/bytes.ts'
    export { Fetch } from './lib/protocol/apis/fetch.ts'
    export { Produce } from './lib/protocol/apis/produce.ts'
    export { sockets } from './lib/broker/network/sockets.ts'
  `)

const MAX_BYTES = 0x7fff_ffff
/** Of a request: API key, version. Of an answer with its length in front: where the correlation id is. */
const ID_IN_REQUEST = 4
const ID_IN_ANSWER = 4

/** Answers to Fetch requests by all that follows the correlation id in the request. */
const fetched = new Map()
/** Memory of requests that have been answered. */
const free = []
const memory = {
  take: (bytes) => {
    const index = free.findIndex(({ byteLength }) => byteLength >= bytes)
    return Buffer.from(index < 0 ? new ArrayBuffer(bytes) : free.splice(index, 1)[0], 0, bytes)
  },
  giveBack: ({ buffer }) => free.push(buffer),
}

const own = process.argv[2] === 'fetch' ? { key: Fetch.key, answer: fetch } : { key: Produce.key, answer: produced }
let offset = 0n
let backend
const { port } = await sockets.listen({ host: '127.0.0.1', port: 0, idleMs: 0, isReadDirectly: true }, serve)
const server = `127.0.0.1:${port}`
backend = await startBundledBroker({ ...BROKER_SETTINGS, 'advertised.listeners': `PLAINTEXT://${server}` })
process.once('SIGTERM', async () => {
  await backend.stop()
  process.exit()
})
console.log(`ready at ${server}`)

function serve(socket) {
  const behind = connect({ port: Number(backend.bootstrap.split(':').at(-1)), host: '127.0.0.1', noDelay: true })
  const waiting = []
  const answers = new FrameReader(MAX_BYTES)
  behind.on('data', (chunk) => answers.push(chunk).forEach((frame) => waiting.shift()(frame)))
  /** A client's requests are answered in their order. */
  let last = null
  const relay = (frame) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      behind.write(withLength(Buffer.from(frame)))
    })
  const reader = new FrameReader(MAX_BYTES, { memory })
  socket.readInto({
    space: () => reader.space(),
    take: (bytes) => reader.take(bytes).forEach(answer),
  })
  for (const [one, other] of [
    [socket, behind],
    [behind, socket],
  ])
    one.on('error', () => {}).once('close', () => other.destroy())

  function answer(frame) {
    const coming = frame.readInt16BE(0) === own.key ? own.answer(frame, relay) : relayed(frame)
    if (last === null && Array.isArray(coming)) return write(coming)
    const turn = (last = Promise.all([coming, last]).then(([pieces]) => {
      write(pieces)
      if (last === turn) last = null
    }))
  }

  const relayed = async (frame) => [withLength(await relay(frame))]

  function write(pieces) {
    socket.cork()
    for (const piece of pieces) socket.write(piece)
    socket.uncork()
  }
}

function produced(frame) {
  const { header, request } = readRequest(Produce, frame)
  const responses = request.topicData.map(({ name, topicId, partitionData }) => ({
    name,
    topicId,
    partitionResponses: partitionData.map(({ index }) => ({ index, errorCode: 0, baseOffset: (offset += 1n) })),
  }))
  memory.giveBack(frame)
  if (request.acks === 0) return []
  return encodeResponse(Produce, header.apiVersion, header.correlationId, { responses, throttleTimeMs: 0 })
}

/** Without a session, so that the next request says all again. */
function fetch(frame, relay) {
  const wanted = frame.toString('latin1', ID_IN_REQUEST + 4)
  const known = fetched.get(wanted)
  if (known) {
    const [head, ...rest] = known
    const own = Buffer.from(head)
    frame.copy(own, ID_IN_ANSWER, ID_IN_REQUEST, ID_IN_REQUEST + 4)
    return [own, ...rest]
  }
  const { header } = readRequest(Fetch, frame)
  return relay(frame).then((answer) => {
    const response = readResponse(Fetch, header.apiVersion, new Reader(answer, 4))
    const pieces = encodeResponse(Fetch, header.apiVersion, header.correlationId, { ...response, sessionId: 0 })
    const joined = Buffer.concat(pieces)
    const hasRecords = response.responses.some(({ partitions }) => partitions.some(({ records }) => records?.length))
    if (hasRecords) fetched.set(wanted, [joined.subarray(0, 8), joined.subarray(8)])
    return [joined]
  })
}

function readRequest(api, frame) {
  const reader = new Reader(frame)
  const header = readRequestHeader(reader)
  if (api.isFlexible(header.apiVersion)) skipTags(reader)
  return { header, request: api.request(header.apiVersion).read(reader) }
}

function withLength(frame) {
  const length = Buffer.allocUnsafe(4)
  length.writeInt32BE(frame.length)
  return Buffer.concat([length, frame])
}
