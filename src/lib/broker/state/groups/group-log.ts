import { KafkaError } from '../../../errors.ts'
import { partitionFor } from '../coordination/partitioner.ts'
import { decodeRecord, encodeRecord, type GroupRecord } from './records.ts'
import type { StateTopic } from '../coordination/state-topic.ts'

/** The coordinator's records in the state topic: each group's are in one partition, in the order of their writing. */
export class GroupLog {
  constructor(private readonly topic: StateTopic) {}

  /** Whether this node coordinates a group. A topic that is not there yet will be made here, on the first write. */
  coordinates(groupId: string): boolean {
    return !this.topic.exists() || this.topic.isLeader(this.partitionFor(groupId))
  }

  exists(): boolean {
    return this.topic.exists()
  }

  /** Makes the topic when it is missing. Throws KafkaError when it cannot. */
  partitionFor(groupId: string): number {
    return partitionFor(groupId, this.topic.partitionCount())
  }

  /** Appends as one batch, all or nothing. Throws KafkaError NOT_COORDINATOR, KAFKA_STORAGE_ERROR and the like. */
  append(groupId: string, records: readonly GroupRecord[]): void {
    if (records.length === 0) return
    const partition = this.partitionFor(groupId)
    if (!this.topic.isLeader(partition)) throw new KafkaError('NOT_COORDINATOR')
    this.topic.append(partition, records.map(encodeRecord))
  }

  /** Everything of the groups that this node coordinates; records of kinds that are not known here are left out. */
  *replay(): Generator<GroupRecord> {
    if (!this.topic.exists()) return
    for (let partition = 0; partition < this.topic.partitionCount(); partition += 1) {
      if (!this.topic.isLeader(partition)) continue
      for (const stored of this.topic.replay(partition)) {
        const record = decodeRecord(stored)
        if (record) yield record
      }
    }
  }
}
