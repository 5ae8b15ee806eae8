/** A method and a path, `/topics/:topic/partitions`, of which a word after a colon stands for any. */
export interface RoutePattern {
  readonly method: string
  readonly path: string
}

export type FoundRoute<R extends RoutePattern> =
  | { readonly route: R; readonly words: Record<string, string> }
  | { readonly allowed: readonly R['method'][] }

/** What a path leads to: a route with the words of the path, the methods that there are, or nothing. */
export function findRoute<R extends RoutePattern>(routes: readonly R[], method: string, path: string): FoundRoute<R> {
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
