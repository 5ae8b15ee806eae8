import { type Clock, systemClock, wait } from '../../clock.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { itemSentence, type ItemError } from './item-error.ts'

/** The answer for one item: its error, or null. */
interface Answer {
  readonly error: ItemError | null
}

/** How to ask one broker about some items, and what the answer is for an item that has no broker to ask. */
export interface Question<T, A> {
  /** Answers in the order of the items. */
  ask(nodeId: number, items: readonly T[]): Promise<readonly A[]>
  fail(item: T, error: ItemError): A
}

/** Node id of the broker that answers for an item, or why there is none. */
export type Destination = number | ItemError

/** A question together with the way to whom it goes. */
export interface RoutedQuestion<T, A> extends Question<T, A> {
  /** Where the items are at the moment, in their order; called again whenever items have moved. */
  locate(items: readonly T[]): Promise<readonly Destination[]>
  /** True of an error of `locate` that asking again will not change, though its code is one that passes as a rule. */
  isFinal?(error: ItemError): boolean
}

/** How long to ask again while brokers move or load what they answer for. */
export interface Patience {
  readonly clock?: Clock
  readonly timeoutMs?: number
}

/** Who asks. */
type Asker = Pick<KafkaClient, 'hindrances'>

export const TIMEOUT_MS = 5000
const BACKOFF_MS = 100

/**
 * Sends each item to the broker that answers for it, with one `ask` a broker for all items together, and again for the
 * items that have moved meanwhile or that cannot be answered yet. Answers come in the order of the items.
 */
export async function askNodes<T, A extends Answer>(
  { hindrances }: Asker,
  items: readonly T[],
  question: RoutedQuestion<NoInfer<T>, A>,
  { clock = systemClock, timeoutMs = TIMEOUT_MS }: Patience = {},
): Promise<A[]> {
  const subject = {}
  const deadline = clock.now() + timeoutMs
  const answers = new Map<T, A>()
  const mayChange = ({ error }: A): boolean =>
    error !== null && isRetriable(error.code) && question.isFinal?.(error) !== true
  while (answers.size < items.length) {
    const isLast = clock.now() >= deadline
    const open = items.filter((item) => !answers.has(item))
    for (const [item, answer] of await askOnce(open, question)) {
      if (isLast || !mayChange(answer)) answers.set(item, answer)
      else
        hindrances?.meet(subject, itemSentence('No answer yet', answer.error!), {
          outlook: `asking again, for ${timeoutMs} ms at most`,
          atOnce: false,
        })
    }
    if (answers.size < items.length) await wait(clock, BACKOFF_MS)
  }
  hindrances?.pass(subject)
  return items.map((item) => answers.get(item)!)
}

async function askOnce<T, A>(items: readonly T[], { locate, ask, fail }: RoutedQuestion<T, A>): Promise<[T, A][]> {
  const destinations = await locate(items)
  const byNode = new Map<number, T[]>()
  const failed: [T, A][] = []
  items.forEach((item, index) => {
    const destination = destinations[index]!
    const together = typeof destination === 'number' ? byNode.get(destination) : undefined
    if (typeof destination !== 'number') failed.push([item, fail(item, destination)])
    else if (together) together.push(item)
    else byNode.set(destination, [item])
  })
  const answered = await Promise.all(
    [...byNode].map(async ([nodeId, together]) => {
      const given = await ask(nodeId, together)
      return together.map((item, index): [T, A] => [item, given[index]!])
    }),
  )
  return [...failed, ...answered.flat()]
}
