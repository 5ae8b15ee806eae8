import { OffsetDelete, type OffsetDeleteResponse } from '../../protocol/apis/offset-delete.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

export const offsetDelete = handle(OffsetDelete, 'each', ({ groupId, topics }, context) => {
  const { groups } = context.broker
  const isAllowed = ({ name }: { name: string }): boolean => context.isAllowed('READ', 'TOPIC', name)
  return coordinated(
    (): Input<OffsetDeleteResponse> => {
      requireRight(context, 'DELETE', 'GROUP', groupId)
      const deleted = groups.deleteOffsets(groupId, topics.filter(isAllowed))
      const refused = topics.filter((topic) => !isAllowed(topic))
      return {
        topics: [
          ...deleted.map(({ name, partitions }) => ({
            name,
            partitions: partitions.map(({ partitionIndex, error }) => ({ partitionIndex, errorCode: ERRORS[error] })),
          })),
          ...refused.map(({ name, partitions }) => ({
            name,
            partitions: partitions.map(({ partitionIndex }) => ({
              partitionIndex,
              errorCode: ERRORS.TOPIC_AUTHORIZATION_FAILED,
            })),
          })),
        ],
      }
    },
    ({ errorCode }) => ({ errorCode }),
    () => groups.awaitCommit(groupId),
  )
})
