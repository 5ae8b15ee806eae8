import { join } from 'node:path'
import {
  encodeMetadataRecord,
  type MetadataRecord,
  type NewMetadataRecord,
} from '../../protocol/internal-records/index.ts'
import { BOOTSTRAP_FILE, readSnapshot, snapshotBatches } from '../../protocol/log-files/index.ts'
import { hasMetadataTransactions, LATEST_LEVEL, METADATA_VERSION } from '../../protocol/metadata-version.ts'
import { onDisk } from '../log/index.ts'
import { decodeRecord } from './committed.ts'
import { refusingUnknown } from './folder.ts'
import type { LegacyJournal } from './legacy-journal.ts'
import type { ReplicaOptions } from './replica.ts'

export interface BootstrapOptions {
  /** The ids of the data folders, that of the metadata first. */
  readonly directoryIds: readonly string[]
  /** `min.insync.replicas` of the configuration: with KIP-966 the cluster keeps it itself. */
  readonly minInsyncReplicas: number
}

const ELIGIBLE_LEADER_REPLICAS = 'eligible.leader.replicas.version'
const BROKER_RESOURCE = 4

const level = (name: string, featureLevel: number): NewMetadataRecord => ({
  type: 'FEATURE_LEVEL_RECORD',
  name,
  featureLevel,
})

/** What Kafka 4.3 begins with, in its order, without share groups and streams groups. */
const FEATURE_LEVELS: readonly NewMetadataRecord[] = [
  level(METADATA_VERSION, LATEST_LEVEL),
  level(ELIGIBLE_LEADER_REPLICAS, 1),
  level('group.version', 1),
  level('transaction.version', 2),
]

/**
 * What the first leader writes (ActivationRecordsGenerator), as one transaction where the cluster has room for that:
 * what `kafka-storage format` has left in the folder, or else what it would leave, which is then written; and what an
 * older kts knew.
 */
export function bootstrapRecords(
  options: ReplicaOptions & BootstrapOptions,
  journal: LegacyJournal,
): { readonly records: readonly NewMetadataRecord[]; readonly metadataLevel: number } {
  const formatted = readBootstrapFile(options) ?? FEATURE_LEVELS
  if (formatted === FEATURE_LEVELS) onDisk('write to', options.directory, () => writeBootstrapFile(options, formatted))
  const { nodeId, directoryIds, minInsyncReplicas } = options
  const metadataLevel = levelIn(formatted, METADATA_VERSION) ?? LATEST_LEVEL
  const records = [
    ...formatted,
    ...(levelIn(formatted, ELIGIBLE_LEADER_REPLICAS) ? [minInsync(minInsyncReplicas)] : []),
    ...journal.records(nodeId, directoryIds),
  ]
  return { records: hasMetadataTransactions(metadataLevel) ? inTransaction(records) : records, metadataLevel }
}

const inTransaction = (records: readonly NewMetadataRecord[]): NewMetadataRecord[] => [
  { type: 'BEGIN_TRANSACTION_RECORD', name: 'Bootstrap records' },
  ...records,
  { type: 'END_TRANSACTION_RECORD' },
]

/** Undefined for a feature of which nothing is said. */
function levelIn(records: readonly NewMetadataRecord[], name: string): number | undefined {
  for (const record of records)
    if (record.type === 'FEATURE_LEVEL_RECORD' && record.name === name) return record.featureLevel
}

/** The default of the cluster, which decides who is eligible wherever a topic does not. */
const minInsync = (value: number): NewMetadataRecord => ({
  type: 'CONFIG_RECORD',
  resourceType: BROKER_RESOURCE,
  resourceName: '',
  name: 'min.insync.replicas',
  value: String(value),
})

function readBootstrapFile({ fileSystem, directory }: ReplicaOptions): readonly MetadataRecord[] | null {
  const path = join(directory, BOOTSTRAP_FILE)
  const content = onDisk('read', directory, () => fileSystem.readFile(path))
  return content && refusingUnknown(path, () => readSnapshot(content).values.map(decodeRecord))
}

/** Leaves records for the first leader. Throws the error of the disk. */
export function writeBootstrapFile(
  { fileSystem, directory, clock }: Pick<ReplicaOptions, 'fileSystem' | 'directory' | 'clock'>,
  records: readonly NewMetadataRecord[],
): void {
  const batches = snapshotBatches(
    { epoch: 0, timestamp: BigInt(clock.now()), lastContainedLogTimestamp: 0n },
    records.map((record) => encodeMetadataRecord(record, levelIn(records, METADATA_VERSION) ?? LATEST_LEVEL)),
  )
  fileSystem.writeFileAtomically(join(directory, BOOTSTRAP_FILE), Buffer.concat([...batches]))
}
