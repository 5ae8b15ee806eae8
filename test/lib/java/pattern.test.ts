import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/lib/errors.ts'
import { javaRegex } from '../../../src/lib/java/pattern.ts'
import { topicFilter } from '../../../src/lib/client/topic-filter.ts'

/** Pattern, names that java.util.regex.Pattern matches as a whole, names that it does not. */
const CASES: readonly [pattern: string, fits: readonly string[], others: readonly string[]][] = [
  ['a.c', ['abc', 'a.c'], ['abcd', 'xabc']],
  ['a|bc', ['a', 'bc'], ['abc', 'ac']],
  ['(a|b)c', ['ac', 'bc'], ['c']],
  ['a\\.c', ['a.c'], ['abc']],
  ['a-b_c', ['a-b_c'], []],
  ['\\Qa.c\\E+', ['a.c', 'a.cc'], ['abc', 'a.ca.c']],
  ['\\p{Alnum}+', ['aZ9'], ['a-b', '']],
  ['\\p{Lower}\\p{Upper}\\P{Digit}', ['aBc'], ['aB1', 'AAA']],
  ['\\p{IsAlphabetic}\\pL', ['ab'], ['a1']],
  ['[\\p{Punct}&&[^.]]+', ['-_'], ['.', '-.']],
  ['[a-d[m-p]]+', ['abcdmnop'], ['e', 'l']],
  ['[a-z&&[^aeiou]]+', ['xyz'], ['xyza']],
  ['[^a-c]x', ['dx'], ['ax']],
  ['[]a]+', ['a]'], ['[']],
  ['[a-]+', ['a-'], ['b']],
  ['[\\w.-]+', ['a.b-c_9'], ['a b']],
  ['[\\Qa-c\\E]+', ['a-c'], ['b']],
  ['(?i)abc', ['ABC', 'aBc'], ['abd']],
  ['a(?i)b(?-i)c', ['abc', 'aBc'], ['Abc', 'abC']],
  ['(?i:a)b|c', ['Ab', 'ab', 'c'], ['AB', 'C']],
  ['((?i)a)b', ['Ab'], ['AB']],
  ['(?i)[b-c]x', ['BX', 'cx'], ['ax']],
  ['(?x) a b # tail', ['ab'], ['a b']],
  ['a*+a', [], ['a', 'aa']],
  ['a++b', ['aab'], ['b']],
  ['(?:ab)?+ab', ['abab'], ['ab']],
  ['a{2,3}+a', ['aaaa'], ['aaa']],
  ['(?>a|ab)c', ['ac'], ['abc']],
  ['(a)(b)\\2\\1', ['abba'], ['abab']],
  ['(a++)-\\1', ['aa-aa'], ['aa-a']],
  ['(?<x>[ab])\\k<x>', ['aa', 'bb'], ['ab']],
  ['(a)\\12', ['aa2'], ['a']],
  ['a.*?b', ['ab', 'axxb'], ['a']],
  ['(?!__).*', ['topic'], ['__topic']],
  ['\\x41\\u0042\\0103\\x{44}', ['ABCD'], ['abcd']],
  ['\\Aa\\z', ['a'], ['aa']],
  ['a}]', ['a}]'], []],
]

describe('javaRegex', () => {
  it.each(CASES)('%s', (pattern, fits, others) => {
    const regex = javaRegex(pattern)
    expect(fits.filter((name) => !regex.test(name))).toEqual([])
    expect(others.filter((name) => regex.test(name))).toEqual([])
  })

  it.each([
    '*a',
    'a**',
    '+',
    'a{',
    '{1}',
    'a{x}',
    '(a',
    'a)',
    '[a',
    '[b-a]',
    '\\',
    '\\y',
    '\\1',
    '(?q)a',
    '(?<a>x)(?<a>y)',
    '\\p{Klingon}',
    '(?',
  ])('refuses %s', (pattern) => expect(() => javaRegex(pattern)).toThrow(UserError))
})

describe('topicFilter', () => {
  it('takes a comma for "or", and neither spaces nor quotes around it for a part of the name', () => {
    const matches = topicFilter(' "alpha, beta.*" ')
    expect(['alpha', 'beta2', 'alphabet', 'alpha,beta', ' alpha'].filter(matches)).toEqual(['alpha', 'beta2'])
  })

  it('matches only the empty name with an empty text', () => {
    expect(['', 'a'].filter(topicFilter(''))).toEqual([''])
  })
})
