import { skipBlank } from '../json-text.ts'
import { SchemaError, SchemaTooLargeError } from './format.ts'

/** A number as it stands in the text: 64-bit integers and decimals keep every digit. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** Objects are maps: their keys keep their order, and `__proto__` is a key like any other. */
export type ExactJson = null | boolean | string | JsonNumber | ExactJson[] | Map<string, ExactJson>

/** Deep enough for every value that Java's tools read, and far from the end of the stack. */
const DEEPEST = 200

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const NEEDS_CARE = /[\\\u0000-\u001f]/
const LITERALS: readonly (readonly [string, null | boolean])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
]

/**
 * A JSON document (RFC 8259) with its numbers unread; the last of equal keys counts. Throws SchemaError, for more than
 * `mostValues` values too.
 */
export function parseExactJson(text: string, mostValues = Infinity): ExactJson {
  const parser = new ExactParser(text, mostValues)
  return parser.document()
}

class ExactParser {
  private at = 0
  private values = 0

  constructor(
    private readonly text: string,
    private readonly mostValues: number,
  ) {}

  document(): ExactJson {
    const value = this.value(0)
    if (this.peek() !== undefined) throw this.unexpected('the end')
    return value
  }

  private value(depth: number): ExactJson {
    this.values += 1
    if (this.values > this.mostValues) throw new SchemaTooLargeError(`JSON has more than ${this.mostValues} values`)
    const first = this.peek()
    if (first === '"') return this.string()
    if (first === '{' || first === '[') {
      if (depth >= DEEPEST) throw new SchemaError(`JSON nests deeper than ${DEEPEST} levels`)
      return first === '{' ? this.object(depth + 1) : this.array(depth + 1)
    }
    NUMBER.lastIndex = this.at
    if (NUMBER.test(this.text)) return new JsonNumber(this.text.slice(this.at, (this.at = NUMBER.lastIndex)))
    for (const [name, value] of LITERALS) {
      if (!this.text.startsWith(name, this.at)) continue
      this.at += name.length
      return value
    }
    throw this.unexpected('a value')
  }

  private object(depth: number): Map<string, ExactJson> {
    const object = new Map<string, ExactJson>()
    this.at += 1
    if (this.accept('}')) return object
    do {
      if (this.peek() !== '"') throw this.unexpected('a key')
      const key = this.string()
      if (!this.accept(':')) throw this.unexpected('":"')
      object.set(key, this.value(depth))
    } while (this.accept(','))
    if (!this.accept('}')) throw this.unexpected('"," or "}"')
    return object
  }

  private array(depth: number): ExactJson[] {
    const array: ExactJson[] = []
    this.at += 1
    if (this.accept(']')) return array
    do array.push(this.value(depth))
    while (this.accept(','))
    if (!this.accept(']')) throw this.unexpected('"," or "]"')
    return array
  }

  private string(): string {
    const from = this.at + 1
    let end = this.text.indexOf('"', from)
    while (end > 0 && this.isEscaped(end, from)) end = this.text.indexOf('"', end + 1)
    if (end < 0) throw new SchemaError(`JSON ends within the string at character ${from}`)
    const raw = this.text.slice(from, end)
    this.at = end + 1
    if (!NEEDS_CARE.test(raw)) return raw
    try {
      return JSON.parse(`"${raw}"`) as string
    } catch {
      throw new SchemaError(`not a JSON string at character ${from}`)
    }
  }

  private isEscaped(quote: number, from: number): boolean {
    let backslashes = 0
    while (quote - backslashes > from && this.text[quote - backslashes - 1] === '\\') backslashes += 1
    return backslashes % 2 === 1
  }

  private peek(): string | undefined {
    this.at = skipBlank(this.text, this.at)
    return this.text[this.at]
  }

  private accept(symbol: string): boolean {
    if (this.peek() !== symbol) return false
    this.at += 1
    return true
  }

  private unexpected(wanted: string): SchemaError {
    const found = this.at < this.text.length ? JSON.stringify(this.text.slice(this.at, this.at + 20)) : 'the end'
    return new SchemaError(`not JSON at character ${this.at + 1}: expected ${wanted}, found ${found}`)
  }
}
