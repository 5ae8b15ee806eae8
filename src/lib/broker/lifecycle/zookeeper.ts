import { formatAddress, type Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { EnvironmentError, isExpected, MalformedError } from '../../errors.ts'
import { parseQuorumState } from '../../protocol/log-files/index.ts'
import type { FileSystem } from '../log/file-system.ts'
import type { Network } from '../network/network.ts'
import { metadataFolder } from '../raft/index.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import { zookeeperPath } from '../state/configs/roles.ts'
import { reportingDisk } from '../state/storage/log-directory.ts'
import { readMetaProperties } from '../state/storage/meta-properties.ts'
import { findCluster } from './find-cluster.ts'
import { foreignCluster } from './registration.ts'

export interface ZookeeperOptions {
  readonly config: BrokerConfig
  readonly fileSystem: FileSystem
  readonly network: Network
  readonly clock: Clock
  readonly warn: (line: string) => void
}

const FOREIGN = 'INCONSISTENT_CLUSTER_ID'
/** A process on this machine answers at once, or is no controller. */
const ASK_MS = 2000

/**
 * The controllers that a broker with a file of the time of ZooKeeper joins, of those `addresses`: kts's own stands
 * where its tutorials start ZooKeeper. Empty when the broker goes on alone, as when nobody has started one. Rejects
 * with EnvironmentError for a folder that belongs under another controller.
 */
export async function controllersInPlaceOfZookeeper(
  addresses: readonly Address[],
  options: ZookeeperOptions,
): Promise<readonly Address[]> {
  const { config, fileSystem, network, clock, warn } = options
  for (const address of addresses) {
    const place = formatAddress(address)
    try {
      const found = await findCluster({ network, clock, address, nodeId: config.number('node.id') }, ASK_MS)
      const directory = config.metadataLogDir()
      const own = reportingDisk(directory, () => readMetaProperties(fileSystem, directory))?.clusterId ?? found
      if (found === own) {
        const path = zookeeperPath(config)
        if (path.length > 1) warn(`zookeeper.connect: ${path} is no cluster of its own, ${place} has one for all paths`)
        return [address]
      }
      if (followsAnother(options)) throw new EnvironmentError(foreignCluster(`${own}`, place), { code: FOREIGN })
      warn(`${place} is the controller of another cluster than that of ${directory}: this broker goes on alone`)
      return []
    } catch (error) {
      if (!isExpected(error)) throw error
      const code = 'code' in error ? error.code : undefined
      if (code === FOREIGN) throw error
      if (code === 'ECONNREFUSED') continue
      warn(`what listens on ${place} is no controller of kts: this broker needs no ZooKeeper, and goes on alone`)
      return []
    }
  }
  // Without its controller a broker that has joined one must not make a cluster of its own.
  return followsAnother(options) ? addresses : []
}

function followsAnother({ config, fileSystem }: ZookeeperOptions): boolean {
  const directory = config.metadataLogDir()
  const content = reportingDisk(directory, () => fileSystem.readFile(`${metadataFolder(directory)}/quorum-state`))
  try {
    const { leaderId, currentVoters } = parseQuorumState(`${content}`)
    return [leaderId, ...currentVoters].some((id) => id >= 0 && id !== config.number('node.id'))
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return false
  }
}
