import { editDistance } from './edit-distance.ts'

/** The candidate that a mistyped word most likely meant, or undefined when none is near enough to be worth saying. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestScore = Infinity
  for (const candidate of candidates) {
    const score = candidate.startsWith(word) && word.length > 1 ? 0.5 : editDistance(word, candidate)
    if (score < bestScore) [best, bestScore] = [candidate, score]
  }
  return best !== undefined && bestScore <= Math.max(1, Math.min(3, Math.floor(word.length * 0.4))) ? best : undefined
}
