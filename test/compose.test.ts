import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './support/kts.ts'

interface Service {
  readonly image: string
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly environment: Readonly<Record<string, string | number>>
  readonly healthcheck: { readonly test: readonly string[] }
}

const text = readFileSync(join(root, 'compose.yaml'), 'utf8')
const { services, volumes } = parse(text, { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const nodes = Object.entries(services)

/** As the image does it (KafkaDockerWrapper.getServerConfigsFromEnv): the setting of a variable. */
const settingOf = (variable: string): string =>
  variable.replace('KAFKA_', '').toLowerCase().replaceAll('_', '.').replaceAll('...', '-').replaceAll('..', '_')

/** `HOST://localhost:9092,…` by the names of the listeners. */
const listeners = (value: string | number | undefined): Map<string, string> =>
  new Map(
    String(value)
      .split(',')
      .map((listener) => listener.split('://') as [string, string]),
  )
const portOf = (address: string): number => Number(address.replace(/^.*:/, ''))

test('three brokers of one release make one cluster', () => {
  expect(nodes.map(([name]) => name)).toEqual(['kafka-1', 'kafka-2', 'kafka-3'])
  expect(new Set(nodes.map(([, { image }]) => image))).toEqual(new Set(['apache/kafka:4.3.0']))
  expect(nodes.map(([, { environment }]) => environment.KAFKA_NODE_ID)).toEqual([1, 2, 3])
  const ids = new Set(nodes.map(([, { environment }]) => String(environment.CLUSTER_ID)))
  expect(ids.size).toBe(1)
  expect(Buffer.from([...ids][0]!, 'base64url')).toHaveLength(16)
  expect([...ids][0]).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
})

test.each(nodes)('%s is a voter where the others look for it', (name, { environment }) => {
  const controller = portOf(listeners(environment.KAFKA_LISTENERS).get('CONTROLLER')!)
  const voters = String(environment.KAFKA_CONTROLLER_QUORUM_VOTERS).split(',')
  expect(voters).toHaveLength(3)
  expect(voters).toContain(`${environment.KAFKA_NODE_ID}@${name}:${controller}`)
  expect(environment.KAFKA_PROCESS_ROLES).toBe('broker,controller')
})

test.each(nodes)(
  '%s tells clients on this machine an address that reaches it, and the other brokers another',
  (name, { environment, ports }) => {
    const [open, told] = [listeners(environment.KAFKA_LISTENERS), listeners(environment.KAFKA_ADVERTISED_LISTENERS)]
    expect([...told.keys()]).toEqual(['HOST', 'BROKERS'])
    expect(told.get('BROKERS')).toBe(`${name}:${portOf(open.get('BROKERS')!)}`)
    const port = portOf(told.get('HOST')!)
    expect(told.get('HOST')).toBe(`localhost:${port}`)
    // Published as it is, on the loopback interface and nowhere else.
    expect(ports).toEqual([`127.0.0.1:${port}:${portOf(open.get('HOST')!)}`])
    expect(new Set([...open.values()].map(portOf)).size).toBe(3)
    const protocols = String(environment.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP)
      .split(',')
      .map((pair) => pair.split(':')[0])
    expect(protocols.sort()).toEqual([...open.keys()].sort())
    expect([environment.KAFKA_INTER_BROKER_LISTENER_NAME, environment.KAFKA_CONTROLLER_LISTENER_NAMES]).toEqual([
      'BROKERS',
      'CONTROLLER',
    ])
  },
)

test('the ports are three, those that the file itself speaks of', () => {
  const published = nodes.map(([, { ports }]) => ports[0]!.split(':')[1])
  expect(published).toEqual(['9092', '9093', '9094'])
  expect(text).toContain(`KTS_BOOTSTRAP_SERVERS=${published.map((port) => `localhost:${port}`).join(',')}`)
})

test.each(nodes)(
  'what %s keeps has three copies, and outlives the container',
  (name, { environment, volumes: mounts }) => {
    const copies = Object.entries(environment).filter(([variable]) => variable.endsWith('REPLICATION_FACTOR'))
    expect(copies.map(([, count]) => count)).toEqual([3, 3, 3, 3])
    const inSync = Object.entries(environment).filter(([variable]) => /MIN_(ISR|INSYNC_REPLICAS)$/.test(variable))
    expect(inSync.map(([, count]) => count)).toEqual([2, 2, 2])
    expect(mounts).toEqual([`${name}:${environment.KAFKA_LOG_DIRS}`])
    expect(Object.keys(volumes)).toContain(name)
  },
)

test.each(nodes)(
  '%s is asked whether it is well by a name that its container knows',
  (name, { environment, healthcheck }) => {
    expect(healthcheck.test).toEqual([
      'CMD',
      '/opt/kafka/bin/kafka-cluster.sh',
      'cluster-id',
      '--bootstrap-server',
      listeners(environment.KAFKA_ADVERTISED_LISTENERS).get('BROKERS'),
    ])
    expect(healthcheck.test.at(-1)).toContain(name)
  },
)

test('every variable is a setting of a Kafka 4.3 broker, but for those of the image', () => {
  const ofTheImage = ['CLUSTER_ID', 'KAFKA_HEAP_OPTS']
  const settings = new Set(
    nodes
      .flatMap(([, { environment }]) => Object.keys(environment))
      .filter((variable) => !ofTheImage.includes(variable))
      .map(settingOf),
  )
  expect([...settings].sort()).toEqual([
    'advertised.listeners',
    'controller.listener.names',
    'controller.quorum.voters',
    'default.replication.factor',
    'group.initial.rebalance.delay.ms',
    'inter.broker.listener.name',
    'listener.security.protocol.map',
    'listeners',
    'log.dirs',
    'min.insync.replicas',
    'node.id',
    'offsets.topic.replication.factor',
    'process.roles',
    'share.coordinator.state.topic.min.isr',
    'share.coordinator.state.topic.replication.factor',
    'transaction.state.log.min.isr',
    'transaction.state.log.replication.factor',
  ])
})
