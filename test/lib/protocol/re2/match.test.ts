import { describe, expect, test } from 'vitest'
import { compileRe2 } from '../../../../src/lib/protocol/re2/match.ts'
import { Re2CostError } from '../../../../src/lib/protocol/re2/syntax.ts'

const FULL: [pattern: string, matches: string[], others: string[]][] = [
  ['orders', ['orders'], ['orders-1', 'my-orders', 'Orders', '']],
  ['orders.*', ['orders', 'orders-1'], ['my-orders']],
  ['a|b|', ['a', 'b', ''], ['ab']],
  ['(a|b)+c?', ['a', 'abab', 'bc'], ['', 'c', 'acc']],
  ['a{2}', ['aa'], ['a', 'aaa']],
  ['a{2,}', ['aa', 'aaaaa'], ['a']],
  ['a{0,2}', ['', 'a', 'aa'], ['aaa']],
  ['a{,3}', ['a{,3}'], ['a', 'aaa']],
  ['x{', ['x{'], ['x']],
  ['[a-c]-[^0-9]', ['a-x', 'c--'], ['d-x', 'a-1']],
  ['[]a]', [']', 'a'], ['b']],
  ['[^]a]', ['b'], [']', 'a']],
  ['[a-]', ['a', '-'], ['b']],
  ['[[:digit:]_[:^alnum:]]', ['4', '_', '-'], ['a']],
  ['\\d+\\.\\w\\S\\D', ['12.a-x'], ['12xa-x', '.a-x']],
  ['[\\d.]+', ['1.2'], ['1-2']],
  ['\\x41\\x{42}\\103\\Qa.b|\\E*', ['ABCa.b', 'ABCa.b||'], ['ABCaxb|', 'ABCa.b|*']],
  ['\\Qab', ['ab'], ['a']],
  ['(?i)Logs-[A-C]', ['logs-a', 'LOGS-C'], ['logs-d']],
  ['a(?i:b)c', ['abc', 'aBc'], ['abC', 'Abc']],
  ['(?:(?i)a)b', ['Ab'], ['AB']],
  ['(?P<name>a)(?<other>b)', ['ab'], ['a']],
  ['^a$', ['a'], ['aa']],
  ['\\Aa\\z', ['a'], ['b']],
  ['a\\b-\\bb', ['a-b'], ['ab']],
  ['a\\Bb', ['ab'], ['a-b']],
  ['a.b', ['a-b'], ['a\nb']],
  ['(?s)a.b', ['a\nb'], []],
  ['(?m)a$\\n^b', ['a\nb'], ['ab']],
  ['a*?b+?c??', ['aabb', 'bc'], ['a']],
  ['\\pL\\p{Greek}\\P{Lu}', ['aαb'], ['1αb', 'aαB']],
  ['(a?){3}', ['', 'aaa'], ['aaaa']],
]

describe.each(FULL)('%s', (pattern, matches, others) => {
  test.each(matches)('matches %j as a whole', (text) => expect(compileRe2(pattern)(text)).toBe(true))
  test.each(others)('does not match %j', (text) => expect(compileRe2(pattern)(text)).toBe(false))
})

test.each([
  '(a+)+$',
  '(a|a)*b',
  '(a*)*b',
  '((a*)*)*b',
  '(a|aa)+b',
  '(.*)(.*)(.*)(.*)(.*)b',
  '(a{0,1000}){0,1000}b',
  '((((((((((a*)*)*)*)*)*)*)*)*)*)*b',
])('%s does not take for ever', (pattern) => {
  const started = performance.now()
  expect(compileRe2(pattern)('a'.repeat(248) + '!')).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})

describe('a bound on the work', () => {
  test('ends expressions that take too long, for all texts together', () => {
    const matches = compileRe2('(a?){1000}(a?){1000}b', 10_000)
    expect(() => matches('a'.repeat(249))).toThrow(Re2CostError)
    const counting = compileRe2('((ab?){1000}){6}', 1000)
    expect(() => {
      for (let left = 1000; left > 0; left -= 1) counting('aaaa')
    }).toThrow(Re2CostError)
  })

  test('is far beyond a hundred names for thousands of topics', () => {
    const matches = compileRe2(Array.from({ length: 100 }, (_, index) => `service-${index}\\.events`).join('|'))
    const topics = Array.from({ length: 5000 }, (_, index) => `service-${index}.events`)
    expect(topics.filter(matches)).toHaveLength(100)
  })

  test('refuses a long expression, and takes a class of thousands of characters for one', () => {
    expect(() => compileRe2('a'.repeat(30_000))).toThrow('expression too large')
    expect(compileRe2(`[${'xyz'.repeat(5000)}]*`)('xyzxyz'.repeat(40))).toBe(true)
  })
})
