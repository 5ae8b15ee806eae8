import { DescribeGroups } from '../../protocol/apis/describe-groups.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { DescribedGroup } from '../state/groups/classic/describe.ts'
import { handle } from '../handle.ts'
import { coordinated, type Refusal } from './shared/coordinated.ts'
import { authorizedOperations, requireRight } from './shared/rights.ts'
import { inTurns } from '../state/turns.ts'

/** Before this version a group that is not there is told to be dead (KIP-1043). */
const NOT_FOUND_FROM = 6

export const describeGroups = handle(
  DescribeGroups,
  'each',
  async ({ groups, includeAuthorizedOperations }, context) => {
    const { broker, header } = context
    const refuse = (groupId: string, { error, errorCode, errorMessage }: Refusal): DescribedGroup => {
      if (error !== 'GROUP_ID_NOT_FOUND') return { groupId, errorCode }
      return { groupId, groupState: 'Dead', ...(header.apiVersion >= NOT_FOUND_FROM && { errorCode, errorMessage }) }
    }
    const describe = async (groupId: string): Promise<DescribedGroup> => {
      const described = await coordinated(
        () => {
          requireRight(context, 'DESCRIBE', 'GROUP', groupId)
          return broker.groups.describeGroup(groupId)
        },
        (refusal) => refuse(groupId, refusal),
        () => broker.groups.awaitCommit(groupId),
      )
      const isTold = includeAuthorizedOperations && (described.errorCode ?? ERRORS.NONE) === ERRORS.NONE
      return isTold
        ? { ...described, authorizedOperations: authorizedOperations(context, 'GROUP', groupId) }
        : described
    }
    return { groups: await inTurns(broker.turns, [...new Set(groups)], describe) }
  },
)
