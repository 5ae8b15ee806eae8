import { UserError } from '../errors.ts'

/** A cursor over the text of a pattern. */
export class PatternSource {
  private at = 0
  constructor(readonly text: string) {}

  get isDone(): boolean {
    return this.at >= this.text.length
  }

  ahead(): string {
    return this.text[this.at] ?? ''
  }

  next(): string {
    if (this.isDone) throw this.error('it ends too early')
    return this.text[this.at++]!
  }

  peek(expected: string): boolean {
    return this.text.startsWith(expected, this.at)
  }

  take(expected: string): boolean {
    if (!this.peek(expected)) return false
    this.at += expected.length
    return true
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw this.error(`"${expected}" is missing`)
  }

  /** What a sticky expression matches here: its group when it has one. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at
    const found = expression.exec(this.text)
    if (found) this.at = expression.lastIndex
    return found ? (found[1] ?? found[0]) : undefined
  }

  /** The text up to a mark, which is skipped, or up to the end. */
  until(mark: string): string {
    const end = this.text.indexOf(mark, this.at)
    const found = this.text.slice(this.at, end < 0 ? undefined : end)
    this.at = end < 0 ? this.text.length : end + mark.length
    return found
  }

  error(reason: string): UserError {
    return new UserError(`"${this.text}" is not a regular expression: ${reason}, near position ${this.at}`)
  }

  fail(reason: string): never {
    throw this.error(reason)
  }
}
