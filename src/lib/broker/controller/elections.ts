import { KafkaError } from '../../errors.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { withoutLeader } from './broker-changes.ts'
import { NO_LEADER, type Election } from './partition-change.ts'
import {
  changeOf,
  isNotNull,
  mayElectUncleanly,
  partitionsWhere,
  type ControllerView,
  type TopicPartition,
} from './view.ts'

/** As many as one look at the cluster elects (MAX_ELECTIONS_PER_IMBALANCE); the rest comes right after. */
export const MOST_ELECTIONS = 1000

/**
 * The record of an election that somebody asks for (ReplicationControlManager.electLeader). Throws KafkaError
 * UNKNOWN_TOPIC_OR_PARTITION, ELECTION_NOT_NEEDED, PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE.
 */
export function electLeader(
  view: ControllerView,
  name: string,
  partitionId: number,
  election: Exclude<Election, 'online'>,
): NewMetadataRecord {
  const topic = view.cluster.topic(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${name}`)
  const partition = topic.partitions[partitionId]
  if (!partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${name}-${partitionId}`)
  const { leader, replicas } = partition
  const isDone = election === 'preferred' ? leader === replicas[0] : leader !== NO_LEADER
  if (isDone) throw new KafkaError('ELECTION_NOT_NEEDED', NOT_NEEDED)
  const record = changeOf(view, { topic, partition }, { election })
  if (record) return record
  throw election === 'preferred'
    ? new KafkaError('PREFERRED_LEADER_NOT_AVAILABLE', PREFERRED_NOT_AVAILABLE)
    : new KafkaError('ELIGIBLE_LEADERS_NOT_AVAILABLE', NOBODY_ELIGIBLE)
}

/** Kafka's own words for these errors (Errors). */
const NOT_NEEDED = 'Leader election not needed for topic partition.'
const PREFERRED_NOT_AVAILABLE = 'The preferred leader was not available.'
const NOBODY_ELIGIBLE = 'Eligible topic partition leaders are not available.'

/** Leads partitions back to their first replicas where these may lead (maybeBalancePartitionLeaders). */
export const preferredElections = (view: ControllerView): NewMetadataRecord[] =>
  elections(
    view,
    partitionsWhere(view, ({ leader, replicas }) => leader !== replicas[0]),
    'preferred',
  )

/**
 * Gives partitions without a leader one that may lack records, where their topics allow it (maybeElectUncleanLeaders).
 */
export const uncleanElections = (view: ControllerView): NewMetadataRecord[] =>
  elections(
    view,
    [...withoutLeader(view)].filter(({ topic }) => mayElectUncleanly(view, topic)),
    'unclean',
  )

function elections(
  view: ControllerView,
  partitions: Iterable<TopicPartition>,
  election: Election,
): NewMetadataRecord[] {
  const records: NewMetadataRecord[] = []
  for (const each of partitions) {
    if (records.length === MOST_ELECTIONS) break
    records.push(...[changeOf(view, each, { election })].filter(isNotNull))
  }
  return records
}
