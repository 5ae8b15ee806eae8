import { expect, test } from 'vitest'
import { parseRe2 } from '../../../../src/lib/protocol/re2/parse.ts'

/** What Apache Kafka 4.3 says of them, but for the one that it calls an internal error. */
test.each([
  ['(', 'missing closing )'], [')', 'unexpected )'], ['a)', 'unexpected )'], ['[', 'missing closing ]'], ['[a', 'missing closing ]'],
  ['[^]', 'missing closing ]'], ['a**', 'invalid nested repetition operator'], ['a*+', 'invalid nested repetition operator'],
  ['a{2}{3}', 'invalid nested repetition operator'], ['a+?*', 'invalid nested repetition operator'],
  ['*a', 'missing argument to repetition operator'], ['(*a)', 'missing argument to repetition operator'],
  ['a{1001}', 'invalid repeat count'], ['a{2,1}', 'invalid repeat count'], ['\\', 'trailing backslash at end of expression'],
  ['\\1', 'invalid escape sequence'], ['\\8', 'invalid escape sequence'], ['\\Z', 'invalid escape sequence'], ['\\x4', 'invalid escape sequence'],
  ['\\C', 'invalid escape sequence'], ['[a-\\d]', 'invalid escape sequence'], ['\\p{Foo}', 'invalid character class range'],
  ['[[:foo:]]', 'invalid character class range'], ['[z-a]', 'invalid character class range'],
  ['(?', 'invalid or unsupported Perl syntax'], ['(?i', 'invalid or unsupported Perl syntax'], ['(?z)', 'invalid or unsupported Perl syntax'],
  ['(?=a)', 'invalid or unsupported Perl syntax'], ['(?!a)', 'invalid or unsupported Perl syntax'], ['(?-)a', 'invalid or unsupported Perl syntax'],
  ['(?i-)a', 'invalid or unsupported Perl syntax'], ['(?P=n)', 'invalid or unsupported Perl syntax'], ['(?#x)', 'invalid or unsupported Perl syntax'],
  ['(?<=a)', 'invalid named capture'], ['(?P<n', 'invalid named capture'], ['(?P<n>a)(?P<n>b)', 'duplicate capture group name'],
  ['('.repeat(1001) + ')'.repeat(1001), 'expression nests too deeply'],
])('%s: %s', (pattern, message) => {
  expect(() => parseRe2(pattern)).toThrow(new RegExp(`^${message.replace(')', '\\)')}$`))
})

test.each([
  '[]a]', 'a{,3}', '{', '\\p{Greek}', '\\pL', '\\Qab', '(?P<n>a)', '(?<n>a)', '(?P<1>a)', '(?i)a', '\\z', '\\A', '[[:alpha:]]', '(?i-s:a)', '(?)a',
  '((a{100}){100})', 'a||b', '()', '|', '\\x{41}', '\\012', '\\0', 'a??', '^*', 'a{1', '\\_', '(?U)a', '[^]a]', '[a-]', '[-a]', '(?is-m)b',
])('%s is accepted, as by Apache Kafka 4.3', (pattern) => {
  expect(() => parseRe2(pattern)).not.toThrow()
})
