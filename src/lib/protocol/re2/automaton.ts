import { EDGE, holdsBetween, sideOf, type Side } from './places.ts'
import { compileProgram, type Program } from './program.ts'
import type { Expression } from './syntax.ts'

/** States and transitions that are kept; when there are more all are forgotten, and made again as they are needed. */
const MOST_STATES = 2000
const MOST_TRANSITIONS = 200_000
/** How many transitions are made between two looks at the clock. */
const CLOCK_EVERY = 256

/** All places that the program can be at, at one place of the text. */
interface State {
  readonly steps: readonly number[]
  /** What stands before. */
  readonly before: Side
  /** Where ASCII characters lead. */
  readonly ascii: (State | undefined)[]
  readonly others: Map<number, State>
  /** Whether a text that ends here matches. */
  atEnd: boolean | undefined
}

/** A match took longer than it may. */
export class MatchTimeout extends Error {}

/**
 * An automaton whose states are made when a text first leads to them. It takes time in proportion to the text: each
 * character is looked at once, whatever the expression. Undefined for an expression whose counts make it too large.
 */
export function compileAutomaton(
  expression: Expression,
  { whole, mostWork }: { readonly whole: boolean; readonly mostWork?: number },
): Automaton | undefined {
  const program = compileProgram(expression)
  return program && new Automaton(program, whole, mostWork)
}

export class Automaton {
  private states = new Map<string, State>()
  private transitions = 0
  private readonly watchesSides: boolean
  private readonly marks: Uint32Array
  private mark = 0
  private work = 0
  private readonly matched: State = { steps: [], before: EDGE, ascii: [], others: new Map(), atEnd: true }
  private readonly lost: State = { steps: [], before: EDGE, ascii: [], others: new Map(), atEnd: false }
  private first: State

  /**
   * With `whole` the whole text has to match, otherwise any part of it. `mostWork` bounds the steps of the program that
   * are visited for all texts together.
   */
  constructor(
    private readonly program: Program,
    private readonly whole: boolean,
    private readonly mostWork = Infinity,
  ) {
    this.watchesSides = program.steps.some(
      (step) => step.type === 'assertion' && !['start', 'end'].includes(step.place),
    )
    this.marks = new Uint32Array(program.steps.length)
    this.first = this.stateOf([program.start], EDGE)
  }

  /**
   * Throws MatchTimeout after about `timeoutMs`, which an expression with thousands of steps can need for megabytes.
   */
  matches(text: string, timeoutMs = Infinity): boolean {
    const { length } = text
    const { matched, lost } = this
    const watch = new Watch(timeoutMs)
    let state = this.first
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(at)
      let next = unit < 128 ? state.ascii[unit] : undefined
      if (next === undefined) {
        const code = text.codePointAt(at)!
        if (code > 0xffff) at += 1
        next = (code < 128 ? undefined : state.others.get(code)) ?? this.goOn(state, code, watch)
      }
      if (next === matched) return true
      if (next === lost) return false
      state = next
    }
    return (state.atEnd ??= this.isMatch(this.reach(state, EDGE)))
  }

  private goOn(state: State, code: number, watch: Watch): State {
    watch.count()
    if (this.work > this.mostWork) throw new MatchTimeout()
    const next = this.step(state, code)
    if (this.transitions >= MOST_TRANSITIONS || this.states.size >= MOST_STATES) this.forget()
    this.transitions += 1
    if (code < 128) state.ascii[code] = next
    else state.others.set(code, next)
    return next
  }

  private step(state: State, code: number): State {
    const side = sideOf(code)
    const reached = this.reach(state, side)
    if (!this.whole && this.isMatch(reached)) return this.matched
    const next: number[] = []
    for (const at of reached) {
      const step = this.program.steps[at]!
      if (step.type === 'char' && step.matches(code)) next.push(step.next)
    }
    if (!this.whole) next.push(this.program.start)
    else if (next.length === 0) return this.lost
    return this.stateOf(next, side)
  }

  /**
   * The characters, and the end, that can be got to without a character; what has no width holds or not by the sides.
   */
  private reach({ steps, before }: State, after: Side): number[] {
    const reached: number[] = []
    const waiting = [...steps]
    this.mark += 1
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      this.work += 1
      if (this.marks[at] === this.mark) continue
      this.marks[at] = this.mark
      const step = this.program.steps[at]!
      if (step.type === 'split') waiting.push(...step.next)
      else if (step.type !== 'assertion') reached.push(at)
      else if (holdsBetween(step.place, before, after)) waiting.push(step.next)
    }
    return reached
  }

  private isMatch(reached: readonly number[]): boolean {
    return reached.some((at) => this.program.steps[at]!.type === 'end')
  }

  private stateOf(steps: readonly number[], side: Side): State {
    const before = side === EDGE || this.watchesSides ? side : OTHER_SIDE
    const distinct = [...new Set(steps)].sort((a, b) => a - b)
    const key = `${before} ${distinct.join(' ')}`
    const known = this.states.get(key)
    if (known) return known
    const state: State = {
      steps: distinct,
      before,
      ascii: new Array<State | undefined>(128).fill(undefined),
      others: new Map(),
      atEnd: undefined,
    }
    this.states.set(key, state)
    return state
  }

  private forget(): void {
    this.states = new Map()
    this.transitions = 0
    this.first = this.stateOf([this.program.start], EDGE)
  }
}

/** Where it does not matter what stands before. */
const OTHER_SIDE: Side = 3

class Watch {
  private made = 0
  private startedAt = 0
  constructor(private readonly timeoutMs: number) {}

  count(): void {
    if (this.timeoutMs === Infinity) return
    if (this.made === 0) this.startedAt = performance.now()
    this.made += 1
    if (this.made % CLOCK_EVERY === 0 && performance.now() - this.startedAt > this.timeoutMs) throw new MatchTimeout()
  }
}
