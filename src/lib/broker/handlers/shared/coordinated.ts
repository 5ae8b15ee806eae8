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

/** Answers what `action` does, or, where the coordinator refuses, what `refuse` makes of that. */
export function coordinated<T>(action: () => T, refuse: (refusal: Refusal) => T): T {
  try {
    return action()
  } catch (error) {
    const { code, message } = kafkaErrorOf(error)
    const name = coordinatorErrorName(error)
    return refuse({ error: name, errorCode: ERRORS[name], errorMessage: message === code ? null : message })
  }
}

/** The same for an action that takes its time. */
export async function coordinatedLater<T>(action: () => Promise<T>, refuse: (refusal: Refusal) => T): Promise<T> {
  try {
    return await action()
  } catch (error) {
    return coordinated(() => {
      throw error
    }, refuse)
  }
}

/** The code of an error to a client that may not know PRODUCER_FENCED yet. */
export function fencedCode(error: ErrorName, isKnown: boolean): number {
  return ERRORS[error === 'PRODUCER_FENCED' && !isKnown ? 'INVALID_PRODUCER_EPOCH' : error]
}

export function callerOf({ connection, header }: RequestContext): Caller {
  return { clientId: header.clientId ?? '', clientHost: connection.clientHost, apiVersion: header.apiVersion }
}
