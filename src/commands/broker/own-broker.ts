import { formatAddress } from '../../lib/address.ts'
import { Disk } from '../../lib/broker/log/disk.ts'
import { MemoryDisk } from '../../lib/broker/log/memory-disk.ts'
import { startNode, type RunningNode } from '../../lib/broker/start.ts'
import type { User } from '../../lib/broker/user-seeds.ts'
import type { BrokerConfig } from '../../lib/broker/state/configs/broker-config.ts'
import { parseBrokerConfig } from '../../lib/broker/state/configs/parse-broker-config.ts'
import { systemProcesses } from '../../lib/broker/state/storage/lock.ts'
import type { Context } from '../../lib/command/define.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { shownName } from '../../lib/output/shown.ts'
import { portTaken } from '../../lib/port-holder.ts'
import type { Order } from '../../lib/work/command.ts'
import { hasPort, runningBrokers, type RunningBroker } from './running.ts'
import { placedOnly, portOf, readSettings, type PlaceValues, type StartValues } from './settings.ts'

/** A node in this process, and what is noted of it. */
export interface OwnBroker {
  readonly node: RunningNode
  readonly place: Pick<RunningBroker, 'nodeId' | 'clusterId' | 'role' | 'bootstrapServers' | 'dataDir'>
}

/** Starts a broker that nothing but its place is said of. Throws as startOwnBroker does. */
export async function startPlacedBroker(order: Order<PlaceValues>): Promise<OwnBroker> {
  const values = placedOnly(order.values)
  const settings = await readSettings(values, order.context, undefined)
  return startOwnBroker({ ...order, values }, parseBrokerConfig(settings).config, { port: portOf(settings) })
}

/** Starts a node in this process. Throws what startNode throws, and of a port that is taken says by whom. */
export async function startOwnBroker(
  { values, context, voice }: Order<StartValues>,
  config: BrokerConfig,
  { port, users = [] }: { readonly port: number; readonly users?: readonly User[] },
): Promise<OwnBroker> {
  const node = await startNode({
    config,
    fileSystem: values.inMemory ? new MemoryDisk() : new Disk(),
    processes: systemProcesses,
    topics: values.topic,
    users,
    warn: voice.say,
    signal: context.signal,
    info: values.verbose ? (line) => void context.stderr.write(`${shownName(line)}\n`) : undefined,
  }).catch((error: unknown) => {
    throw nameHolder(error, port, context)
  })
  const role = node.addresses.size > 0 ? 'broker' : 'controller'
  const addresses = role === 'broker' ? node.addresses : node.controllerAddresses
  return {
    node,
    place: {
      nodeId: node.nodeId,
      clusterId: node.clusterId,
      role,
      bootstrapServers: [...addresses.values()].map(formatAddress).join(','),
      dataDir: values.inMemory ? null : config.logDirs().join(', '),
    },
  }
}

/** Whoever finds the port taken is told by whom, and what to do. */
function nameHolder(error: unknown, port: number, context: Context): unknown {
  if (!(error instanceof EnvironmentError && error.code === 'EADDRINUSE')) return error
  const own = runningBrokers(context).find((broker) => hasPort(broker, port))
  if (own)
    return new EnvironmentError(
      `port ${port} is taken by a broker of kts (pid ${own.pid}, ${placeOf(own)}); stop it with ${stopCommand(own, port)}, or choose another port with --port`,
    )
  return context.style === 'kts' ? new EnvironmentError(portTaken(port, '--port'), { cause: error }) : error
}

const stopCommand = ({ page }: RunningBroker, port: number): string =>
  page === undefined ? `kts broker stop --port ${port}` : 'kts down'

/** Where a broker is, in a line; with a pid, of one in the background. */
export const brokerLine = ({
  role,
  nodeId,
  bootstrapServers,
  dataDir,
  pid,
}: Pick<RunningBroker, 'role' | 'nodeId' | 'bootstrapServers' | 'dataDir'> & { readonly pid?: number }): string =>
  `Kafka ${role} ${nodeId} ready at ${bootstrapServers}, ${placeOf({ dataDir })}${pid === undefined ? '' : `, pid ${pid}`}\n`

const placeOf = ({ dataDir }: Pick<RunningBroker, 'dataDir'>): string =>
  dataDir === null ? 'in memory' : `data in ${dataDir}`
