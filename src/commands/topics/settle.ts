import type { ItemError } from '../../lib/client/admin/item-error.ts'
import { settle, type Place } from '../../lib/work/failures.ts'

/** As settle of lib/work/failures.ts, for topics. Throws KafkaError under Apache's name. */
export function settleTopics(
  place: Place,
  items: readonly { readonly topic: string; readonly error: ItemError | null; readonly more?: string }[],
  attempt: string,
): Promise<0 | 1> {
  return settle(
    items.flatMap(({ topic, error, more = '' }) =>
      error ? [{ what: `Cannot ${attempt} topic ${topic}`, error, topic, more }] : [],
    ),
    place,
  )
}
