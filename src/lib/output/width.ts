import { stripVTControlCharacters } from 'node:util'
import type StringWidth from 'string-width'
import { requireFrom } from '../require-from.ts'

const PLAIN = /^[\x20-\x7e]*$/

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth()(text)
}

/** The beginning of a text, with an ellipsis where it does not fit; without its colours then. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [kept, left] = ['', width - 1]
  for (const character of stripVTControlCharacters(text)) {
    left -= widthOf(character)
    if (left < 0) break
    kept += character
  }
  return width < 1 ? '' : `${kept}…`
}

/** Lines of at most so many columns, divided at blanks; a word that does not fit into one is cut. */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  for (const word of stripVTControlCharacters(text).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(cut(word, width))
  }
  return lines
}

/** Loaded for the first text that is not plain: most never need it. */
function stringWidth(): typeof StringWidth {
  return requireFrom(import.meta.url)('string-width') as typeof StringWidth
}
