import { formatAddress } from '../address.ts'
import { Disk } from './log/disk.ts'
import { MemoryDisk } from './log/memory-disk.ts'
import { accessTo, secureInMemory } from './client-access.ts'
import { checkOptions, written, type BrokerOptions, type ClientAccess } from './options.ts'
import { checkProperties, parseBrokerConfig } from './state/configs/parse-broker-config.ts'
import { systemProcesses } from './state/storage/lock.ts'
import { securedSettings } from './secured.ts'
import { startNode } from './start.ts'

export { EnvironmentError, UserError } from '../errors.ts'
export { startCluster, type RunningCluster } from './cluster.ts'
export type { BrokerOptions, ClientAccess, ClusterOptions, KafkaJsConfig, Settings, TopicSeed } from './options.ts'

declare global {
  /** As @types/node and TypeScript's `esnext.disposable` have it, for whoever uses neither. */
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

/** A broker of this process. It keeps the process alive until it is stopped. */
export interface RunningBroker extends ClientAccess {
  /** `host:port`, for a client's `bootstrap.servers`. */
  readonly bootstrapServers: string
  readonly port: number
  readonly nodeId: number
  readonly clusterId: string
  /** Answers what is under way, writes everything to the disk and frees the port. A second call does nothing. */
  stop(): Promise<void>
  /** The same, for `await using broker = await startBroker()`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a Kafka broker in this process, for tests: `const kafka = await startBroker()`, then point any Kafka client at
 * `kafka.bootstrapServers`, and in the end `await kafka.stop()`.
 * Throws UserError for a bad option, setting or topic, EnvironmentError for a port or folder that cannot be had.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<RunningBroker> {
  checkOptions(options)
  const { port = 0, dataDir, properties = {}, topics = [], onWarning = () => {} } = options
  checkProperties(properties)
  const address = `127.0.0.1:${port}`
  const secured = secureInMemory(options, false)
  const { config, warnings } = parseBrokerConfig(
    new Map([
      ['listeners', `PLAINTEXT://${address}`],
      ...(secured ? securedSettings(secured, address) : []),
      ['log.dirs', dataDir ?? '/kafka-logs'],
      ['group.initial.rebalance.delay.ms', '0'],
      ...written(properties),
    ]),
  )
  warnings.forEach(onWarning)
  const fileSystem = dataDir === undefined ? new MemoryDisk() : new Disk()
  const node = await startNode({
    config,
    fileSystem,
    processes: systemProcesses,
    topics,
    users: secured?.users ?? [],
    warn: onWarning,
  })
  const [advertised] = node.addresses.values()
  const { nodeId, clusterId } = node
  const bootstrapServers = formatAddress(advertised!)
  const stop = (): Promise<void> => node.stop()
  return {
    nodeId,
    clusterId,
    port: advertised!.port,
    bootstrapServers,
    ...accessTo(secured, bootstrapServers),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
