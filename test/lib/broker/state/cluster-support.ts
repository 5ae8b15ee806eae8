import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { MetadataLog } from '../../../../src/lib/broker/raft/index.ts'
import { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import type { PartitionRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** The metadata of node 1, kept in `/data`. */
export const openCluster = (fileSystem: MemoryDisk, nodeId = 1): Cluster =>
  new Cluster('cluster', openMetadataLog(fileSystem, nodeId))

export const openMetadataLog = (fileSystem: MemoryDisk, nodeId = 1): MetadataLog =>
  MetadataLog.open({
    fileSystem,
    directory: '/data',
    clock: new FakeClock(),
    nodeId,
    cleanShutdown: false,
    directoryIds: ['DIRECTORYAAAAAAAAAAAAA'],
    warn() {},
    minInsyncReplicas: 1,
  })

/** Partition 0, with its one replica on node 1. */
export const partition: PartitionRegistration = {
  partition: 0,
  leader: 1,
  leaderEpoch: 0,
  partitionEpoch: 0,
  replicas: [1],
  isr: [1],
  elr: [],
  lastKnownElr: [],
  addingReplicas: [],
  removingReplicas: [],
  leaderRecoveryState: 0,
  directories: ['DIRECTORYAAAAAAAAAAAAA'],
}

export const newDataDisk = (): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.makeDirectory('/data')
  disk.syncDirectory('/')
  return disk
}

/** Topic ids of the right form. */
export const [ID_A, ID_B, ID_C] = [
  'AAAAAAAAAAAAAAAAAAAAag',
  'AAAAAAAAAAAAAAAAAAAAbg',
  'AAAAAAAAAAAAAAAAAAAAcg',
] as const
