import { KafkaError } from '../../../errors.ts'
import { compileRe2 } from '../../../protocol/re2/match.ts'
import { Re2CostError, Re2SyntaxError } from '../../../protocol/re2/syntax.ts'
import { STATUSES, type Transaction } from './transaction.ts'

export interface TransactionFilter {
  /** Names of states; empty for any. */
  readonly states: readonly string[]
  /** Empty for any. */
  readonly producerIds: readonly bigint[]
  /** Transactions open for longer than so many milliseconds; negative for any. */
  readonly durationMs: bigint
  /** An RE2 expression that the whole id has to match; null or empty for any (KIP-1152). */
  readonly idPattern: string | null
}

export interface ListedTransactions {
  /** Those asked for that are no states at all. */
  readonly unknownStates: string[]
  readonly transactions: { transactionalId: string; producerId: bigint; transactionState: string }[]
}

/** Throws KafkaError INVALID_REGULAR_EXPRESSION. */
export function listTransactions(
  transactions: Iterable<Transaction>,
  filter: TransactionFilter,
  now: number,
): ListedTransactions {
  const names = new Set<string>(STATUSES)
  const [states, producerIds] = [new Set(filter.states), new Set(filter.producerIds)]
  const matchesId = idMatcher(filter.idPattern)
  const isWanted = ({ transactionalId, producerId, status, startTimestamp }: Transaction): boolean =>
    (producerIds.size === 0 || producerIds.has(producerId)) &&
    (states.size === 0 || states.has(status)) &&
    (filter.durationMs < 0n || BigInt(now - startTimestamp) > filter.durationMs) &&
    matchesId(transactionalId)
  return {
    unknownStates: [...states].filter((state) => !names.has(state)),
    transactions: [...transactions]
      .filter(isWanted)
      .map(({ transactionalId, producerId, status }) => ({ transactionalId, producerId, transactionState: status })),
  }
}

function idMatcher(pattern: string | null): (transactionalId: string) => boolean {
  if (pattern === null || pattern === '') return () => true
  return attempt(() => {
    const matches = compileRe2(pattern)
    return (transactionalId) => attempt(() => matches(transactionalId))
  })
}

function attempt<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof Re2SyntaxError || error instanceof Re2CostError)
      throw new KafkaError('INVALID_REGULAR_EXPRESSION')
    throw error
  }
}
