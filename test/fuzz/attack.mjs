// Sends frames over connections that break off as they will, and counts what comes back.
import { connect } from 'node:net'
import { makeFrame, PAIRS } from './frames.mjs'

const MOST_FRAMES = 10
/** Some answers may wait for as long as they were asked to: nobody waits for those here. */
const PATIENCE_MS = 250
/** Asks for the API versions; the answer to it, behind all others, says that they are through. */
const QUESTION_ID = Buffer.from('7a796b65', 'hex')
const QUESTION = Buffer.from('0000000a001200007a796b65ffff', 'hex')

/** Resolves when `count` frames have been sent, in `lanes` connections at a time. */
export async function attack(port, { count, lanes, random }) {
  const tally = { sent: 0, connections: 0, answered: 0, closedByBroker: 0, unfinished: 0, answeredBytes: 0, ways: {} }
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (tally.sent < count) await sendSome(port, takeFrames(tally, count, random), tally)
    }),
  )
  return tally
}

/** The next ones in turn, so that every API and version gets its share. */
function takeFrames(tally, count, random) {
  const frames = []
  for (let left = 1 + Math.floor(random() * MOST_FRAMES); left > 0 && tally.sent < count; left -= 1) {
    const { bytes, isLast, way } = makeFrame(PAIRS[tally.sent % PAIRS.length], random)
    frames.push(bytes)
    tally.sent += 1
    tally.ways[way] = (tally.ways[way] ?? 0) + 1
    if (isLast) break
  }
  return Buffer.concat(frames)
}

function sendSome(port, bytes, tally) {
  tally.connections += 1
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    let timer
    let last = Buffer.alloc(0)
    const end = (how) => {
      tally[how] += 1
      // Reset: closed in good order, so many connections would use up all ports.
      socket.resetAndDestroy()
    }
    socket.on('connect', () => {
      socket.write(Buffer.concat([bytes, QUESTION]))
      timer = setTimeout(() => end('unfinished'), PATIENCE_MS)
    })
    socket.on('data', (chunk) => {
      tally.answeredBytes += chunk.length
      last = Buffer.concat([last.subarray(-QUESTION_ID.length), chunk])
      if (last.includes(QUESTION_ID)) end('answered')
    })
    socket.on('end', () => end('closedByBroker'))
    socket.on('error', (error) => {
      if (error.code === 'ECONNREFUSED') reject(new Error('the broker does not listen any more'))
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
