import { ConsumerGroupDescribe } from '../../protocol/apis/consumer-group-describe.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { GROUP_OPERATIONS } from '../state/authorized-operations.ts'
import type { DescribedConsumerGroup } from '../state/groups/consumer/describe.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { inTurns } from '../state/turns.ts'

export const consumerGroupDescribe = handle(
  ConsumerGroupDescribe,
  async ({ groupIds, includeAuthorizedOperations }, { broker }) => {
    const describe = (groupId: string): DescribedConsumerGroup | Promise<DescribedConsumerGroup> =>
      coordinated(
        (): DescribedConsumerGroup => ({
          ...broker.groups.describeConsumerGroup(groupId),
          ...(includeAuthorizedOperations && { authorizedOperations: GROUP_OPERATIONS }),
        }),
        ({ errorCode, errorMessage }) => ({ groupId, errorCode, errorMessage }),
        () => broker.groups.awaitCommit(groupId),
      )
    const wanted = [...new Set(groupIds)]
    if (broker.cluster.featureLevel('group.version') === 0)
      return {
        groups: wanted.map((groupId) => ({ groupId, errorCode: ERRORS.UNSUPPORTED_VERSION, errorMessage: null })),
      }
    return { groups: await inTurns(broker.turns, wanted, describe) }
  },
)
