import type { Place } from './syntax.ts'

/** What stands on one side of a place in a text: a character by what matters of it, or the edge of the text. */
export const EDGE = 0
export const WORD = 1
export const LINE_FEED = 2
export const OTHER = 3
export type Side = typeof EDGE | typeof WORD | typeof LINE_FEED | typeof OTHER

export function sideOf(code: number): Side {
  const isWord = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  return isWord ? WORD : code === 10 ? LINE_FEED : OTHER
}

export function holdsBetween(place: Place, before: Side, after: Side): boolean {
  switch (place) {
    case 'start':
      return before === EDGE
    case 'end':
      return after === EDGE
    case 'line start':
      return before === EDGE || before === LINE_FEED
    case 'line end':
      return after === EDGE || after === LINE_FEED
    case 'word edge':
      return (before === WORD) !== (after === WORD)
    case 'no word edge':
      return (before === WORD) === (after === WORD)
  }
}

export function holdsAt(place: Place, text: string, at: number): boolean {
  return holdsBetween(
    place,
    at === 0 ? EDGE : sideOf(text.charCodeAt(at - 1)),
    at === text.length ? EDGE : sideOf(text.charCodeAt(at)),
  )
}
