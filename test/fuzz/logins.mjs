// What comes before a login: damaged handshakes and tokens, TLS that is none, and thousands that never log in.
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { freePorts } from '../support/free-ports.mjs'
import { stopProcess } from '../support/processes.mjs'
import { apis, protocol } from '../support/protocol.mjs'
import { inMiB, memoryOf } from '../support/resources.mjs'
import { damage } from './damage.mjs'
import { pick, randomBytes } from './messages.mjs'

const { encodeRequest } = protocol
const { ApiVersions, SaslAuthenticate, SaslHandshake } = apis
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']
const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="alice-secret";'
const TOKENS = [
  '\0alice\0alice-secret',
  '\0alice\0wrong',
  'n,,n=alice,r=abcdefgh',
  'c=biws,r=abcdefgh,p=AAAA',
  'n,,\x01auth=Bearer e30.e30.\x01\x01',
].map((text) => Buffer.from(text))
const PATIENCE_MS = 100
const LANES = 16
const SILENT = 2000
const MOST_GROWTH_BYTES = 96 * 2 ** 20

/** Starts a broker of its own, attacks it with `count` connections, and then holds 2,000 that say nothing. */
export async function attackLogins(tally, { count, random, folder }) {
  const [tlsPort] = await freePorts(1)
  const child = spawnBundledBroker(
    {
      listeners: `PLAINTEXT://127.0.0.1:0,SSL://127.0.0.1:${tlsPort},SASL_PLAINTEXT://127.0.0.1:0`,
      'sasl.enabled.mechanisms': MECHANISMS.join(),
      'listener.name.sasl_plaintext.plain.sasl.jaas.config': JAAS,
      'ssl.keystore.location': fileURLToPath(new URL('../support/stores/keytool.p12', import.meta.url)),
      'ssl.keystore.password': 'changeit',
      'connection.failed.authentication.delay.ms': 0,
    },
    { dataDir: `${folder}/logins`, stateHome: folder, stderr: 'pipe' },
  )
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  // The last of its listeners.
  const { port } = await brokerReady(child)
  await tally.check(`${count} connections with odd handshakes`, async () => {
    let left = count
    const lane = async () => {
      while (left-- > 0) await sendAndLook(random() < 0.2 ? tlsPort : port, makeHandshake(random))
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    await logIn(port)
  })
  await tally.check(`${SILENT} connections that never log in, and a login beside them`, () => beside(child, port))
  await tally.check('nothing of it was a bug, and no secret was told', async () => {
    await stopProcess(child)
    if (/internal error|at .*\.ts:\d+|alice-secret/.test(said)) throw new Error(said.slice(-2000))
  })
}

async function beside(child, port) {
  const before = memoryOf(child.pid)
  const silent = Array.from({ length: SILENT }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await Promise.all(silent.map((socket) => once(socket, 'connect')))
  // Half a frame each, so that there is something to hold.
  for (const socket of silent) socket.write(Buffer.from([0, 0, 1, 0, 0, 17]))
  await logIn(port)
  const growth = memoryOf(child.pid) - before
  for (const socket of silent) socket.resetAndDestroy()
  console.log(`      ${inMiB(growth)} of memory for them`)
  if (growth > MOST_GROWTH_BYTES) throw new Error(`memory grew by ${inMiB(growth)}`)
}

/** ApiVersions, SaslHandshake and some tokens, of which one or the other is spoilt. */
function makeHandshake(random) {
  const version = random() < 0.3 ? 0 : 1
  const tokens = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, TOKENS))
  const request = (api, at, message) => Buffer.concat(encodeRequest(api, at, 1, 'fuzz', message))
  const frames = [
    ...(random() < 0.7 ? [request(ApiVersions, 3, { clientSoftwareName: 'fuzz', clientSoftwareVersion: '1' })] : []),
    request(SaslHandshake, version, { mechanism: pick(random, [...MECHANISMS, 'GSSAPI', '']) }),
    ...tokens.map((token) =>
      version === 1 ? request(SaslAuthenticate, Math.floor(random() * 3), { authBytes: token }) : bare(token),
    ),
  ]
  const spoilt = frames.map((frame) => {
    if (random() > 0.4) return frame
    const body = damage(frame.subarray(4), random)
    return random() < 0.2 ? damage(frame, random) : bare(body)
  })
  return random() < 0.05 ? randomBytes(random, random() * 500) : Buffer.concat(spoilt)
}

function bare(bytes) {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function sendAndLook(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => socket.resetAndDestroy(), PATIENCE_MS)
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', () => {})
    socket.on('error', (error) => error.code === 'ECONNREFUSED' && reject(new Error('the broker listens no more')))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** A client that knows its password gets in. */
async function logIn(port) {
  const socket = connect(port, '127.0.0.1')
  const ask = async (api, version, message) => {
    socket.write(Buffer.concat(encodeRequest(api, version, 1, 'right', message)))
    const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(5000) })
    return chunk.readInt16BE(8)
  }
  const handshake = await ask(SaslHandshake, 1, { mechanism: 'PLAIN' })
  const login = await ask(SaslAuthenticate, 1, { authBytes: TOKENS[0] })
  socket.destroy()
  if (handshake !== 0 || login !== 0) throw new Error(`errors ${handshake} and ${login} instead of a login`)
}
