import type { ErrorName } from './protocol/errors.ts'

/** Bad input from the user: a wrong option, a missing file, a malformed value. Exit code 2 under `kts`. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code = 'INVALID_INPUT'
}

/**
 * An error that Kafka has a code for, answered by a broker or raised on its behalf. Exit code 1 under `kts`.
 * `code` is its name in Kafka's `Errors` enum, e.g. `UNKNOWN_TOPIC_OR_PARTITION`.
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  constructor(
    readonly code: ErrorName,
    message: string = code,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** For who answers with errors: one that Kafka has no code for is a bug, and is thrown on. */
export function kafkaErrorOf(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error
  throw error
}

/** Something outside kts failed: a server that cannot be reached, a disk that is full. Exit code 1 under `kts`. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  /** What the system calls it, e.g. `EADDRINUSE`, or a name of ours, e.g. `DATA_DIR_IN_USE`, where there is one. */
  readonly code: string | undefined
  constructor(message: string, { cause, code }: { readonly cause?: unknown; readonly code?: string | undefined } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** What a profile forbids: the command line was right, and there is no use in trying again. Exit code 1. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError'
}

/** Bytes that break the rules of the protocol or of the record format. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
}

/** True for the errors whose message alone is meant for a person; anything else is a bug and keeps its stack. */
export function isExpected(error: unknown): error is Error {
  return [UserError, KafkaError, EnvironmentError, ForbiddenError].some((known) => error instanceof known)
}
