import { describe, expect, test } from 'vitest'
import { defineCommand, type Command } from '../../../src/lib/work/command.ts'
import { parseArguments } from '../../../src/lib/command/register.ts'
import { UserError } from '../../../src/lib/errors.ts'

const command = defineCommand({
  options: [
    { name: 'topic', value: 'VALUE', short: 't', completes: 'topics', about: '' },
    { name: 'partitions', value: 'N', type: 'integer', about: '' },
    { name: 'list', about: '' },
    { name: 'no-wait', about: '' },
    { name: 'config', value: 'VALUE', repeatable: true, about: '' },
    { name: 'compression-codec', value: 'VALUE', argument: 'optional', about: '' },
    { name: 'level', value: 'VALUE', values: ['read_committed', 'read_uncommitted'], about: '' },
    { name: 'codec', value: 'VALUE', argument: 'optional', values: ['none', 'gzip', 'lz4'], about: '' },
    { name: 'pattern', value: 'VALUE', repeatable: true, values: ['Any', 'Literal'], ignoresCase: true, about: '' },
    { name: 'formatter-property', value: 'VALUE', repeatable: true, about: '' },
    { name: 'property', value: 'VALUE', repeatable: true, deprecatedFor: 'formatter-property', about: '' },
    { name: 'producer.config', value: 'VALUE', about: '' },
    { name: 'plain', standsFor: { option: 'config', value: 'x=1' }, about: '' },
    { name: 'fresh', only: 'kts', about: '' },
    { name: 'stale', only: 'drop-in', about: '' },
  ],
  offline: async () => {},
}) as unknown as Command

const both = ['kts', 'drop-in'] as const
const parse = (style: 'kts' | 'drop-in', ...args: string[]) => parseArguments(command, style, args)

describe.each(both)('under %s', (style) => {
  test('without options flags are false, lists empty and the rest undefined', () => {
    expect(parse(style).values).toEqual({
      topic: undefined,
      partitions: undefined,
      list: false,
      noWait: false,
      config: [],
      compressionCodec: undefined,
      level: undefined,
      codec: undefined,
      pattern: [],
      formatterProperty: [],
      property: [],
      producerConfig: undefined,
      plain: false,
      fresh: false,
      stale: false,
    })
  })

  test("an option that stands for a value of another one keeps its place among that one's values", () => {
    expect(parse(style, '--config', 'a', '--plain', '--config', 'b').values).toMatchObject({
      plain: true,
      config: ['a', 'x=1', 'b'],
    })
  })

  test('takes a value after a space or an equals sign, the rest of the word whole', () => {
    expect(parse(style, '--topic', 'a', '--config', 'b=c=d', '--config=e=f').values).toMatchObject({
      topic: 'a',
      config: ['b=c=d', 'e=f'],
    })
  })

  test('takes values that begin with a dash', () => {
    expect(parse(style, '--partitions', '-1', '--topic', '-a').values).toMatchObject({ partitions: -1, topic: '-a' })
    expect(parse(style, '--topic', '--list').values).toMatchObject({ topic: '--list', list: false })
  })

  test('an option that may stand bare is true then', () => {
    expect(parse(style, '--compression-codec').values.compressionCodec).toBe(true)
    expect(parse(style, '--compression-codec', '--list').values).toMatchObject({ compressionCodec: true, list: true })
    expect(parse(style, '--compression-codec', 'lz4').values.compressionCodec).toBe('lz4')
    expect(parse(style, '--compression-codec=zstd').values.compressionCodec).toBe('zstd')
  })

  test('of an enumeration the declared spelling is what comes out', () => {
    expect(
      parse(style, '--level', 'read_committed', '--codec', 'lz4', '--pattern', 'aNY', '--pattern', ' literal').values,
    ).toMatchObject({ level: 'read_committed', codec: 'lz4', pattern: ['Any', 'Literal'] })
    expect(parse(style, '--codec').values.codec).toBe(true)
  })

  test('names with dots and names that begin with "no" mean what they say', () => {
    expect(parse(style, '--producer.config', 'f', '--no-wait').values).toMatchObject({
      producerConfig: 'f',
      noWait: true,
    })
  })

  test.each([
    [['--topic', 'a', '--topic', 'b'], /--topic is given 2 times/],
    [['--topi', 'a'], /unknown option --topi; did you mean --topic\?/],
    [['--topic'], /--topic needs a value/],
    [['--zzzzzz'], /^unknown option --zzzzzz$/],
    [['--partitions', 'two'], /--partitions takes a whole number, not "two"/],
    [['--partitions', '1.5'], /--partitions takes a whole number/],
    [['--level', 'odd'], /^--level is read_committed or read_uncommitted, not "odd"$/],
    [['--level', 'READ_COMMITTED'], /not "READ_COMMITTED"/],
    [['--level', 'read_comitted'], /did you mean read_committed\?/],
    [['--codec', 'gzipp'], /^--codec is one of none, gzip and lz4, not "gzipp"; did you mean gzip\?$/],
    [['--level', ''], /not ""/],
    [['--partitions', ''], /--partitions takes a whole number/],
  ])('refuses %j', (args, message) => {
    expect(() => parse(style, ...args)).toThrow(UserError)
    expect(() => parse(style, ...args)).toThrow(message)
  })

  test('a flag may be repeated', () => {
    expect(parse(style, '--list', '--list').values.list).toBe(true)
  })

  test('a deprecated name works with a notice, but not beside the new one', () => {
    const { values, notices } = parse(style, '--property', 'a=b', '--property', 'c=d')
    expect(values.property).toEqual(['a=b', 'c=d'])
    expect(notices).toEqual([expect.stringMatching(/^Option --property is deprecated .*--formatter-property/)])
    expect(() => parse(style, '--property', 'a=b', '--formatter-property', 'c=d')).toThrow(
      /--property is the old name of --formatter-property/,
    )
  })

  test('help wins over what else is wrong with the values', () => {
    expect(parse(style, '--help', '--topic', 'a', '--topic', 'b').help).toBe(true)
  })
})

test('options of the other name are unknown', () => {
  expect(parse('kts', '--fresh').values.fresh).toBe(true)
  expect(parse('drop-in', '--stale').values.stale).toBe(true)
  expect(() => parse('kts', '--stale')).toThrow(/unknown option --stale/)
  expect(() => parse('drop-in', '--fresh')).toThrow(/unknown option --fresh/)
  expect(() => parse('drop-in', '--json')).toThrow(/unknown option --json/)
})

describe('drop-ins read as JOpt Simple does', () => {
  test('stray words are ignored', () => {
    expect(parse('drop-in', 'stray', '--list', 'words').values.list).toBe(true)
    expect(parse('drop-in', '--list', '--', '--unknown').words).toEqual(['--unknown'])
  })

  test('one dash is as good as two before a whole name', () => {
    expect(parse('drop-in', '-list', '-topic', 'a', '-partitions=3').values).toMatchObject({
      list: true,
      topic: 'a',
      partitions: 3,
    })
    expect(() => parse('drop-in', '-lis')).toThrow(UserError)
  })

  test('an equals sign without a value takes the next word', () => {
    expect(parse('drop-in', '--topic=', 'a').values.topic).toBe('a')
    expect(parse('drop-in', '--topic', '').values.topic).toBe('')
  })
})

describe('kts', () => {
  test.each([['--topic', ''], ['--topic='], ['--topic', ' '], ['--config', 'a=b', '--config', '']])(
    'an empty value is an error: %j',
    (...args) => {
      expect(() => parse('kts', ...args)).toThrow(/^--\w+ is empty; is a variable of the shell not set\?$/)
    },
  )

  test('a stray word is an error', () => {
    expect(() => parse('kts', 'list')).toThrow('unexpected argument "list"; did you mean --list?')
  })

  test('two dashes end the options', () => {
    expect(() => parse('kts', '--', '--topic')).toThrow('unexpected argument "--topic"')
  })

  test('words are kept where the command takes some', () => {
    const wordy = { ...command, words: [{ name: 'FILE', about: '', isRepeatable: true }] }
    expect(parseArguments(wordy, 'kts', ['a', '--list', 'b']).words).toEqual(['a', 'b'])
  })

  test('short names, and a value that touches one', () => {
    expect(parse('kts', '-t', 'a').values.topic).toBe('a')
    expect(parse('kts', '-ta').values.topic).toBe('a')
  })

  test('output formats', () => {
    expect(parse('kts').output).toBeUndefined()
    expect(parse('kts', '--json').output).toBe('json')
    expect(parse('kts', '--output', 'ndjson').output).toBe('ndjson')
    expect(() => parse('kts', '--output', 'xml')).toThrow(/one of table, text, json, ndjson and yaml, not "xml"/)
    expect(() => parse('kts', '--output', 'text', '--json')).toThrow(/contradict/)
  })

  test('output formats that a command cannot give are refused', () => {
    const lines = { ...command, formats: ['text', 'ndjson'] } as const
    expect(parseArguments(lines, 'kts', ['--output', 'ndjson']).output).toBe('ndjson')
    expect(() => parseArguments(lines, 'kts', ['--output', 'yaml'])).toThrow('--output is text or ndjson, not "yaml"')
    expect(() => parseArguments({ ...command, formats: ['text'] }, 'kts', ['--output', 'json'])).toThrow(
      '--output is text, not "json"',
    )
    expect(() => parseArguments({ ...command, formats: ['text'] }, 'kts', ['--json'])).toThrow(/unknown option --json/)
  })

  test('a command that means something else by --json still has its --output', () => {
    const own = { ...command, options: [{ name: 'json', about: 'Read JSON.' }] } as const
    expect(parseArguments(own, 'kts', ['--json', '--output', 'yaml'])).toMatchObject({
      values: { json: true },
      output: 'yaml',
    })
    expect(parseArguments(own, 'kts', ['--json']).output).toBeUndefined()
  })

  test('a command that has options of its own for its stream has no output formats', () => {
    expect(() => parseArguments({ ...command, streams: true }, 'kts', ['--json'])).toThrow(/unknown option --json/)
  })

  test('general options', () => {
    expect(parse('kts', '--debug', '--no-color', '-h', '--version')).toMatchObject({
      debug: true,
      color: false,
      help: true,
      version: true,
    })
    expect(parse('kts')).toMatchObject({ debug: false, color: true, help: false, version: false })
  })
})
