import { EnvironmentError, KafkaError } from '../../errors.ts'

/** After these nothing can be sent under the same epoch any more (TransactionManager.fatalError). */
const FATAL: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TRANSACTION_TIMEOUT',
  'UNSUPPORTED_VERSION',
  'TRANSACTION_COORDINATOR_FENCED',
])

export const isFatal = ({ code }: KafkaError): boolean => FATAL.has(code)

const REASONS: Readonly<Record<string, string>> = {
  INVALID_TXN_STATE: 'the coordinator knows nothing of this transaction, perhaps because it was aborted from outside',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'this user may not use this transactional id',
  TRANSACTION_ABORTABLE: 'the broker asks to abort the transaction and to begin anew',
  CONCURRENT_TRANSACTIONS: 'the transaction before is still being ended',
  UNKNOWN_PRODUCER_ID: 'the broker has forgotten this producer',
  INVALID_PRODUCER_ID_MAPPING: 'the coordinator has forgotten this producer (transactional.id.expiration.ms)',
  ILLEGAL_GENERATION: 'the group has dealt out its partitions anew meanwhile',
  STALE_MEMBER_EPOCH: 'the group has dealt out its partitions anew meanwhile',
  UNKNOWN_MEMBER_ID: 'the group goes on without this member',
  FENCED_INSTANCE_ID: 'another member has taken over this group.instance.id',
  GROUP_AUTHORIZATION_FAILED: 'this user may not read with this group',
}

/** The same error in words: what happened to the transaction, and under which id. */
export function explainTransactionError(error: KafkaError, transactionalId: string, timeoutMs: number): KafkaError {
  const reason = reasonOf(error, timeoutMs)
  return new KafkaError(
    error.code,
    `Transactional id "${transactionalId}": ${reason.includes(error.code) ? reason : `${reason} (${error.code})`}`,
  )
}

function reasonOf({ code, message }: KafkaError, timeoutMs: number): string {
  if (code === 'PRODUCER_FENCED' || code === 'INVALID_PRODUCER_EPOCH') {
    return `another producer with this id has taken over, or the transaction was open for longer than transaction.timeout.ms (${timeoutMs})`
  }
  if (code === 'INVALID_TRANSACTION_TIMEOUT')
    return `transaction.timeout.ms (${timeoutMs}) is above transaction.max.timeout.ms of the broker`
  return REASONS[code] ?? message
}

/** The coordinator did not answer when it was told how the transaction ends. */
export function explainEnd(error: Error, committed: boolean): EnvironmentError {
  const outcome = committed
    ? 'Whether the transaction was committed is not known'
    : 'The transaction was not aborted, its time-out will end it'
  return new EnvironmentError(`${outcome}: ${error.message}`, { cause: error })
}
