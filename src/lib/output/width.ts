import { stripVTControlCharacters } from 'node:util'

const PLAIN = /^[\x20-\x7e]*$/
/** What stands on the character before it: accents, joiners, variation selectors. */
const WITHOUT_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u
/** East Asian Width W and F, by blocks, and what is shown as a picture. */
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += widthOfCharacter(character)
  return width
}

const widthOfCharacter = (character: string): number => (WITHOUT_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1)

/** The beginning of a text, with an ellipsis where it does not fit; without its colours then. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [kept, left] = ['', width - 1]
  for (const character of stripVTControlCharacters(text)) {
    left -= widthOfCharacter(character)
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
