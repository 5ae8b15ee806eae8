import { expect, it } from 'vitest'
import { defineOptions } from '../../../src/lib/command/define.ts'
import { splitWords } from '../../../src/lib/command/split-words.ts'

const options = defineOptions([
  { name: 'topic', short: 't', value: 'TOPIC', about: '' },
  { name: 'watch', short: 'w', value: 'SECONDS', argument: 'optional', about: '' },
  { name: 'raw', short: 'r', about: '' },
  { name: 'quiet', short: 'q', about: '' },
])

function split(line: string, others: typeof options = options): string {
  const met: string[] = []
  const words = splitWords(line.split(' '), others, ({ name }, value) => met.push(`${name}=${value}`))
  return [...met, ...words].join(' ')
}

it.each([
  ['--topic a b', 'topic=a b'],
  ['--topic=a=b -t c', 'topic=a=b topic=c'],
  ['-tabc -t=1', 'topic=abc topic==1'],
  ['--topic --raw', 'topic=--raw'],
  ['--topic -- --raw', 'topic=-- raw=true'],
  ['--watch 5 --watch --raw -w -5 -w5', 'watch=5 watch=true raw=true watch=-5 watch=5'],
  ['--watch=5 x -w', 'watch=5 watch=true x'],
  ['-rq -qrtx -rw1', 'raw=true quiet=true quiet=true raw=true topic=x raw=true watch=1'],
  ['x -r y - -1.5e3', 'raw=true x y - -1.5e3'],
  ['x -- -r y --', 'x -r y --'],
])('%s', (line, met) => {
  expect(split(line)).toBe(met)
})

it.each([
  ['--topic', '--topic needs a value'],
  ['x -rt', '--topic needs a value'],
  ['--nothing -t', '--topic needs a value'],
  ['--tipic=a', 'unknown option --tipic=a; did you mean --topic?'],
  ['-rz', 'unknown option -z'],
  ['--raw=1', 'unknown option --raw=1; did you mean --raw?'],
  ['-x --y -- a', 'unknown option -x'],
])('%s: %s', (line, message) => {
  expect(() => split(line)).toThrow(message)
})

it('takes a number for an option only where a digit is one', () => {
  const digit = defineOptions([{ name: 'null', short: '0', about: '' }])
  expect(split('-0 1', digit)).toBe('null=true 1')
  expect(() => split('-1', digit)).toThrow('unknown option -1')
})
