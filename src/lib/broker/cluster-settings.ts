import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { sockets } from './network/sockets.ts'
import { securedNodeSettings, type Secured } from './secured.ts'

const CONTROLLER_PORT_AFTER = 100

/** The ports of a cluster: one for each broker, and one for the controller. */
export interface Ports {
  readonly brokers: readonly number[]
  readonly controller: number
  /** Where brokers of a secured cluster speak to each other, in the same order. */
  readonly internal: readonly number[]
}

/**
 * One port after the other from the first on, and any that are free for the brokers among themselves; 0 for any that
 * are free. Throws EnvironmentError for one that is taken.
 */
export async function choosePorts(count: number, first: number): Promise<Ports> {
  const wanted = Array.from({ length: count }, (_, index) => (first === 0 ? 0 : first + index))
  const taken = await takePorts(wanted)
  const brokers = taken.map(({ port }) => port)
  const controller = await takePorts([first === 0 ? 0 : first + CONTROLLER_PORT_AFTER]).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error
    return takePorts([0])
  })
  const internal = await takePorts(brokers.map(() => 0))
  // All at once up to here: nobody may be given the same twice.
  await Promise.all([...taken, ...controller, ...internal].map((server) => server.close()))
  return { brokers, controller: controller[0]!.port, internal: internal.map(({ port }) => port) }
}

const takePorts = (ports: readonly number[]) =>
  Promise.all(ports.map((port) => sockets.listen({ host: 'localhost', port, idleMs: 0 }, refuse)))

const refuse = (stream: { destroy(): void }): void => stream.destroy()

/** As in ZooKeeper's place (see commands/zookeeper): no broker has this id. */
export const CONTROLLER_ID = 3000

export interface NodeSettings {
  readonly nodeId: number
  readonly port: number
  /** Every port that others reach it by. */
  readonly ports: readonly number[]
  readonly texts: ReadonlyMap<string, string>
}

const OF_EACH_NODE: ReadonlySet<string> = new Set([
  'advertised.host.name',
  'advertised.listeners',
  'advertised.port',
  'broker.id',
  'controller.listener.names',
  'controller.quorum.bootstrap.servers',
  'controller.quorum.voters',
  'host.name',
  'inter.broker.listener.name',
  'listeners',
  'log.dir',
  'log.dirs',
  'metadata.log.dir',
  'node.id',
  'port',
  'process.roles',
  'zookeeper.connect',
])

/** Settings that each node of a cluster has for itself, among those that are given for all. */
export const settingsOfEachNode = (names: Iterable<string>): string[] =>
  [...names].filter((name) => OF_EACH_NODE.has(name))

/**
 * The settings of each node. The controller is a node of its own, so that any broker can be killed. What Kafka keeps
 * for itself has as many copies as there can be, up to three.
 */
export function clusterSettings(
  given: ReadonlyMap<string, string>,
  { brokers, controller, internal }: Ports,
  directory: string,
  secured: Secured | null = null,
): { readonly controller: NodeSettings; readonly brokers: readonly NodeSettings[] } {
  const copies = String(Math.min(3, brokers.length))
  const settings = (nodeId: number, port: number, role: Role, internalPort: number): NodeSettings => ({
    nodeId,
    port,
    ports: [port, internalPort],
    texts: new Map([
      ['offsets.topic.replication.factor', copies],
      ['transaction.state.log.replication.factor', copies],
      ['transaction.state.log.min.isr', String(Math.min(2, brokers.length))],
      ...given,
      ['process.roles', role],
      ['node.id', String(nodeId)],
      ...(secured ? securedNodeSettings(secured, { role, port, internalPort }) : plainSettings(role, port)),
      ['controller.listener.names', 'CONTROLLER'],
      ['controller.quorum.voters', `${CONTROLLER_ID}@localhost:${controller}`],
      ['log.dirs', join(directory, role === 'broker' ? String(nodeId) : role)],
    ]),
  })
  return {
    controller: settings(CONTROLLER_ID, controller, 'controller', controller),
    brokers: brokers.map((port, index) => settings(index + 1, port, 'broker', internal[index]!)),
  }
}

type Role = 'broker' | 'controller'

const plainSettings = (role: Role, port: number): [string, string][] => [
  ['listeners', `${role === 'broker' ? 'PLAINTEXT' : 'CONTROLLER'}://localhost:${port}`],
  ['listener.security.protocol.map', 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT'],
]
