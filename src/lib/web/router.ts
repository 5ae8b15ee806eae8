import type { IncomingMessage, ServerResponse } from 'node:http'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One request to the API, with what its path and its query say. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** By the names in the path of the route. */
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What came with a change, parsed as JSON. */
  readonly body: unknown
  /** Raised when the browser has gone, or the server ends. */
  readonly signal: AbortSignal
}

/** Data for the answer, or nothing where it has been written already. */
export type Answer = Promise<object | void> | object | void

export interface Route<C extends Call = Call> {
  readonly method: Method
  /** `/topics/:topic/partitions`. */
  readonly path: string
  /** Answers where nobody has been admitted yet. */
  readonly isOpen?: boolean
  /** An answer that goes on; there are not many at a time. */
  readonly isStream?: boolean
  /** Throws UserError for a request that cannot be understood, and what a command throws. */
  run(call: C): Answer
}
