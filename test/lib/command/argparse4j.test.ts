import { describe, expect, test } from 'vitest'
import { appendingArgparse4j, argparse4j } from '../../../src/lib/command/argparse4j.ts'
import { defineCommand, type Command } from '../../../src/lib/work/command.ts'
import { parseArguments } from '../../../src/lib/command/register.ts'
import { UserError } from '../../../src/lib/errors.ts'

const command = defineCommand({
  options: [
    { name: 'topic', value: 'VALUE', about: '' },
    { name: 'throughput', value: 'VALUE', about: '' },
    { name: 'props', value: 'VALUE', repeatable: true, about: '' },
    { name: 'print', about: '' },
    { name: 'print-metrics', about: '' },
    { name: 'record-size', value: 'N', type: 'integer', about: '' },
  ],
  dialect: argparse4j,
  helpsWhenBare: true,
  offline: async () => {},
}) as unknown as Command

const parse = (...args: string[]) => parseArguments(command, 'drop-in', args)

describe('drop-ins of argparse4j', () => {
  test.each([
    [['--topic', 'a', '--record-size=3'], { topic: 'a', recordSize: 3 }],
    [['--topic', 'a', '--topic', 'b'], { topic: 'b' }],
    [['--top', 'a', '--rec', '3'], { topic: 'a', recordSize: 3 }],
    [['--throughput', '-1'], { throughput: '-1' }],
    [['--throughput', '-0.5'], { throughput: '-0.5' }],
    [['--props', 'a=1', 'b=2', '--topic', 't'], { props: ['a=1', 'b=2'], topic: 't' }],
    [['--props', 'a=1', '--props', 'b=2'], { props: ['b=2'] }],
    [['--props=a=1', '--topic=x=y'], { props: ['a=1'], topic: 'x=y' }],
    [['--print'], { print: true, printMetrics: false }],
    [['--topic', ''], { topic: '' }],
  ])('read %j', (args, values) => {
    expect(parse(...args).values).toMatchObject(values)
  })

  test.each([
    [['--topic', '--print'], /--topic needs a value/],
    [['--props', '--print'], /--props needs a value/],
    [['--topic', 'a', 'stray'], /unexpected argument "stray"/],
    [['-1'], /-1/],
    [['--nothing', 'x'], /unknown option --nothing/],
    [['--pri'], /unknown option --pri/],
    [['--print-metrics=yes'], /--print-metrics/],
    [['-print'], /unknown option -p/],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UserError)
    expect(() => parse(...args)).toThrow(message)
  })

  test('show their help for -h, --help and nothing at all', () => {
    for (const args of [['-h'], ['--help'], [], ['--topic', 'a', '-h']]) expect(parse(...args).help).toBe(true)
    expect(parse('--topic', 'a').help).toBe(false)
  })

  test('under kts the command reads as every other', () => {
    expect(parseArguments(command, 'kts', []).help).toBe(false)
    expect(parseArguments(command, 'kts', ['--props', 'a=1', '--props', 'b=2']).values.props).toEqual(['a=1', 'b=2'])
    expect(() => parseArguments(command, 'kts', ['--top', 'a'])).toThrow(/did you mean --topic/)
  })
})

describe('drop-ins whose options append', () => {
  const append = (...args: string[]) => parseArguments({ ...command, dialect: appendingArgparse4j }, 'drop-in', args)

  test('collect one value for each time that an option is given', () => {
    expect(append('--props', 'a=1', '--topic', 't', '--props=b=2').values).toMatchObject({
      props: ['a=1', 'b=2'],
      topic: 't',
    })
    expect(append('--topic', 'a', '--topic', 'b').values).toMatchObject({ topic: 'b' })
    expect(() => append('--props', 'a=1', 'b=2')).toThrow(/unexpected argument "b=2"/)
  })
})
