// One broker with all the secured listeners at once, as a process with a server.properties, and the secrets of its
// clients: passwords, tokens and certificates, right ones and such that are wrong.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { freePorts } from '../../support/free-ports.mjs'
import { firstLine, startProcess, stopProcess } from '../../support/processes.mjs'
import { importSource } from '../../support/source.mjs'
import { kts } from '../kts.mjs'
import { ANONYMOUS, LISTENERS, passwordOf, topicOf } from './table.mjs'

const { makeAuthority, makeIdentity, toPem } = await importSource(`
  export * from './lib/security/certificates/certificate.ts'
  export { toPem } from './lib/security/stores/pem.ts'
`)

const bin = fileURLToPath(new URL('../../../bin/kts', import.meta.url))
const ADMIN = 'admin'
const HOST = '127.0.0.1'
const HOUR_S = 3600

/** `users` are those that may log in; each has a topic of its own, and so have those without a name. */
export async function startSecuredBroker({ folder, users }) {
  const ports = await freePorts(Object.keys(LISTENERS).length)
  const addresses = Object.fromEntries(Object.keys(LISTENERS).map((name, index) => [name, `${HOST}:${ports[index]}`]))
  const secrets = await makeSecrets(folder, users)
  const properties = writeProperties(
    join(folder, 'server.properties'),
    settingsOf({ folder, users, addresses, secrets }),
  )
  const child = startProcess(process.execPath, [bin, 'broker', 'start', properties], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: folder },
  })
  let log = ''
  child.stderr.on('data', (chunk) => (log += chunk))
  await firstLine(child)
  const asAdmin = writeProperties(join(folder, 'admin.properties'), clientProperties(ADMIN, secrets))
  await makeUsers(['-b', addresses.SASL_SSL, '--command-config', asAdmin], users)
  return {
    addresses,
    secrets,
    writeClient: (file, user, password) =>
      writeProperties(join(folder, file), clientProperties(user, secrets, password)),
    stop: async () => {
      await stopProcess(child)
      secrets.stop()
      return log
    },
  }
}

function settingsOf({ folder, users, addresses, secrets }) {
  const names = Object.keys(LISTENERS)
  const own = Object.entries(LISTENERS).flatMap(([name, { settings = {} }]) =>
    Object.entries(settings).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value]),
  )
  const passwords = [ADMIN, ...users].map((user) => `user_${user}="${passwordOf(user)}"`)
  const login = `username="${ADMIN}" password="${passwordOf(ADMIN)}"`
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required ${login} ${passwords.join(' ')};`
  return {
    'node.id': 1,
    'log.dirs': join(folder, 'data'),
    listeners: names.map((name) => `${name}://${addresses[name]}`).join(),
    'listener.security.protocol.map': names.map((name) => `${name}:${LISTENERS[name].protocol}`).join(),
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.enabled.mechanisms': LISTENERS.SASL_SSL.mechanisms.join(),
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': plain,
    'listener.name.sasl_ssl.plain.sasl.jaas.config': plain,
    'sasl.oauthbearer.jwks.endpoint.url': String(pathToFileURL(secrets.jwks)),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': secrets.server,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': secrets.authorities.right,
    'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${ADMIN}`,
    'auto.create.topics.enable': false,
    'connection.failed.authentication.delay.ms': 20,
    'group.initial.rebalance.delay.ms': 0,
    ...Object.fromEntries(own),
  }
}

const clientProperties = (user, { authorities }, password = passwordOf(user)) => ({
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'PLAIN',
  'sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}";`,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': authorities.right,
})

function writeProperties(file, properties) {
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, lines.join(''), { mode: 0o600 })
  return file
}

/** Their passwords for SCRAM, their topics, and the right to these and to groups of the same name. */
async function makeUsers(connection, users) {
  await Promise.all(users.map((user) => makePasswords(connection, user)))
  await Promise.all([...users, ANONYMOUS].map((user) => makeTopic(connection, user)))
}

/** Kafka takes one change for a user at a time. */
async function makePasswords(connection, user) {
  const entity = ['--entity-type', 'users', '--entity-name', user]
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'])
    await kts([
      'configs',
      ...connection,
      '--alter',
      '--add-config',
      `${mechanism}=[password=${passwordOf(user)}]`,
      ...entity,
    ])
}

async function makeTopic(connection, user) {
  const topic = topicOf(user)
  const principal = user === ANONYMOUS ? 'User:ANONYMOUS' : `User:${user}`
  await kts(['topics', ...connection, '--create', '--topic', topic])
  const right = ['--allow-principal', principal, '--operation', 'All', '--topic', topic, '--group', topic]
  await kts(['acls', ...connection, '--add', ...right])
}

/** Files of certificates and tokens, by whether they are right, and a server that gives the tokens out. */
async function makeSecrets(folder, users) {
  const write = (name, content) => {
    const file = join(folder, name)
    writeFileSync(file, content, { mode: 0o600 })
    return file
  }
  const validity = { nowMs: Date.now(), days: 1 }
  const authorities = { right: makeAuthority('right', validity), foreign: makeAuthority('foreign', validity) }
  const certificate = (identity) => toPem(identity.certificate, 'CERTIFICATE')
  const key = (identity) => String(identity.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const identities = (kind) =>
    Object.fromEntries(
      users.map((user) => {
        const made = makeIdentity(user, [], authorities[kind], validity)
        return [user, write(`${user}-${kind}.pem`, key(made) + certificate(made))]
      }),
    )
  const server = makeIdentity('broker', [HOST, 'localhost'], authorities.right, validity)
  const { jwks, tokens } = await makeTokens(users)
  const endpoint = await serveTokens(tokens)
  return {
    server: write('server.pem', key(server) + certificate(server)),
    authorities: {
      right: write('right.crt', certificate(authorities.right)),
      foreign: write('foreign.crt', certificate(authorities.foreign)),
    },
    identities: { right: identities('right'), foreign: identities('foreign') },
    jwks: write('jwks.json', JSON.stringify(jwks)),
    tokenOf: (user, kind) => tokens[`/${user}-${kind}`],
    tokenFileOf: (user, kind) => write(`${user}-${kind}.jwt`, tokens[`/${user}-${kind}`]),
    tokenUrlOf: (user, kind) => `${endpoint.url}/${user}-${kind}`,
    stop: endpoint.stop,
  }
}

async function makeTokens(users) {
  const [known, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const nowS = Math.floor(Date.now() / 1000)
  const sign = (user, { privateKey }, expiresAtS) =>
    new SignJWT({ sub: user, scope: 'kafka' })
      .setProtectedHeader({ alg: 'RS256', kid: 'known' })
      .setIssuedAt(nowS - 2 * HOUR_S)
      .setExpirationTime(expiresAtS)
      .sign(privateKey)
  const tokens = {}
  for (const user of users) {
    tokens[`/${user}-right`] = await sign(user, known, nowS + HOUR_S)
    tokens[`/${user}-expired`] = await sign(user, known, nowS - HOUR_S)
    tokens[`/${user}-forged`] = await sign(user, other, nowS + HOUR_S)
  }
  return { tokens, jwks: { keys: [{ ...(await exportJWK(known.publicKey)), kid: 'known', alg: 'RS256' }] } }
}

/** As an OAuth server answers who asks with its credentials; there is one for each token. */
async function serveTokens(tokens) {
  const server = createServer((request, response) => {
    const token = tokens[request.url]
    response.writeHead(token ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: HOUR_S }))
  })
  await once(server.listen(0, HOST), 'listening')
  return { url: `http://${HOST}:${server.address().port}`, stop: () => server.close() }
}
