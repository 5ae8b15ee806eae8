import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { sockets } from './network/sockets.ts'

const CONTROLLER_PORT_AFTER = 100

/** The ports of a cluster: one for each broker, and one for the controller. */
export interface Ports {
  readonly brokers: readonly number[]
  readonly controller: number
}

/**
 * One port after the other from the first on; 0 for any that are free. Throws EnvironmentError for one that is taken.
 */
export async function choosePorts(count: number, first: number): Promise<Ports> {
  const wanted = Array.from({ length: count }, (_, index) => (first === 0 ? 0 : first + index))
  const taken = await takePorts(wanted)
  const brokers = taken.map(({ port }) => port)
  const controller = await takePorts([first === 0 ? 0 : first + CONTROLLER_PORT_AFTER]).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error
    return takePorts([0])
  })
  // All at once up to here: nobody may be given the same twice.
  await Promise.all([...taken, ...controller].map((server) => server.close()))
  return { brokers, controller: controller[0]!.port }
}

const takePorts = (ports: readonly number[]) =>
  Promise.all(ports.map((port) => sockets.listen({ host: 'localhost', port, idleMs: 0, maxConnections: 1 }, refuse)))

const refuse = (stream: { destroy(): void }): void => stream.destroy()

/**
 * The settings of each node: the first is the controller too, the others follow it. What Kafka keeps for itself has as
 * many copies as there can be, up to three.
 */
export function clusterSettings(
  given: ReadonlyMap<string, string>,
  { brokers, controller }: Ports,
  directory: string,
): ReadonlyMap<string, string>[] {
  const copies = String(Math.min(3, brokers.length))
  return brokers.map((port, index) => {
    const nodeId = index + 1
    const own = `PLAINTEXT://localhost:${port}`
    return new Map([
      ['offsets.topic.replication.factor', copies],
      ['transaction.state.log.replication.factor', copies],
      ['transaction.state.log.min.isr', String(Math.min(2, brokers.length))],
      ...given,
      ['process.roles', nodeId === 1 ? 'broker,controller' : 'broker'],
      ['node.id', String(nodeId)],
      ['listeners', nodeId === 1 ? `${own},CONTROLLER://localhost:${controller}` : own],
      ['listener.security.protocol.map', 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT'],
      ['controller.listener.names', 'CONTROLLER'],
      ['controller.quorum.voters', `1@localhost:${controller}`],
      ['log.dirs', join(directory, String(nodeId))],
    ])
  })
}
