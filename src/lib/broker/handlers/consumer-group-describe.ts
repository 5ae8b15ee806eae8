import { ConsumerGroupDescribe } from '../../protocol/apis/consumer-group-describe.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { DescribedConsumerGroup } from '../state/groups/consumer/describe.ts'
import { handle, type RequestContext } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { authorizedOperations, requireRight } from './shared/rights.ts'
import { inTurns } from '../state/turns.ts'

export const consumerGroupDescribe = handle(
  ConsumerGroupDescribe,
  'each',
  async ({ groupIds, includeAuthorizedOperations }, context) => {
    const { broker } = context
    const describe = (groupId: string): DescribedConsumerGroup | Promise<DescribedConsumerGroup> =>
      coordinated(
        (): DescribedConsumerGroup => {
          requireRight(context, 'DESCRIBE', 'GROUP', groupId)
          const described = broker.groups.describeConsumerGroup(groupId)
          return {
            ...(showsHiddenTopic(described, context) ? { groupId, ...HIDDEN } : described),
            ...(includeAuthorizedOperations && {
              authorizedOperations: authorizedOperations(context, 'GROUP', groupId),
            }),
          }
        },
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

/** A group is described whole or not at all (KafkaApis.handleConsumerGroupDescribe). */
const HIDDEN = {
  errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED,
  errorMessage: 'The group has described topic(s) that the client is not authorized to describe.',
}

function showsHiddenTopic({ members = [] }: DescribedConsumerGroup, context: RequestContext): boolean {
  const assigned = members.flatMap(({ assignment, targetAssignment }) => [
    ...(assignment?.topicPartitions ?? []),
    ...(targetAssignment?.topicPartitions ?? []),
  ])
  const topics = [
    ...members.flatMap(({ subscribedTopicNames }) => subscribedTopicNames ?? []),
    ...assigned.map(({ topicName }) => topicName ?? ''),
  ]
  return topics.some((topic) => !context.isAllowed('DESCRIBE', 'TOPIC', topic))
}
