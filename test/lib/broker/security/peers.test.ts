import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { choosePorts } from '../../../../src/lib/broker/cluster-settings.ts'
import { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import { sockets } from '../../../../src/lib/broker/network/sockets.ts'
import { securePeers } from '../../../../src/lib/broker/security/peer-network.ts'
import { startNode, type RunningNode } from '../../../../src/lib/broker/start.ts'
import { BrokerConfig } from '../../../../src/lib/broker/state/configs/broker-config.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../../../src/lib/broker/state/storage/lock.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { makeAuthority, makeIdentity, type Identity } from '../../../../src/lib/security/certificates/certificate.ts'
import { unsecuredToken } from '../../../../src/lib/security/oauth/jwt.ts'
import { toPem } from '../../../../src/lib/security/stores/pem.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-peers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open: { stop(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.stop()
})

const MODULES = 'org.apache.kafka.common.security'
const seconds = Math.floor(Date.now() / 1000)
const tokenFile = join(folder, 'token')

/** A controller and a broker, each of which logs in wherever the other listens. */
async function startTwo(mechanism: string, jaas: string, more: Record<string, string> = {}): Promise<RunningNode> {
  const {
    controller,
    brokers: [port],
  } = await choosePorts(1, 0)
  const start = async (settings: Record<string, string>): Promise<RunningNode> => {
    const { config } = parseBrokerConfig(
      new Map(
        Object.entries({
          'controller.listener.names': 'CONTROLLER',
          'controller.quorum.voters': `9@localhost:${controller}`,
          'listener.security.protocol.map': 'CONTROLLER:SASL_PLAINTEXT,INSIDE:SASL_PLAINTEXT',
          'sasl.enabled.mechanisms': mechanism,
          'sasl.mechanism.inter.broker.protocol': mechanism,
          'sasl.mechanism.controller.protocol': mechanism,
          [`listener.name.controller.${mechanism.toLowerCase()}.sasl.jaas.config`]: jaas,
          [`listener.name.inside.${mechanism.toLowerCase()}.sasl.jaas.config`]: jaas,
          'log.dirs': '/data',
          'initial.broker.registration.timeout.ms': '5000',
          ...more,
          ...settings,
        }),
      ),
    )
    const node = await startNode({ config, fileSystem: new MemoryDisk(), processes: systemProcesses, warn: () => {} })
    open.push(node)
    return node
  }
  await start({ 'process.roles': 'controller', 'node.id': '9', listeners: `CONTROLLER://localhost:${controller}` })
  return start({
    'process.roles': 'broker',
    'node.id': '1',
    listeners: `INSIDE://localhost:${port}`,
    'inter.broker.listener.name': 'INSIDE',
  })
}

describe('nodes log in to each other', () => {
  const bearer = (options: string): string => `${MODULES}.oauthbearer.OAuthBearerLoginModule required ${options};`

  test.each<[title: string, mechanism: string, jaas: string, more: Record<string, string>]>([
    ['PLAIN', 'PLAIN', `${MODULES}.plain.PlainLoginModule required username="n" password="p" user_n="p";`, {}],
    ['OAUTHBEARER', 'OAUTHBEARER', bearer('unsecuredLoginStringClaim_sub="node"'), {}],
    [
      'OAUTHBEARER with a token from a file',
      'OAUTHBEARER',
      bearer(''),
      { 'sasl.oauthbearer.token.endpoint.url': `file://${tokenFile}` },
    ],
  ])('by %s', async (_, mechanism, jaas, more) => {
    writeFileSync(tokenFile, unsecuredToken({ sub: 'node', iat: seconds, exp: seconds + 600 }))
    const { broker } = await startTwo(mechanism, jaas, more)
    expect(broker.cluster.registration(1)).toBeDefined()
  })

  test('and are kept out with a token that has expired', async () => {
    writeFileSync(tokenFile, unsecuredToken({ sub: 'node', iat: seconds - 100, exp: seconds - 10 }))
    const more = {
      'sasl.oauthbearer.token.endpoint.url': `file://${tokenFile}`,
      'initial.broker.registration.timeout.ms': '300',
    }
    await expect(startTwo('OAUTHBEARER', bearer(''), more)).rejects.toThrow('no controller answers')
  })

  test.each([
    ['OAUTHBEARER', 'OAUTHBEARER needs a token: sasl.oauthbearer.token.endpoint.url'],
    ['GSSAPI', 'nodes log in to each other by PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, and not by GSSAPI'],
    ['PLAIN', 'listener.name.inside.plain.sasl.jaas.config has no username and password'],
  ])('%s that cannot be is told of at the start', async (mechanism, message) => {
    const securing = securePeers({
      network: sockets,
      config: () => new BrokerConfig(new Map()),
      clock: systemClock,
      listener: { name: 'INSIDE', securityProtocol: 'SASL_PLAINTEXT' },
      mechanism,
      warn: () => {},
    })
    await expect(securing).rejects.toThrow(UserError)
    await expect(securing).rejects.toThrow(message)
  })
})

describe('the key by which a node is known to others', () => {
  const validity = { nowMs: Date.now(), days: 10 }
  const authority = makeAuthority('authority', validity)
  const pem = ({ certificate }: Identity): string => toPem(certificate, 'CERTIFICATE')
  const keyStore = (name: string): string => {
    const identity = makeIdentity(name, ['localhost'], authority, validity)
    return String(identity.privateKey.export({ type: 'pkcs8', format: 'pem' })) + pem(identity)
  }
  const file = join(folder, 'node.pem')

  test('is renewed with its file, and with the setting; what cannot be read leaves the one before', async () => {
    const server = makeIdentity('server', ['localhost'], authority, validity)
    const seen: string[] = []
    const listening = createServer({
      key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      cert: pem(server),
      ca: pem(authority),
      requestCert: true,
    })
    listening.on('secureConnection', (stream: TLSSocket) => {
      seen.push(String(stream.getPeerCertificate().subject.CN))
      stream.end()
    })
    await new Promise<void>((resolve) => listening.listen(0, 'localhost', resolve))
    open.push({ stop: () => new Promise((resolve) => listening.close(resolve)) })
    const warnings: string[] = []
    let settings = new Map([
      ['listener.name.inside.ssl.keystore.location', file],
      ['ssl.truststore.certificates', pem(authority)],
    ])
    writeFileSync(file, keyStore('first'))
    const network = await securePeers({
      network: { ...sockets, connect: ({ port }) => connect({ port, host: 'localhost' }) },
      config: () => new BrokerConfig(settings),
      clock: systemClock,
      listener: { name: 'INSIDE', securityProtocol: 'SSL' },
      mechanism: 'PLAIN',
      warn: (line) => warnings.push(line),
    })
    const ask = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const stream = network.connect({ host: 'localhost', port: (listening.address() as AddressInfo).port })
        stream
          .on('error', reject)
          .on('close', () => resolve())
          .resume()
      })
    await ask()
    writeFileSync(file, keyStore('second one'))
    await ask()
    writeFileSync(file, 'nothing')
    await ask()
    const other = join(folder, 'other.pem')
    writeFileSync(other, keyStore('third'))
    settings = new Map([...settings, ['listener.name.inside.ssl.keystore.location', other]])
    await ask()
    expect(seen).toEqual(['first', 'second one', 'second one', 'third'])
    expect(warnings).toEqual([
      expect.stringMatching(/^the keys for other nodes \(INSIDE\) stay as they were: .*node.pem/),
    ])
  })
})
