import { parseRe2 } from './parse.ts'
import type { Expression } from './syntax.ts'

/**
 * A test for texts that an expression of RE2's syntax matches as a whole. The time it takes is polynomial in the sizes
 * of both: no expression of a client can hold the broker up, as one of JavaScript's can. Throws Re2SyntaxError.
 */
export function compileRe2(pattern: string): (text: string) => boolean {
  const expression = parseRe2(pattern)
  return (text) => new Matcher(text).ends(expression, 0).has(text.length)
}

/** Finds where the matches of an expression end, for all ways of matching at once; each is looked at once per position. */
class Matcher {
  private readonly known = new Map<Expression, ReadonlySet<number>[]>()
  constructor(private readonly text: string) {}

  ends(expression: Expression, at: number): ReadonlySet<number> {
    let known = this.known.get(expression)
    if (!known) this.known.set(expression, known = [])
    return (known[at] ??= this.find(expression, at))
  }

  private find(expression: Expression, at: number): ReadonlySet<number> {
    switch (expression.type) {
      case 'char': return new Set(at < this.text.length && expression.matches(this.text.charCodeAt(at)) ? [at + 1] : [])
      case 'assertion': return new Set(expression.holds(this.text, at) ? [at] : [])
      case 'sequence': return expression.items.reduce((starts, item) => this.after(item, starts), new Set([at]) as ReadonlySet<number>)
      case 'either': return new Set(expression.items.flatMap((item) => [...this.ends(item, at)]))
      case 'repeat': return this.repeat(expression.item, expression.min, expression.max, at)
    }
  }

  private after(item: Expression, starts: ReadonlySet<number>): ReadonlySet<number> {
    return new Set([...starts].flatMap((start) => [...this.ends(item, start)]))
  }

  private repeat(item: Expression, min: number, max: number, at: number): ReadonlySet<number> {
    let last: ReadonlySet<number> = new Set([at])
    for (let count = 0; count < min; count += 1) {
      const next = this.after(item, last)
      // Where one more time changes nothing, no further one does.
      if (next.size === last.size && [...next].every((end) => last.has(end))) break
      last = next
    }
    const all = new Set(last)
    // Places that were reached before lead nowhere new.
    for (let count = min; count < max && last.size > 0; count += 1) {
      last = new Set([...this.after(item, last)].filter((end) => !all.has(end)))
      for (const end of last) all.add(end)
    }
    return all
  }
}
