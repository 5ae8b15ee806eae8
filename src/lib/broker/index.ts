import { formatAddress } from '../address.ts'
import { UserError } from '../errors.ts'
import { Disk } from './log/disk.ts'
import { MemoryDisk } from './log/memory-disk.ts'
import { parseBrokerConfig } from './state/configs/parse-broker-config.ts'
import { systemProcesses } from './state/storage/lock.ts'
import { startNode } from './start.ts'
import type { TopicSeed } from './topic-seeds.ts'

export interface BrokerOptions {
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number
  /** Folder for the logs. Without it everything is kept in memory and gone with the broker. */
  readonly dataDir?: string
  /**
   * Settings as in Kafka's `server.properties`, e.g. `{ 'auto.create.topics.enable': 'false' }`; they win over `port`
   * and `dataDir`.
   */
  readonly properties?: Readonly<Record<string, string>>
  /**
   * Topics to begin with: `['events', 'orders:3', { name: 'users', partitions: 2, configs: { 'cleanup.policy':
   * 'compact' } }]`. Those that the data folder has already stay as they are.
   */
  readonly topics?: readonly (string | TopicSeed)[]
  /** Gets one line on what goes wrong in the background. Nothing is printed by default. */
  readonly onWarning?: (line: string) => void
}

export interface RunningBroker {
  /** `host:port`, for a client's `bootstrap.servers`. */
  readonly bootstrapServers: string
  readonly port: number
  readonly nodeId: number
  readonly clusterId: string
  /** Answers what is under way, writes everything to the disk and frees the port. */
  stop(): Promise<void>
}

/**
 * Starts a Kafka broker in this process, for tests: `const kafka = await startBroker()`, then point any Kafka client at
 * `kafka.bootstrapServers`, and in the end `await kafka.stop()`.
 * Throws UserError for a bad setting, EnvironmentError for a port or folder that cannot be had.
 */
export async function startBroker({
  port = 0,
  dataDir,
  properties = {},
  topics = [],
  onWarning = () => {},
}: BrokerOptions = {}): Promise<RunningBroker> {
  if (dataDir === '') throw new UserError('dataDir is empty: leave it out to keep everything in memory')
  const { config, warnings } = parseBrokerConfig(
    new Map(
      Object.entries({
        listeners: `PLAINTEXT://127.0.0.1:${port}`,
        'log.dirs': dataDir ?? '/kafka-logs',
        'group.initial.rebalance.delay.ms': '0',
        ...properties,
      }),
    ),
  )
  warnings.forEach(onWarning)
  const fileSystem = dataDir === undefined ? new MemoryDisk() : new Disk()
  const node = await startNode({ config, fileSystem, processes: systemProcesses, topics, warn: onWarning })
  const [address] = node.addresses.values()
  const { nodeId, clusterId } = node
  return { nodeId, clusterId, port: address!.port, bootstrapServers: formatAddress(address!), stop: () => node.stop() }
}

export type { TopicSeed } from './topic-seeds.ts'
export { parseBrokerConfig } from './state/configs/parse-broker-config.ts'
export { Disk } from './log/disk.ts'
export { MemoryDisk } from './log/memory-disk.ts'
export { startNode, type RunningNode } from './start.ts'
export { systemProcesses } from './state/storage/lock.ts'
