/** A word, in quotes or without; or a number or sign, which stand for themselves. The other of the two is null. */
export interface JaasToken {
  readonly word: string | null
  readonly sign: string | null
}

type Kind = 'blank' | 'word' | 'number' | 'quote' | 'slash' | 'sign'

const NUMBER = /-(?![\d.])|-?\d*\.?\d*/y

/** Escapes between quotes. A backslash before any other character stands for that character. */
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/**
 * The tokens of `sasl.jaas.config` as Kafka's JaasConfig has java.io.StreamTokenizer divide it: words begin with a
 * letter, `_` or `$`, what begins with a digit, `.` or `-` is a number, and a slash anywhere outside quotes begins a
 * comment.
 */
export class JaasTokenizer {
  private at = 0

  constructor(private readonly text: string) {}

  /** Undefined at the end. */
  next(): JaasToken | undefined {
    for (;;) {
      const char = this.text[this.at]
      if (char === undefined) return undefined
      const kind = kindOf(char)
      if (kind === 'word') return { word: this.readWord(), sign: null }
      if (kind === 'number') return { word: null, sign: this.readNumber() }
      if (kind === 'quote') return { word: this.readQuoted(char), sign: null }
      if (kind === 'slash') this.skipComment()
      else this.at += 1
      if (kind === 'sign') return { word: null, sign: char }
    }
  }

  private readWord(): string {
    const start = this.at
    while (this.at < this.text.length && ['word', 'number'].includes(kindOf(this.text[this.at]!))) this.at += 1
    return this.text.slice(start, this.at)
  }

  /** A minus without digits is a sign; after the second dot a new number begins. */
  private readNumber(): string {
    NUMBER.lastIndex = this.at
    const [number] = NUMBER.exec(this.text)!
    this.at += number.length
    return number
  }

  /** Up to the same quote or, as Java has it, the end of the line. */
  private readQuoted(quote: string): string {
    let word = ''
    for (this.at += 1; this.at < this.text.length; ) {
      const char = this.text[this.at]!
      if (char === '\n' || char === '\r') return word
      this.at += 1
      if (char === quote) return word
      word += char === '\\' ? this.readEscape() : char
    }
    return word
  }

  private readEscape(): string {
    const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(this.text.slice(this.at, this.at + 3))?.[0]
    if (octal !== undefined) {
      this.at += octal.length
      return String.fromCharCode(parseInt(octal, 8))
    }
    const char = this.text[this.at++]
    // Java casts its mark for the end to a character.
    return char === undefined ? '\uffff' : (ESCAPES[char] ?? char)
  }

  /** A single slash does what two do. */
  private skipComment(): void {
    if (this.text[this.at + 1] === '*') return this.skipToEndOfComment()
    const rest = /[\r\n]/.exec(this.text.slice(this.at + 1))
    this.at = rest ? this.at + 1 + rest.index : this.text.length
  }

  /** Java does not look at the character behind a line end, neither as the star nor as the slash of an ending. */
  private skipToEndOfComment(): void {
    let before = ''
    for (this.at += 2; this.at < this.text.length; ) {
      let char = this.text[this.at++]!
      if (char === '/' && before === '*') return
      if (char === '\r') {
        char = this.text[this.at++] ?? ''
        if (char === '\n') char = this.text[this.at++] ?? ''
      } else if (char === '\n') {
        char = this.text[this.at++] ?? ''
      }
      before = char
    }
  }
}

function kindOf(char: string): Kind {
  const code = char.charCodeAt(0)
  if (code <= 0x20) return 'blank'
  if (char === '"' || char === "'") return 'quote'
  if (char === '/') return 'slash'
  if (/[\d.-]/.test(char)) return 'number'
  return /[A-Za-z_$]/.test(char) || code >= 0xa0 ? 'word' : 'sign'
}
