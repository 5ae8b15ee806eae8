import type { Clock } from '../../../clock.ts'
import type { CoordinatorLog } from '../coordination/coordinator-log.ts'
import type { ClassicGroup } from './classic/group.ts'
import type { ConsumerGroup } from './consumer/group.ts'
import type { CoordinatorTimers } from '../coordination/timers.ts'
import type { GroupReport } from './group-report.ts'
import type { OffsetStore } from './offsets/store.ts'
import type { GroupRecord } from './records.ts'
import type { GroupOverrides, GroupSettings } from './settings.ts'
import type { TopicLookup } from './topic-lookup.ts'

export type Group = ClassicGroup | ConsumerGroup

/** What the parts of the coordinator share. */
export interface GroupContext {
  readonly clock: Clock
  readonly settings: GroupSettings
  readonly topics: TopicLookup
  readonly log: CoordinatorLog<GroupRecord>
  readonly timers: CoordinatorTimers
  readonly groups: Map<string, Group>
  readonly offsets: OffsetStore
  /** From when the groups are loaded, where somebody wants to hear of them. */
  report?: GroupReport
  /** What is set for one group over the broker's settings. */
  overrides(groupId: string): GroupOverrides
}
