import { asKafkaError, itemSentence, type ItemError } from '../../lib/client/admin/item-error.ts'
import type { Context } from '../../lib/command/define.ts'
import { write } from '../../lib/output/write.ts'

/**
 * What becomes of failed items: under kts each is named on stderr and the exit code is 1; Apache's tool stops at the first
 * one, which is thrown here as KafkaError.
 */
export async function settle(
  context: Context, items: readonly { readonly topic: string; readonly error: ItemError | null }[], attempt: string,
): Promise<number> {
  const failed = items.flatMap(({ topic, error }) => (error ? [{ what: `Cannot ${attempt} topic ${topic}`, error }] : []))
  if (failed.length === 0) return 0
  if (context.style === 'drop-in') throw asKafkaError(failed[0]!.error, failed[0]!.what)
  await write(context.stderr, failed.map(({ what, error }) => `${context.program}: ${itemSentence(what, error)}\n`).join(''))
  return 1
}
