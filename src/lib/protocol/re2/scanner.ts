/** A cursor over the text of an expression. */
export class Scanner {
  private at = 0
  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  looksAt(token: string): boolean {
    return this.text.startsWith(token, this.at)
  }

  /** Moves past a token if it is next. */
  accept(token: string): boolean {
    if (!this.looksAt(token)) return false
    this.at += token.length
    return true
  }

  next(): string {
    return this.text[this.at++] ?? ''
  }

  /** Moves past what a sticky pattern matches here, and returns it; null when it does not match. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (!found) return null
    this.at += found[0].length
    return found[0]
  }

  /** What stands before a token, moving past both; null when the token does not come. */
  until(token: string): string | null {
    const end = this.text.indexOf(token, this.at)
    if (end < 0) return null
    const found = this.text.slice(this.at, end)
    this.at = end + token.length
    return found
  }

  /** All that is left. */
  rest(): string {
    const found = this.text.slice(this.at)
    this.at = this.text.length
    return found
  }
}
