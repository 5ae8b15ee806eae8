import type { Patience } from '../../lib/client/admin/ask-nodes.ts'
import { asKafkaError, itemSentence, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context, OutputFormat } from '../../lib/command/define.ts'
import { write } from '../../lib/output/write.ts'
import type { GroupsValues } from './options.ts'

/** What an action works with. */
export interface Work {
  readonly client: KafkaClient
  readonly values: GroupsValues
  readonly context: Context
  /** As asked for with --json or --output. */
  readonly output: OutputFormat | undefined
  /** For every question to a coordinator. */
  readonly patience: Patience
}

export const say = ({ context }: Pick<Work, 'context'>, sentence: string): Promise<void> =>
  write(context.stderr, `${context.program}: ${sentence}\n`)

/**
 * What becomes of failed groups: under kts each is named on stderr and the exit code is 1; Apache's tool stops at the
 * first one, which is thrown here as KafkaError.
 */
export async function settle(work: Work, groups: readonly { readonly groupId: string; readonly error: ItemError | null }[], attempt: string): Promise<number> {
  const failed = groups.flatMap(({ groupId, error }) => (error ? [{ what: `Cannot ${attempt} group ${groupId}`, error }] : []))
  if (failed.length === 0) return 0
  if (work.context.style === 'drop-in') throw asKafkaError(failed[0]!.error, failed[0]!.what)
  for (const { what, error } of failed) await say(work, itemSentence(what, error))
  return 1
}
