import { isConsumerGroup, listGroups, type GroupFilter, type GroupListing } from '../../lib/client/admin/list-groups.ts'
import type { ChosenGroup } from '../../lib/overview/group-lag.ts'
import type { Work } from './work.ts'

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
