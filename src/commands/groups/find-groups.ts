import {
  isConsumerGroup,
  listGroups,
  type GroupFilter,
  type GroupListing,
  type GroupType,
} from '../../lib/client/admin/list-groups.ts'
import type { Work } from './work.ts'

export interface ChosenGroup {
  readonly groupId: string
  /** Null where it is not known yet. */
  readonly type: GroupType | null
}

/** The groups that this tool shows: Apache's sees consumer groups only. */
export async function visibleGroups(
  { client, context, patience }: Work,
  filter: GroupFilter = {},
): Promise<GroupListing[]> {
  const groups = await listGroups(client, filter, patience)
  return context.style === 'kts' ? groups : groups.filter(isConsumerGroup)
}

/** The groups that the options name, each once and sorted; with `onlyConsumers` --all-groups means consumer groups. */
export async function chooseGroups(work: Work, { onlyConsumers = false } = {}): Promise<ChosenGroup[]> {
  const { values } = work
  if (!values.allGroups) return [...new Set(values.group)].sort().map((groupId) => ({ groupId, type: null }))
  const groups = await visibleGroups(work)
  return groups.filter((group) => !onlyConsumers || isConsumerGroup(group))
}

/** For describeGroups, which asks less where it knows the types. */
export const typesOf = (groups: readonly ChosenGroup[]): ReadonlyMap<string, GroupType | null> =>
  new Map(groups.map(({ groupId, type }) => [groupId, type]))
