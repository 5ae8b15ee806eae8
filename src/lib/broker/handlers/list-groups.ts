import { ListGroups, type ListGroupsResponse } from '../../protocol/apis/list-groups.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { mayOnCluster } from './shared/rights.ts'

/** Who may describe the cluster is told of all, others of those that they may describe. */
export const listGroups = handle(ListGroups, 'each', ({ statesFilter, typesFilter }, context) => {
  const { groups } = context.broker
  return coordinated(
    (): Input<ListGroupsResponse> => {
      const listed = groups.listGroups({ states: statesFilter, types: typesFilter })
      if (mayOnCluster(context, 'DESCRIBE')) return { groups: listed }
      return { groups: listed.filter(({ groupId }) => context.wouldBeAllowed('DESCRIBE', 'GROUP', groupId)) }
    },
    ({ errorCode }) => ({ errorCode }),
    () => groups.awaitCommitOfAll(),
  )
})
