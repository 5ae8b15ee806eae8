import type { ConsumerParts } from '../consumer/consumer.ts'
import { ClassicAssignment } from './classic/assignment.ts'
import { ConsumerAssignment } from './consumer/assignment.ts'
import type { GroupAssignment } from './group-assignment.ts'
import type { GroupReading } from './assigned-partitions.ts'

export type { GroupAssignment } from './group-assignment.ts'
export type { GroupReading } from './assigned-partitions.ts'
export type { GroupMetadata } from './membership.ts'
export { groupSettings, isInstanceId, type GroupSettings } from './settings.ts'

/** Reads what a group assigns, by the protocol that its settings name. */
export function groupAssignment(parts: ConsumerParts, reading: GroupReading): GroupAssignment {
  return reading.group.protocol === 'consumer'
    ? new ConsumerAssignment(parts, reading)
    : new ClassicAssignment(parts, reading)
}
