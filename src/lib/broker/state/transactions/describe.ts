import { KafkaError } from '../../../errors.ts'
import { compileRe2 } from '../../../protocol/re2/match.ts'
import { Re2SyntaxError } from '../../../protocol/re2/syntax.ts'
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
export function listTransactions(transactions: Iterable<Transaction>, filter: TransactionFilter, now: number): ListedTransactions {
  const names: readonly string[] = STATUSES
  const matchesId = idMatcher(filter.idPattern)
  const isWanted = ({ transactionalId, producerId, status, startTimestamp }: Transaction): boolean =>
    (filter.producerIds.length === 0 || filter.producerIds.includes(producerId))
    && (filter.states.length === 0 || filter.states.includes(status))
    && (filter.durationMs < 0n || BigInt(now - startTimestamp) > filter.durationMs)
    && matchesId(transactionalId)
  return {
    unknownStates: filter.states.filter((state) => !names.includes(state)),
    transactions: [...transactions].filter(isWanted).map(({ transactionalId, producerId, status }) => ({ transactionalId, producerId, transactionState: status })),
  }
}

function idMatcher(pattern: string | null): (transactionalId: string) => boolean {
  if (pattern === null || pattern === '') return () => true
  try {
    return compileRe2(pattern)
  } catch (error) {
    if (error instanceof Re2SyntaxError) throw new KafkaError('INVALID_REGULAR_EXPRESSION')
    throw error
  }
}
