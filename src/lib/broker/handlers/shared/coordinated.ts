import { kafkaErrorOf } from '../../../errors.ts'
import { ERRORS, type ErrorName } from '../../../protocol/errors.ts'
import type { RequestContext } from '../../handle.ts'
import type { Caller } from '../../state/groups/caller.ts'
import { coordinatorErrorName } from '../../state/coordination/error-name.ts'

/** What the coordinator refuses with. */
export interface Refusal {
  readonly error: ErrorName
  readonly errorCode: number
  /** Null where the code says all. */
  readonly errorMessage: string | null
}

/**
 * Answers what `action` does, or, where the coordinator refuses, what `refuse` makes of that. What the action has
 * written, or has seen, may not be committed yet: then the answer waits for that.
 */
export function coordinated<T>(
  action: () => T | Promise<T>,
  refuse: (refusal: Refusal) => T,
  awaitCommit: () => undefined | Promise<unknown> = () => undefined,
): T | Promise<T> {
  try {
    const answer = action()
    const committed = answer instanceof Promise ? answer.then(awaitCommit) : awaitCommit()
    if (!committed) return answer
    return committed.then(
      () => answer,
      (error: unknown) => refuse(refusalOf(error)),
    )
  } catch (error) {
    return refuse(refusalOf(error))
  }
}

function refusalOf(error: unknown): Refusal {
  const { code, message } = kafkaErrorOf(error)
  const name = coordinatorErrorName(error)
  return { error: name, errorCode: ERRORS[name], errorMessage: message === code ? null : message }
}

/** The code of an error to a client that may not know PRODUCER_FENCED yet. */
export function fencedCode(error: ErrorName, isKnown: boolean): number {
  return ERRORS[error === 'PRODUCER_FENCED' && !isKnown ? 'INVALID_PRODUCER_EPOCH' : error]
}

export function callerOf(context: RequestContext): Caller {
  const { connection, header } = context
  return {
    clientId: header.clientId ?? '',
    clientHost: connection.clientHost,
    apiVersion: header.apiVersion,
    mayDescribe: (topic) => context.isAllowed('DESCRIBE', 'TOPIC', topic),
  }
}
