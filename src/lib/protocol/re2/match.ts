import { compileAutomaton } from './automaton.ts'
import { holdsAt } from './places.ts'
import { parseRe2 } from './parse.ts'
import { PositionSet } from './position-set.ts'
import type { Expression } from './syntax.ts'

/**
 * A test for texts that an expression of RE2's syntax matches as a whole. It takes time in proportion to the text, and
 * with large counts polynomial time: no expression of a client can hold the broker up, as one of JavaScript's can. Throws
 * Re2SyntaxError.
 */
export function compileRe2(pattern: string): (text: string) => boolean {
  const expression = parseRe2(pattern)
  const automaton = compileAutomaton(expression, { whole: true })
  if (automaton) return (text) => automaton.matches(text)
  return (text) => new Matcher(text).ends(expression, 0).has(text.length)
}

/** Finds where the matches of an expression end, for all ways of matching at once; each is looked at once per position. */
class Matcher {
  private readonly known = new Map<Expression, PositionSet[]>()
  constructor(private readonly text: string) {}

  ends(expression: Expression, at: number): PositionSet {
    let known = this.known.get(expression)
    if (!known) this.known.set(expression, known = [])
    return (known[at] ??= this.find(expression, at))
  }

  private find(expression: Expression, at: number): PositionSet {
    const { text } = this
    switch (expression.type) {
      case 'char': return this.only(at < text.length && expression.matches(text.charCodeAt(at)) ? at + 1 : null)
      case 'assertion': return this.only(holdsAt(expression.place, text, at) ? at : null)
      case 'sequence': return expression.items.reduce((starts, item) => this.after(item, starts), this.only(at))
      case 'either': {
        const all = this.only(null)
        for (const item of expression.items) all.addAll(this.ends(item, at))
        return all
      }
      case 'repeat': return this.repeat(expression.item, expression.min, expression.max, at)
    }
  }

  private after(item: Expression, starts: PositionSet): PositionSet {
    const all = this.only(null)
    for (const start of starts) all.addAll(this.ends(item, start))
    return all
  }

  private repeat(item: Expression, min: number, max: number, at: number): PositionSet {
    let last = this.only(at)
    for (let count = 0; count < min; count += 1) {
      const next = this.after(item, last)
      // Where one more time changes nothing, no further one does.
      if (next.equals(last)) break
      last = next
    }
    const all = this.only(null)
    all.addAll(last)
    // Places that were reached before lead nowhere new.
    for (let count = min; count < max && !last.isEmpty; count += 1) {
      last = this.after(item, last).without(all)
      all.addAll(last)
    }
    return all
  }

  private only(position: number | null): PositionSet {
    const set = new PositionSet(this.text.length + 1)
    if (position !== null) set.add(position)
    return set
  }
}
