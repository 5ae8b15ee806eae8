import { OffsetDelete, type OffsetDeleteResponse } from '../../protocol/apis/offset-delete.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { coordinated } from './shared/coordinated.ts'

export const offsetDelete = handle(OffsetDelete, ({ groupId, topics }, { broker }) =>
  coordinated(
    (): Input<OffsetDeleteResponse> => ({
      topics: broker.groups.deleteOffsets(groupId, topics).map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, error }) => ({ partitionIndex, errorCode: ERRORS[error] })),
      })),
    }),
    ({ errorCode }) => ({ errorCode }),
    () => broker.groups.awaitCommit(groupId),
  ),
)
