import type { NewMetadataRecord, NewMetadataRecordOf } from '../../protocol/internal-records/index.ts'
import { hasCordonedDirectories } from '../../protocol/metadata-version.ts'
import { FENCE, IN_CONTROLLED_SHUTDOWN, UNFENCE } from '../state/cluster/brokers.ts'
import type { BrokerRegistration, PartitionRegistration } from '../state/cluster/types.ts'
import { NO_LEADER } from './partition-change.ts'
import { without } from './reassignment.ts'
import {
  changeOf,
  isElrEnabled,
  mayElectUncleanly,
  partitionsWhere,
  type ControllerView,
  type TopicPartition,
} from './view.ts'

/** What happens to a broker while records are made of it, which the metadata does not show yet. */
interface Cause {
  /** It leaves ISRs and leads nothing. */
  readonly removed?: number
  /** It may lead from now on. */
  readonly added?: number
  /** It leaves ISR and ELR, and leads nothing. */
  readonly uncleanShutdown?: number
}

/** The broker leaves every ISR, and others take over what it leads. */
export const fenceBroker = (view: ControllerView, { nodeId, epoch }: BrokerRegistration): NewMetadataRecord[] => [
  ...leaderAndIsrChanges(view, inSyncOn(view, nodeId), { removed: nodeId }),
  registrationChange(nodeId, epoch, { fenced: FENCE }),
]

/** The broker may lead what has no leader. */
export const unfenceBroker = (view: ControllerView, { nodeId, epoch }: BrokerRegistration): NewMetadataRecord[] => [
  registrationChange(nodeId, epoch, { fenced: UNFENCE }),
  ...leaderAndIsrChanges(view, withoutLeader(view), { added: nodeId }),
]

export const unregisterBroker = (view: ControllerView, { nodeId, epoch }: BrokerRegistration): NewMetadataRecord[] => [
  ...leaderAndIsrChanges(view, inSyncOn(view, nodeId), { removed: nodeId }),
  ...leaderAndIsrChanges(view, eligibleOn(view, nodeId), { removed: nodeId }),
  { type: 'UNREGISTER_BROKER_RECORD', brokerId: nodeId, brokerEpoch: epoch },
]

/** The broker is about to stop: it hands on what it leads, and leaves ISRs. */
export const beginControlledShutdown = (
  view: ControllerView,
  { nodeId, epoch, isInControlledShutdown }: BrokerRegistration,
): NewMetadataRecord[] => [
  ...(isInControlledShutdown
    ? []
    : [registrationChange(nodeId, epoch, { inControlledShutdown: IN_CONTROLLED_SHUTDOWN })]),
  ...leaderAndIsrChanges(view, inSyncOn(view, nodeId), { removed: nodeId }),
]

/**
 * A new run of a broker has begun. After a crash it may lack what was not on its disk yet, so that it is no longer
 * eligible either (KIP-966).
 */
export function brokerHasStopped(view: ControllerView, nodeId: number, isClean: boolean): NewMetadataRecord[] {
  if (isClean || !isElrEnabled(view)) return leaderAndIsrChanges(view, inSyncOn(view, nodeId), { removed: nodeId })
  return [
    ...leaderAndIsrChanges(view, inSyncOn(view, nodeId), { uncleanShutdown: nodeId }),
    ...leaderAndIsrChanges(view, eligibleOn(view, nodeId), { uncleanShutdown: nodeId }),
  ]
}

/** Directories of a broker have failed: replicas there leave ISRs as if it had been fenced. */
export function failDirectories(
  view: ControllerView,
  { nodeId, epoch, directories }: BrokerRegistration,
  failed: readonly string[],
): NewMetadataRecord[] {
  const newlyFailed = directories.filter((id) => failed.includes(id))
  if (newlyFailed.length === 0) return []
  const liesThere = ({ directories: places }: PartitionRegistration): boolean =>
    places.some((id) => newlyFailed.includes(id))
  return [
    ...leaderAndIsrChanges(view, partitionsWhere(view, liesThere), { removed: nodeId }),
    registrationChange(nodeId, epoch, { logDirs: directories.filter((id) => !failed.includes(id)) }),
  ]
}

/**
 * Which directories take no new partitions (KIP-1066); null from a broker that has not caught up, which does not know.
 */
export function cordonDirectories(
  { cluster }: ControllerView,
  { nodeId, epoch, cordonedDirectories }: BrokerRegistration,
  cordoned: readonly string[] | null,
): NewMetadataRecord[] {
  if (!hasCordonedDirectories(cluster.metadataLevel)) return []
  const isKnown =
    cordoned?.length === cordonedDirectories?.length && cordoned?.every((id) => cordonedDirectories?.includes(id))
  return cordoned === null || isKnown ? [] : [registrationChange(nodeId, epoch, { cordonedLogDirs: cordoned })]
}

/** What becomes of these partitions (ReplicationControlManager.generateLeaderAndIsrUpdates). */
export function leaderAndIsrChanges(
  view: ControllerView,
  partitions: Iterable<TopicPartition>,
  { removed, added, uncleanShutdown }: Cause,
): NewMetadataRecord[] {
  const leaving = [removed, uncleanShutdown].filter((nodeId) => nodeId !== undefined)
  const mayLead = (nodeId: number): boolean =>
    !leaving.includes(nodeId) && (nodeId === added || view.cluster.isActive(nodeId))
  const changes: NewMetadataRecord[] = []
  for (const each of partitions) {
    const change = changeOf(
      view,
      each,
      {
        isr: without(each.partition.isr, leaving),
        ...(mayElectUncleanly(view, each.topic) && { election: 'unclean' }),
        ...(uncleanShutdown !== undefined && { uncleanShutdown }),
      },
      mayLead,
    )
    if (change) changes.push(change)
  }
  return changes
}

const inSyncOn = (view: ControllerView, nodeId: number): Iterable<TopicPartition> =>
  partitionsWhere(view, ({ isr }) => isr.includes(nodeId))

const eligibleOn = (view: ControllerView, nodeId: number): Iterable<TopicPartition> =>
  partitionsWhere(view, ({ elr }) => elr.includes(nodeId))

export const withoutLeader = (view: ControllerView): Iterable<TopicPartition> =>
  partitionsWhere(view, ({ leader }) => leader === NO_LEADER)

const registrationChange = (
  brokerId: number,
  brokerEpoch: bigint,
  change: Partial<NewMetadataRecordOf<'BROKER_REGISTRATION_CHANGE_RECORD'>>,
): NewMetadataRecord => ({ ...change, type: 'BROKER_REGISTRATION_CHANGE_RECORD', brokerId, brokerEpoch })
