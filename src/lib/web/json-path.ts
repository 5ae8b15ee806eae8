import { endOfString, skipBlank } from '../json-text.ts'

/**
 * Finds values in JSON without parsing it: numbers keep their digits, and nothing is built. Text that is no JSON is
 * read as far as it goes.
 */

/** The text of the value at a path of members and indexes; undefined where there is none. */
export function findJson(text: string, path: readonly string[]): string | undefined {
  let at = skipBlank(text, 0)
  for (const step of path) {
    const found = text[at] === '{' ? member(text, at, step) : text[at] === '[' ? item(text, at, step) : undefined
    if (found === undefined) return undefined
    at = found
  }
  return at < text.length ? text.slice(at, endOfValue(text, at)) : undefined
}

/** Where the value of a member begins; the last of those of one name counts, as in JSON.parse. */
function member(text: string, start: number, name: string): number | undefined {
  let found: number | undefined
  for (let at = skipBlank(text, start + 1); text[at] === '"'; ) {
    const end = endOfValue(text, at)
    const value = skipBlank(text, skipBlank(text, end) + 1)
    if (readString(text.slice(at, end)) === name) found = value
    const next = nextItem(text, value)
    if (next === undefined) break
    at = next
  }
  return found
}

function item(text: string, start: number, index: string): number | undefined {
  if (!/^\d{1,9}$/.test(index)) return undefined
  let at = skipBlank(text, start + 1)
  if (text[at] === ']') return undefined
  for (let left = Number(index); left > 0; left -= 1) {
    const next = nextItem(text, at)
    if (next === undefined) return undefined
    at = next
  }
  return at
}

/** Past the comma after the value at `at`. */
function nextItem(text: string, at: number): number | undefined {
  const end = skipBlank(text, endOfValue(text, at))
  return text[end] === ',' ? skipBlank(text, end + 1) : undefined
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start)
  if (text[start] !== '{' && text[start] !== '[') {
    let at = start
    while (at < text.length && !',]} \t\n\r'.includes(text[at]!)) at += 1
    // What is nothing is stepped over, so that the scan goes on.
    return Math.max(at, start + 1)
  }
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '"') at = endOfString(text, at) - 1
    else if (character === '{' || character === '[') depth += 1
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return text.length
}

/** The characters of a string in JSON; undefined for what is none. */
export function readString(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}
