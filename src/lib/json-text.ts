const BLANK = ' \t\n\r'

/**
 * A JSON document laid out anew, with the digits of its numbers as they are; undefined for what is none. Indented it
 * has a line for each member, otherwise no blank at all.
 */
export function layOutJson(text: string, isIndented = false): string | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  return isIndented || /[ \t\n\r]/.test(text) ? layOut(text, isIndented) : text
}

function layOut(text: string, isIndented: boolean): string {
  const newLine = (depth: number): string => (isIndented ? `\n${'  '.repeat(depth)}` : '')
  let out = ''
  let depth = 0
  for (let at = skipBlank(text, 0); at < text.length; ) {
    const token = text[at]!
    const next = token === '"' ? endOfString(text, at) : at + 1
    const following = skipBlank(text, next)
    const closes = text[following] === '}' || text[following] === ']'
    if (token === '{' || token === '[') out += token + (closes ? '' : newLine(depth + 1))
    else if (token === ',') out += token + newLine(depth)
    else if (token === ':') out += isIndented ? ': ' : token
    else out += text.slice(at, next)
    if (token === '{' || token === '[') depth += 1
    if (closes) {
      depth -= 1
      if (token !== '{' && token !== '[') out += newLine(depth)
    }
    at = following
  }
  return out
}

/**
 * The members of a JSON object as their text stands there, digits of numbers and all; of a name that stands there twice
 * the last. The text has to be an object.
 */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>()
  for (let at = skipBlank(text, skipBlank(text, 0) + 1); text[at] === '"'; at = skipBlank(text, at + 1)) {
    const nameEnd = endOfString(text, at)
    const start = skipBlank(text, skipBlank(text, nameEnd) + 1)
    const end = endOfValue(text, start)
    members.set(JSON.parse(text.slice(at, nameEnd)) as string, text.slice(start, end))
    at = skipBlank(text, end)
  }
  return members
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    const token = text[at]!
    if (depth === 0 && (token === ',' || token === '}')) return trimmedEnd(text, at)
    if (token === '"') at = endOfString(text, at)
    else {
      if (token === '{' || token === '[') depth += 1
      if (token === '}' || token === ']') depth -= 1
      at += 1
    }
  }
  return text.length
}

function trimmedEnd(text: string, end: number): number {
  let at = end
  while (BLANK.includes(text[at - 1]!)) at -= 1
  return at
}

export function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && BLANK.includes(text[at]!)) at += 1
  return at
}

/** Past the quote that ends the string that begins at `from`; the end of a text that is cut within it. */
export function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}
