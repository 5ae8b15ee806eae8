import { createContext, Script, type Context } from 'node:vm'
import { EnvironmentError } from '../errors.ts'
import { compileAutomaton, MatchTimeout } from '../protocol/re2/automaton.ts'
import type { Expression } from '../protocol/re2/syntax.ts'
import { parseJavaScript, type Parsed } from './parse-javascript.ts'

/** How long one text may take. Two Ctrl-C in it are both seen within a second. */
const TIMEOUT_MS = 500

/** So many steps back are gone by V8 in some 10 ms. */
const HARMLESS_STEPS = 4_000_000

/**
 * A test for texts that come from elsewhere: whether a part of one matches, or with `whole` all of it. Takes a regular
 * expression of JavaScript (flag u). It takes time in proportion to the text, whatever the text; look-around and
 * references to groups, which no automaton has, are V8's, and stopped when they take too long. Throws SyntaxError; a
 * test throws PatternTimeout.
 */
export function compileMatcher(source: string, { whole = false, shown = source } = {}): (text: string) => boolean {
  const regex = new RegExp(whole ? `^(?:${source})$` : source, 'u')
  const parsed = parseJavaScript(source)
  const automaton = parsed?.isWhole ? compileAutomaton(parsed.expression, { whole }) : undefined
  const longest = harmlessLength(parsed)
  const watched = automaton
    ? (text: string) => automaton.matches(text, TIMEOUT_MS)
    : (text: string) => withinTime(TIMEOUT_MS, () => regex.test(text))
  // V8 knows how to look for a piece of text before it looks closer, so it may have what cannot keep it long.
  return (text) => (text.length <= longest ? regex.test(text) : bounded(shown, TIMEOUT_MS, () => watched(text)))
}

/** The same for expressions that nobody vouches for: those that no automaton has are refused. Throws SyntaxError. */
export function linearMatcher(source: string): (text: string) => boolean {
  const matches = compileMatcher(source)
  if (!parseJavaScript(source)?.isWhole)
    throw new SyntaxError(`/${source}/ looks around, or refers to a group: that may take for ever`)
  return matches
}

/**
 * Does something with a regular expression and a text for which a test is not enough, and stops it when it takes too
 * long: half a second, and another one for each half million characters. Throws PatternTimeout.
 */
export function withPattern<T>(regex: RegExp, text: string, work: () => T, shown = regex.source): T {
  if (text.length <= harmlessOf(regex)) return work()
  const timeoutMs = TIMEOUT_MS + Math.ceil(text.length / 1000)
  return bounded(shown, timeoutMs, () => withinTime(timeoutMs, work))
}

/**
 * Stops work with regular expressions that others have written, and that cannot be looked at one by one. `shown` tells
 * which they are. Throws PatternTimeout.
 */
export const stoppedAfter = <T>(timeoutMs: number, shown: string, work: () => T): T =>
  bounded(shown, timeoutMs, () => withinTime(timeoutMs, work))

/** A regular expression that was stopped in the middle of a text. */
export class PatternTimeout extends EnvironmentError {
  constructor(shown: string, timeoutMs: number) {
    super(`The regular expression ${shown} takes more than ${Math.round(timeoutMs)} ms for one text`)
  }
}

function bounded<T>(shown: string, timeoutMs: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof MatchTimeout || error instanceof TookTooLong ? new PatternTimeout(shown, timeoutMs) : error
  }
}

const harmless = new WeakMap<RegExp, number>()

function harmlessOf(regex: RegExp): number {
  const known =
    harmless.get(regex) ?? (isPlain(regex.source) ? Infinity : harmlessLength(parseJavaScript(regex.source)))
  harmless.set(regex, known)
  return known
}

const isPlain = (source: string): boolean => /^(?:[^\\^$.*+?()[\]{}|]|\\u[0-9a-f]{4})*$/.test(source)

/** How long a text V8 may have without a watch. */
function harmlessLength(parsed: Parsed | undefined): number {
  const { factor, loops } = parsed ? waysOf(parsed.expression) : ENDLESS
  return Math.floor((HARMLESS_STEPS / factor) ** (1 / (loops + 1)))
}

/** In how many ways an expression can match from one place of a text of length n, at most: factor × n^loops. */
interface Ways {
  readonly factor: number
  readonly loops: number
}

const ONE: Ways = { factor: 1, loops: 0 }
/** More than any power of the length, as where something that repeats is repeated. */
const ENDLESS: Ways = { factor: Infinity, loops: 0 }

function waysOf(expression: Expression): Ways {
  switch (expression.type) {
    case 'char':
    case 'assertion':
      return ONE
    case 'sequence':
      return expression.items.map(waysOf).reduce(times, ONE)
    case 'either':
      return expression.items
        .map(waysOf)
        .reduce((a, b) => ({ factor: a.factor + b.factor, loops: Math.max(a.loops, b.loops) }))
    case 'repeat':
      return repeated(waysOf(expression.item), expression.min, expression.max)
  }
}

const times = (a: Ways, b: Ways): Ways => ({ factor: a.factor * b.factor, loops: a.loops + b.loops })

function repeated({ factor, loops }: Ways, min: number, max: number): Ways {
  if (max === Infinity) return factor > 1 || loops > 0 ? ENDLESS : { factor: 1, loops: 1 }
  return { factor: factor ** max * (max - min + 1), loops: loops * max }
}

/** Work that was stopped because it took too long. */
class TookTooLong extends Error {}

let sandbox: Context | undefined
let script: Script | undefined

/**
 * Runs something, and stops it after so long, in the middle of a regular expression too: V8 looks for that when it
 * tracks back, but only a script of node:vm has a watchdog. It costs some 100 µs. Throws TookTooLong, or what the work
 * throws.
 */
function withinTime<T>(timeoutMs: number, work: () => T): T {
  sandbox ??= createContext({ work: undefined })
  script ??= new Script('work()')
  sandbox['work'] = work
  try {
    return script.runInContext(sandbox, { timeout: timeoutMs }) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong()
    throw error
  } finally {
    sandbox['work'] = undefined
  }
}
