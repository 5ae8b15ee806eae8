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

/** What a path leads to: a route with the words of the path, the methods that there are, or nothing. */
export function findRoute<R extends Pick<Route, 'method' | 'path'>>(
  routes: readonly R[],
  method: string,
  path: string,
): { readonly route: R; readonly words: Record<string, string> } | { readonly allowed: readonly Method[] } {
  const fitting = routes.flatMap((route) => {
    const words = match(route.path, path)
    return words ? [{ route, words }] : []
  })
  const found = fitting.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method))
  return found ?? { allowed: fitting.map(({ route }) => route.method) }
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [names, words] = [pattern.split('/'), path.split('/')]
  if (names.length !== words.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const word = decode(words[index]!)
    if (word === undefined) return undefined
    if (name.startsWith(':')) found[name.slice(1)] = word
    else if (name !== word) return undefined
  }
  return found
}

function decode(word: string): string | undefined {
  try {
    return decodeURIComponent(word)
  } catch {
    return undefined
  }
}
