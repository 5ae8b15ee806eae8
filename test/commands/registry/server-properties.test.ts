import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readServerProperties } from '../../../src/commands/registry/server-properties.ts'
import { temporaryFolder } from '../../support/kts.ts'

const read = (given: Readonly<Record<string, string>>) =>
  readServerProperties(new Map(Object.entries(given)), Date.now())
const pem = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../support/tls/${name}`, import.meta.url)), 'utf8')

const folder = temporaryFolder()
afterAll(() => folder.remove())

describe('the properties file of a registry', () => {
  it('says where the brokers are, without their protocols, and where it listens', async () => {
    expect(
      await read({
        'kafkastore.bootstrap.servers': 'PLAINTEXT://a:9092,SASL_SSL://b:9093',
        listeners: 'http://0.0.0.0:8081, http://[::1]:8082',
        'kafkastore.topic': '_other',
        'kafkastore.topic.replication.factor': '3',
        'kafkastore.timeout.ms': '700',
        'kafkastore.group.id': 'old-name',
        'schema.registry.group.id': 'mine',
        'avro.compatibility.level': 'full',
        'host.name': 'here',
        'master.eligibility': 'false',
        'mode.mutability': 'false',
        'kafkastore.security.protocol': 'SASL_SSL',
        'kafkastore.sasl.mechanism': 'PLAIN',
        'avro.validate.defaults': 'true',
        debug: 'true',
      }),
    ).toEqual({
      bootstrapServers: 'a:9092,b:9093',
      listeners: [
        { host: '0.0.0.0', port: 8081 },
        { host: '::1', port: 8082 },
      ],
      topic: '_other',
      replicas: 3,
      timeoutMs: 700,
      groupId: 'mine',
      compatibilityLevel: 'FULL',
      advertisedHost: 'here',
      mayLead: false,
      isModeMutable: false,
      validatesDefaults: true,
      client: new Map([
        ['security.protocol', 'SASL_SSL'],
        ['sasl.mechanism', 'PLAIN'],
      ]),
      unused: ['debug'],
    })
  })

  it('that says nothing leaves all to the options', async () => {
    const { listeners, bootstrapServers, mayLead, isModeMutable, unused } = await read({})
    expect({ listeners, bootstrapServers, mayLead, isModeMutable, unused }).toEqual({
      listeners: undefined,
      bootstrapServers: undefined,
      mayLead: true,
      isModeMutable: true,
      unused: [],
    })
  })

  it.each([
    [{ 'kafkastore.connection.url': 'zk:2181' }, 'names ZooKeeper; name brokers with kafkastore.bootstrap.servers'],
    [{ listeners: 'localhost:8081' }, 'write each as http://HOST:PORT or https://HOST:PORT'],
    [{ listeners: 'http://localhost:80810' }, 'write each as http://HOST:PORT or https://HOST:PORT'],
    [{ 'schema.compatibility.level': 'sideways' }, 'schema.compatibility.level=sideways: Invalid compatibility level'],
    [{ 'kafkastore.topic.replication.factor': '0' }, 'a whole number above 0 is expected'],
    [{ listeners: 'https://localhost:8081' }, 'an https listener needs ssl.keystore.location'],
  ])('%j is refused', async (given: Record<string, string>, reason) => {
    await expect(read(given)).rejects.toThrow(reason)
  })

  it.each([
    ['none', false, false],
    ['REQUESTED', true, false],
    ['REQUIRED', true, true],
  ])('has certificates for https, and asks clients for theirs: %s', async (client, requestCert, rejectUnauthorized) => {
    const keyStore = join(folder.path, 'key-store.pem')
    writeFileSync(keyStore, pem('localhost.key') + pem('localhost.crt'))
    const { listeners } = await read({
      listeners: 'http://localhost:8081,https://:8443',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keyStore,
      'ssl.client.authentication': client,
    })
    expect(listeners).toEqual([
      { host: 'localhost', port: 8081 },
      { host: '0.0.0.0', port: 8443, tls: expect.objectContaining({ requestCert, rejectUnauthorized }) as unknown },
    ])
  })
})
