import { compileAutomaton, MatchTimeout } from './automaton.ts'
import { holdsAt } from './places.ts'
import { parseRe2 } from './parse.ts'
import { PositionSet } from './position-set.ts'
import { Re2CostError, type CharTest, type Expression } from './syntax.ts'

/** Steps of matching for all texts together, half a microsecond each: dozens for each of ten thousand topics. */
const MOST_STEPS = 500_000

/**
 * A test for texts that an expression of RE2's syntax matches as a whole. It takes time in proportion to the text, and
 * with large counts polynomial time that is bounded for all the texts together: no expression of a client can hold the
 * broker up, as one of JavaScript's can. Throws Re2SyntaxError; the test throws Re2CostError at the bound.
 */
export function compileRe2(pattern: string, mostSteps = MOST_STEPS): (text: string) => boolean {
  const expression = parseRe2(pattern)
  const steps = { left: mostSteps }
  const automaton = compileAutomaton(expression, { whole: true, mostWork: mostSteps * VISITS_IN_A_STEP })
  if (automaton) return (text) => inTime(() => automaton.matches(text))
  return (text) => new Matcher(text, steps).ends(expression, 0).has(text.length)
}

const COMPARISONS_IN_A_STEP = 16
/** The automaton visits steps of its program, which is quicker. */
const VISITS_IN_A_STEP = 4

function inTime(match: () => boolean): boolean {
  try {
    return match()
  } catch (error) {
    throw error instanceof MatchTimeout ? new Re2CostError('the expression takes too long to match') : error
  }
}

/**
 * Finds where the matches of an expression end, for all ways of matching at once; each is looked at once per position.
 */
class Matcher {
  private readonly known = new Map<Expression, PositionSet[]>()
  constructor(
    private readonly text: string,
    private readonly steps: { left: number },
  ) {}

  ends(expression: Expression, at: number): PositionSet {
    let known = this.known.get(expression)
    if (!known) this.known.set(expression, (known = []))
    return (known[at] ??= this.find(expression, at))
  }

  private find(expression: Expression, at: number): PositionSet {
    const { text } = this
    switch (expression.type) {
      case 'char':
        return this.only(this.isMatch(expression.matches, at) ? at + 1 : null)
      case 'assertion':
        return this.only(holdsAt(expression.place, text, at) ? at : null)
      case 'sequence':
        return this.sequence(expression.items, at)
      case 'either': {
        const all = this.only(null)
        for (const item of expression.items) {
          if (item.type === 'sequence' && this.literal(item.items, at) < 0) continue
          this.step()
          all.addAll(this.ends(item, at))
        }
        return all
      }
      case 'repeat':
        return this.repeat(expression.item, expression.min, expression.max, at)
    }
  }

  private sequence(items: readonly Expression[], at: number): PositionSet {
    let index = this.literal(items, at)
    if (index < 0) return this.only(null)
    let starts = this.only(at + index)
    for (; index < items.length && !starts.isEmpty; index += 1) starts = this.after(items[index]!, starts)
    return starts
  }

  /** How many characters a sequence begins with, -1 where the text has others. Most alternatives end here. */
  private literal(items: readonly Expression[], at: number): number {
    for (let index = 0; ; index += 1) {
      const item = items[index]
      if (item?.type === 'char' && this.isMatch(item.matches, at + index)) continue
      this.step((index + 1) / COMPARISONS_IN_A_STEP)
      return item?.type === 'char' ? -1 : index
    }
  }

  private after(item: Expression, starts: PositionSet): PositionSet {
    const all = this.only(null)
    if (item.type === 'char') {
      this.step()
      for (const start of starts) if (this.isMatch(item.matches, start)) all.add(start + 1)
      return all
    }
    for (const start of starts) {
      this.step()
      all.addAll(this.ends(item, start))
    }
    return all
  }

  private repeat(item: Expression, min: number, max: number, at: number): PositionSet {
    if (item.type === 'char') return this.run(item.matches, min, max, at)
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

  /** A character again and again: as far as it goes. */
  private run(matches: CharTest, min: number, max: number, at: number): PositionSet {
    const all = this.only(null)
    for (let count = 0; ; count += 1) {
      if (count >= min) all.add(at + count)
      if (count < max && this.isMatch(matches, at + count)) continue
      this.step(1 + count / COMPARISONS_IN_A_STEP)
      return all
    }
  }

  private isMatch(matches: CharTest, at: number): boolean {
    return at < this.text.length && matches(this.text.charCodeAt(at))
  }

  private step(count = 1): void {
    this.steps.left -= count
    if (this.steps.left < 0) throw new Re2CostError('the expression takes too long to match')
  }

  private only(position: number | null): PositionSet {
    const set = new PositionSet(this.text.length + 1)
    if (position !== null) set.add(position)
    return set
  }
}
