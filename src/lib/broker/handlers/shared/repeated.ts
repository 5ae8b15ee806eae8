/** The names that a list has more than once. */
export function repeatedIn(names: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) repeated.add(name)
    else seen.add(name)
  }
  return repeated
}

/** The first of all items with the same key: what is asked for twice is answered once. */
export function firstByKey<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, T>()
  for (const item of items) {
    const key = keyOf(item)
    if (!byKey.has(key)) byKey.set(key, item)
  }
  return byKey.size === items.length ? [...items] : [...byKey.values()]
}
