import type { CharTest, Expression, Place } from './syntax.ts'

/** A step of an automaton; numbers are places in the program. */
export type Step =
  | { readonly type: 'char'; readonly matches: CharTest; readonly next: number }
  | { readonly type: 'assertion'; readonly place: Place; readonly next: number }
  | { readonly type: 'split'; next: readonly number[] }
  | { readonly type: 'end' }

export interface Program {
  readonly steps: readonly Step[]
  readonly start: number
}

/** Counts are written out; a program that would get longer is none. */
const MOST_STEPS = 5000

/** Undefined when it would be too long. */
export function compileProgram(expression: Expression): Program | undefined {
  const steps: Step[] = [{ type: 'end' }]
  try {
    const start = new Compiler(steps).add(expression, 0)
    return { steps, start }
  } catch (error) {
    if (error instanceof TooLong) return undefined
    throw error
  }
}

class TooLong extends Error {}

class Compiler {
  constructor(private readonly steps: Step[]) {}

  /** Adds what matches an expression and goes on to `next`; returns where it begins. */
  add(expression: Expression, next: number): number {
    switch (expression.type) {
      case 'char':
        return this.push({ type: 'char', matches: expression.matches, next })
      case 'assertion':
        return this.push({ type: 'assertion', place: expression.place, next })
      case 'sequence':
        return expression.items.reduceRight((after, item) => this.add(item, after), next)
      case 'either':
        return this.push({ type: 'split', next: expression.items.map((item) => this.add(item, next)) })
      case 'repeat':
        return this.repeat(expression.item, expression.min, expression.max, next)
    }
  }

  private repeat(item: Expression, min: number, max: number, next: number): number {
    let at = next
    if (max === Infinity) {
      const loop: Step = { type: 'split', next: [] }
      at = this.push(loop)
      loop.next = [this.add(item, at), next]
    } else {
      for (let count = min; count < max; count += 1) at = this.push({ type: 'split', next: [this.add(item, at), next] })
    }
    for (let count = 0; count < min; count += 1) {
      const before = this.add(item, at)
      // Nothing, so many times, is nothing.
      if (before === at) return at
      at = before
    }
    return at
  }

  private push(step: Step): number {
    if (this.steps.length >= MOST_STEPS) throw new TooLong()
    return this.steps.push(step) - 1
  }
}
