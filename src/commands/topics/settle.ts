import type { ItemError } from '../../lib/client/admin/item-error.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { settle } from '../../lib/config/failures.ts'

/** As settle of lib/config/failures.ts, for topics. Throws KafkaError under Apache's name. */
export function settleTopics(
  client: KafkaClient,
  context: Context,
  items: readonly { readonly topic: string; readonly error: ItemError | null }[],
  attempt: string,
): Promise<0 | 1> {
  return settle(
    items.flatMap(({ topic, error }) => (error ? [{ what: `Cannot ${attempt} topic ${topic}`, error, topic }] : [])),
    client,
    context,
  )
}
