import type { ItemError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import type { Work } from './work.ts'

export interface DeletedItem {
  readonly topic: string
  /** Null for a topic as a whole, when it is not known. */
  readonly partition: number | null
  readonly error: ItemError | null
}

/** Names what stays, or the one reason why all of it does. Returns the exit code. */
export function nameKept(
  { client, context }: Work,
  groupId: string,
  items: readonly DeletedItem[],
  groupError: ItemError | null,
): Promise<0 | 1> {
  const failures = groupError
    ? [{ what: `Cannot delete offsets of group ${groupId}`, error: groupError, group: groupId }]
    : items.flatMap(({ topic, partition, error }) =>
        error
          ? [
              {
                what: `Cannot delete the offset of ${partition === null ? `topic ${topic}` : partitionName({ topic, partition })} in group ${groupId}`,
                error,
                topic,
              },
            ]
          : [],
      )
  return nameFailures(failures, { client, context })
}
