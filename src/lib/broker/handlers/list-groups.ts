import { ListGroups, type ListGroupsResponse } from '../../protocol/apis/list-groups.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

export const listGroups = handle(ListGroups, ({ statesFilter, typesFilter }, { broker }) =>
  coordinated(
    (): Input<ListGroupsResponse> => ({
      groups: broker.groups.listGroups({ states: statesFilter, types: typesFilter }),
    }),
    ({ errorCode }) => ({ errorCode }),
    () => broker.groups.awaitCommitOfAll(),
  ),
)
