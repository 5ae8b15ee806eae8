import type { Patience } from '../../lib/client/admin/ask-nodes.ts'
import type { ItemError } from '../../lib/client/admin/item-error.ts'
import type { Work as WorkOf } from '../../lib/work/command.ts'
import { settle } from '../../lib/work/failures.ts'
import { say as tell } from '../../lib/output/say.ts'
import type { GroupsValues } from './options.ts'

/** What an action works with. */
export interface Work extends WorkOf<GroupsValues> {
  /** For every question to a coordinator. */
  readonly patience: Patience
}

export const say = ({ context }: Pick<Work, 'context'>, sentence: string): Promise<void> => tell(context, sentence)

/** As settle of lib/work/failures.ts, for groups. Throws KafkaError under Apache's name. */
export function settleGroups(
  { client, context }: Work,
  groups: readonly { readonly groupId: string; readonly error: ItemError | null }[],
  attempt: string,
): Promise<0 | 1> {
  return settle(
    groups.flatMap(({ groupId, error }) =>
      error ? [{ what: `Cannot ${attempt} group ${groupId}`, error, group: groupId }] : [],
    ),
    { client, context },
  )
}

/** Under Apache's name --dry-run is for resets only, and passed over elsewhere. */
export const isDryRun = ({ values, context }: Work): boolean => values.dryRun && context.style === 'kts'
