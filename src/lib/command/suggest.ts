/** The candidate that a mistyped word most likely meant, or undefined when none is near enough to be worth saying. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestScore = Infinity
  for (const candidate of candidates) {
    const score = candidate.startsWith(word) && word.length > 1 ? 0.5 : distance(word, candidate)
    if (score < bestScore) [best, bestScore] = [candidate, score]
  }
  return best !== undefined && bestScore <= Math.max(1, Math.min(3, Math.floor(word.length * 0.4))) ? best : undefined
}

/** Damerau-Levenshtein distance (optimal string alignment): insert, delete, replace, swap neighbours. */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, replace)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, beforePrevious[j - 2]! + 1)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length]!
}
