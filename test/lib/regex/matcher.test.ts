import { describe, expect, it } from 'vitest'
import { compileMatcher, PatternTimeout, withPattern } from '../../../src/lib/regex/matcher.ts'
import { javaRegex } from '../../../src/lib/java/pattern.ts'

/** Long enough that V8 does not get them. */
const pad = (text: string): string => 'é,'.repeat(2_500_000) + text

const PATTERNS = [
  'a',
  'ab|cd',
  'a*',
  'a+b',
  '^a',
  'a$',
  '^$',
  '^a.c$',
  'a.c',
  '[a-c]x',
  '[^a-c]x',
  '\\d{2,3}',
  'x{2}',
  '(?:ab){2,}c',
  '(a)(b)?',
  '(?<n>a)b',
  '\\bab\\b',
  '\\Bb',
  'a??b',
  '\\u0061',
  '\\u{1F600}',
  '😀',
  '[😀-😂]',
  '\\uD83D\\uDE00',
  '^.$',
  '\\p{Lu}',
  '\\P{L}',
  '\\s\\S',
  '\\w\\W',
  '\\x41',
  '\\.',
  '\\/',
  '[\\]x]',
  '[.]',
  '\\cA',
  '\\0',
  '(?:)',
  '(?:a|b|)*c',
  '(?:a*)*b',
  'a{0}b',
  'a{0,2}$',
  '(?:^a|b)c',
  '(?:\\b|x)ab',
]
const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'cd',
  'aab',
  'xx',
  'ababc',
  'ax',
  'dx',
  '12',
  '1234',
  ' ab ',
  'a-b',
  '😀',
  '😂',
  'É',
  'a\nc',
  'aéc',
  'A',
  '.',
  '/',
  ']',
  '\x01',
  '\0',
  'a \t',
  'bc',
  'cab',
  'x\u2028',
]

describe('an automaton agrees with V8', () => {
  it.each(PATTERNS)('%s', (pattern) => {
    const regex = new RegExp(pattern, 'u')
    const whole = new RegExp(`^(?:${pattern})$`, 'u')
    // Loops that are followed by themselves keep V8 from being asked.
    const endless = (source: string) => compileMatcher(`(?:(?:(?:)*)*)*${source.replace(/^/, '(?:')})`)
    for (const text of TEXTS) {
      expect([text, endless(pattern)(text)]).toEqual([text, regex.test(text)])
      expect([text, compileMatcher(`(?:(?:(?:)*)*)*(?:${pattern})`, { whole: true })(text)]).toEqual([
        text,
        whole.test(text),
      ])
    }
  })

  it('in what is too long for V8', () => {
    expect(compileMatcher('ab|cd')(pad('cd'))).toBe(true)
    expect(compileMatcher('ab|cd')(pad('ce'))).toBe(false)
    expect(compileMatcher('a.*b')(pad('a b'))).toBe(true)
  })
})

describe('a text that was made for it', () => {
  it.each([
    ['(a|a)*b', 60],
    ['(a*)*b', 60],
    ['(.*)*x', 60],
    ['a*a*a*a*a*b', 5000],
    ['.*foo.*bar', 200_000],
    ['(a|b)*a(a|b){12}c', 20_000],
  ])('does not hold up %s', (pattern, length) => {
    const startedAt = performance.now()
    expect(compileMatcher(pattern)('a'.repeat(length))).toBe(false)
    expect(javaRegex(pattern).test('a'.repeat(Math.min(length, 249)))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(400)
  })

  it.each(['(a*)*\\1b', '(?=(a|a)*b)a', '^(a+)+\\1$(?!x)', '(?<!(a|a)*b)c'])(
    'stops %s after half a second, and names it',
    (pattern) => {
      const startedAt = performance.now()
      const matches = compileMatcher(pattern, { shown: `--grep ${pattern}` })
      let error: unknown
      try {
        matches('a'.repeat(60) + 'c')
      } catch (thrown) {
        error = thrown
      }
      if (error !== undefined) expect(error).toEqual(new PatternTimeout(`--grep ${pattern}`, 500))
      expect(performance.now() - startedAt).toBeLessThan(3000)
    },
  )

  it('stops what divides texts, too', () => {
    const regex = /(a|a)*b/gu
    expect(() => withPattern(regex, 'a'.repeat(60), () => 'a'.repeat(60).split(regex))).toThrow(PatternTimeout)
    expect(withPattern(/,/gu, 'a,b', () => 'a,b'.split(/,/gu))).toEqual(['a', 'b'])
  })
})

it('has look-around and references all the same', () => {
  expect(compileMatcher('^(?!.*health)')('GET /shop')).toBe(true)
  expect(compileMatcher('^(?!.*health)')('GET /health')).toBe(false)
  expect(compileMatcher('(a+)-\\1$')('aa-aa')).toBe(true)
  expect(() => compileMatcher('(')).toThrow(SyntaxError)
})
