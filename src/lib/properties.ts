/** Thrown for a `\u` that four hexadecimal digits do not follow, as `java.util.Properties` refuses it. */
export class PropertiesError extends Error {
  override readonly name = 'PropertiesError'
}

/**
 * Reads a Java `.properties` file by the rules of `java.util.Properties.load`: `#` and `!` comments, `=`, `:` or white
 * space between key and value, a backslash at the end of a line joins the next one, and `\t \n \r \f \uXXXX` are
 * escapes. The last value of a repeated key counts. Throws PropertiesError.
 */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const keyEnd = endOfKey(line)
    const valueStart = startOfValue(line, keyEnd)
    properties.set(unescape(line.slice(0, keyEnd)), unescape(line.slice(valueStart)))
  }
  return properties
}

/** Lines without comments, blank lines and leading white space, with continued lines joined. */
function* logicalLines(text: string): Generator<string> {
  let joined: string | undefined
  const naturalLines = text.split(/\r\n|\r|\n/)
  if (naturalLines.at(-1) === '') naturalLines.pop()
  for (const naturalLine of naturalLines) {
    const line = naturalLine.replace(/^[ \t\f]+/, '')
    if (joined === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const continues = /(?<!\\)(?:\\\\)*\\$/.test(line)
    joined = (joined ?? '') + (continues ? line.slice(0, -1) : line)
    if (continues) continue
    if (joined !== '') yield joined
    joined = undefined
  }
  if (joined !== undefined) yield joined
}

/** Up to the first separator that no backslash stands before. */
function endOfKey(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++
    else if (/[=: \t\f]/.test(line[i]!)) return i
  }
  return line.length
}

/** White space, at most one `=` or `:`, and white space again belong to neither side. */
function startOfValue(line: string, keyEnd: number): number {
  return keyEnd + /^[ \t\f]*[=:]?[ \t\f]*/.exec(line.slice(keyEnd))![0].length
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** A backslash before any other character stands for that character. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(u[0-9a-fA-F]{4}|[^]|$)/g, (_, code: string) => {
    if (code === 'u') throw new PropertiesError('\\u is followed by something else than four hexadecimal digits')
    return code.length === 5 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (escapes[code] ?? code)
  })
}

/** A file of properties in Latin-1 that `parseProperties` reads as the same again. */
export const formatProperties = (properties: ReadonlyMap<string, string>): string =>
  [...properties]
    .map(([name, value]) => `${escaped(name, /[\\=:#!\s]/g)}=${escaped(value, /\\|^\s|[\n\r\f]/g)}\n`)
    .join('')

const escaped = (text: string, special: RegExp): string =>
  text
    .replace(special, (letter) => (/[\n\r\f]/.test(letter) ? unicode(letter) : `\\${letter}`))
    .replace(/[^\x00-\x7e]/g, unicode)

const unicode = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
