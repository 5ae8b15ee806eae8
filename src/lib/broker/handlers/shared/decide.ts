import type { NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import type { Broker } from '../../state/broker.ts'
import { inTurns } from '../../state/turns.ts'

/** As many items as are decided in one go. */
const BATCH = 1000

/**
 * Decides on each item by the metadata, and writes what was decided before others have their turn, since they may
 * change what the decision rests on. `decide` returns the record that it takes, null for none, and throws KafkaError;
 * `answer` gets the item and, for one that came to nothing, the error.
 */
export async function decideInTurns<T, A>(
  { quorumController, turns }: Broker,
  items: readonly T[],
  decide: (item: T) => NewMetadataRecord | null,
  answer: (item: T, error: unknown) => A,
): Promise<A[]> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  )
  const answers = await inTurns(turns, batches, (batch) => {
    const decided = batch.map((item) => attempt(item, decide))
    const failure = attempt(
      decided.flatMap(({ result }) => result ?? []),
      (records) => quorumController.commitTogether(records),
    )
    return decided.map(({ item, result, error }) => answer(item, error ?? (result ? failure.error : undefined)))
  })
  return answers.flat()
}

function attempt<T, R>(item: T, action: (item: T) => R): { readonly item: T; readonly result?: R; error?: unknown } {
  try {
    return { item, result: action(item) }
  } catch (error) {
    return { item, error }
  }
}
