/** Escapes of the protobuf text format, which are C's. */
const ESCAPE = /\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/g

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The bytes that a literal without its quotes stands for; undefined for a code point beyond Unicode. */
export function unescapeBytes(literal: string): Buffer | undefined {
  if (!literal.includes('\\')) return Buffer.from(literal)
  const parts: Buffer[] = []
  let at = 0
  for (const match of literal.matchAll(ESCAPE)) {
    const [whole, octal, hex, short, long, named = ''] = match
    parts.push(Buffer.from(literal.slice(at, match.index)))
    at = match.index + whole.length
    const codePoint = short ?? long
    if (octal !== undefined) parts.push(Buffer.of(Number.parseInt(octal, 8)))
    else if (hex !== undefined) parts.push(Buffer.of(Number.parseInt(hex, 16)))
    else if (codePoint === undefined) parts.push(Buffer.from(NAMED[named] ?? named))
    else if (Number.parseInt(codePoint, 16) > 0x10ffff) return undefined
    else parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(codePoint, 16))))
  }
  parts.push(Buffer.from(literal.slice(at)))
  return Buffer.concat(parts)
}

/** As protoc writes the default of a bytes field: printable ASCII stands for itself (`absl::CEscape`). */
export function escapeBytes(bytes: Buffer): string {
  const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 39: "\\'", 92: '\\\\' }
  let text = ''
  for (const byte of bytes) {
    const isPrintable = byte >= 0x20 && byte < 0x7f
    text += escapes[byte] ?? (isPrintable ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`)
  }
  return text
}

const TEXT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\f': '\\f',
  '\v': '\\v',
}

/** As wire prints strings (`OptionElement`): what is not UTF-8 is escaped byte by byte, all else stands for itself. */
export function quote(bytes: Buffer): string {
  const text = bytes.toString()
  if (!Buffer.from(text).equals(bytes)) return `"${escapeBytes(bytes)}"`
  return `"${text.replace(/["'\\\b\n\r\t\x07\f\v]/g, (character) => TEXT_ESCAPES[character]!)}"`
}
