import type { Clock } from '../../../clock.ts'
import type { ClassicGroup } from './classic/group.ts'
import type { ConsumerGroup } from './consumer/group.ts'
import type { ShardContext } from '../coordination/shards.ts'
import type { GroupReport } from './group-report.ts'
import type { OffsetStore } from './offsets/store.ts'
import type { GroupRecord } from './records.ts'
import type { GroupOverrides, GroupSettings } from './settings.ts'
import type { TopicLookup } from './topic-lookup.ts'

export type Group = ClassicGroup | ConsumerGroup

/** What is the same for all groups. */
export interface SharedGroupContext {
  readonly clock: Clock
  readonly settings: GroupSettings
  readonly topics: TopicLookup
  /** What is set for one group over the broker's settings. */
  overrides(groupId: string): GroupOverrides
}

/** What is known of the groups of one partition of the state topic. */
export interface GroupContext extends SharedGroupContext, ShardContext<GroupRecord> {
  readonly groups: Map<string, Group>
  readonly offsets: OffsetStore
  /** From when the groups are loaded, where somebody wants to hear of them. */
  report?: GroupReport
}
