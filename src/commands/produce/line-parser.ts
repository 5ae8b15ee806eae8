import { encodeHeaders, type HeaderInput } from '../../lib/protocol/records/index.ts'
import { withPattern } from '../../lib/regex/matcher.ts'
import type { ReaderSettings } from './reader-settings.ts'

/** `NAME=VALUE` each, as a record has them; null for none. */
export function encodeNamed(pairs: readonly string[]): Buffer | null {
  if (pairs.length === 0) return null
  return encodeHeaders(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return { key: pair.slice(0, at), value: Buffer.from(pair.slice(at + 1)) }
    }),
  )
}

/** A line that the reader's settings do not fit. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

/**
 * Finds headers, key and value in a line. One object for all lines: after `parse` the fields say where the parts lie in
 * the buffer that was parsed; a null key or value is `hasKey` or `hasValue` false.
 */
export class LineParser {
  hasKey = false
  keyStart = 0
  keyEnd = 0
  hasValue = true
  valueStart = 0
  valueEnd = 0
  /** As `encodeHeaders` returns them, null for none. */
  headers: Buffer | null = null

  private readonly nullMarker: Buffer | null
  /** Neighbouring lines often carry the same headers. */
  private lastHeaders: { text: string; encoded: Buffer } | undefined

  constructor(private readonly settings: ReaderSettings) {
    this.nullMarker = settings.nullMarker === undefined ? null : Buffer.from(settings.nullMarker)
  }

  /** Throws LineError where a separator is missing and `ignore.error` is not set, or a header has no name. */
  parse(buffer: Buffer, start: number, end: number): void {
    const { parseHeaders, headersDelimiter, parseKey, keySeparator } = this.settings
    let at = start
    this.headers = null
    if (parseHeaders) {
      const found = this.find(buffer, headersDelimiter, at, end, 'headers delimiter')
      if (found >= 0) {
        if (!this.isNull(buffer, at, found)) this.headers = this.encodeHeaders(buffer.toString('utf8', at, found))
        at = found + headersDelimiter.length
      }
    }
    this.hasKey = false
    if (parseKey) {
      const found = this.find(buffer, keySeparator, at, end, 'key separator')
      if (found >= 0) {
        this.hasKey = !this.isNull(buffer, at, found)
        this.keyStart = at
        this.keyEnd = found
        at = found + keySeparator.length
      }
    }
    this.hasValue = !this.isNull(buffer, at, end)
    this.valueStart = at
    this.valueEnd = end
  }

  private find(buffer: Buffer, separator: Buffer, start: number, end: number, name: string): number {
    const at = indexOf(buffer, separator, start, end)
    if (at < 0 && !this.settings.ignoreError) throw new LineError(`no ${name} ("${printable(separator)}")`)
    return at
  }

  private isNull(buffer: Buffer, start: number, end: number): boolean {
    const { nullMarker } = this
    return nullMarker !== null && end - start === nullMarker.length && nullMarker.compare(buffer, start, end) === 0
  }

  private encodeHeaders(text: string): Buffer {
    if (this.lastHeaders?.text !== text) {
      const headers = withPattern(
        this.settings.headersSeparator,
        text,
        () => splitAsJava(text, this.settings.headersSeparator),
        `headers.separator ${this.settings.headersSeparator.source}`,
      ).map((pair) => this.parseHeader(pair))
      this.lastHeaders = { text, encoded: encodeHeaders(headers) }
    }
    return this.lastHeaders.encoded
  }

  private parseHeader(pair: string): HeaderInput {
    const { headersKeySeparator, ignoreError, nullMarker } = this.settings
    const at = pair.indexOf(headersKeySeparator)
    if (at < 0) {
      if (ignoreError) return { key: pair, value: null }
      throw new LineError(`no header key separator ("${headersKeySeparator}") in "${pair}"`)
    }
    const key = pair.slice(0, at)
    if (key === nullMarker) throw new LineError(`a header is named "${key}", which null.marker says is null`)
    const value = pair.slice(at + headersKeySeparator.length)
    return { key, value: value === nullMarker ? null : Buffer.from(value) }
  }
}

/** Buffer.indexOf knows no end, and would search the lines behind this one too. */
function indexOf(buffer: Buffer, pattern: Buffer, start: number, end: number): number {
  const { length } = pattern
  if (length === 0) return start
  const first = pattern[0]!
  for (let at = start; at <= end - length; at += 1) {
    if (buffer[at] === first && (length === 1 || pattern.compare(buffer, at, at + length) === 0)) return at
  }
  return -1
}

/** Pattern.split of Java: no empty parts at the end, none that a match of nothing makes in front, no groups. */
function splitAsJava(text: string, separator: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of text.matchAll(separator)) {
    const end = match.index + match[0].length
    if (end > 0) parts.push(text.slice(from, match.index))
    from = end
  }
  if (from === 0) return [text]
  parts.push(text.slice(from))
  while (parts.at(-1) === '') parts.pop()
  return parts
}

const printable = (separator: Buffer): string => separator.toString().replaceAll('\t', '\\t')
