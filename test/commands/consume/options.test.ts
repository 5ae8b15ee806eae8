import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import type { ConsumeValues } from '../../../src/commands/consume/options.ts'
import { consumerProperties, formatterProperties } from '../../../src/commands/consume/properties.ts'
import { argumentOf } from '../../../src/lib/command/define.ts'
import { UserError } from '../../../src/lib/errors.ts'
import apacheOptions from '../../conformance/options.json' with { type: 'json' }
import { readValues } from '../../support/run-command.ts'

function parse(line: string, style: 'kts' | 'drop-in' = 'kts'): ConsumeValues {
  return readValues(consume, line.split(' '), style) as ConsumeValues
}

const properties = (line: string, file: Record<string, string> = {}) =>
  Object.fromEntries(consumerProperties(parse(line, 'drop-in'), new Map(Object.entries(file))))

describe('the options', () => {
  it("are those of Apache's tool under its name", () => {
    const { options } = (
      apacheOptions.tools as unknown as Record<string, { options: { name: string; argument: string }[] }>
    )['kafka-console-consumer']!
    const known = consume.options.map((option) => `--${option.name} ${argumentOf(option)}`)
    for (const { name, argument } of options.filter(
      ({ name: option }) => option !== '--help' && option !== '--version',
    ))
      expect(known).toContain(`${name} ${argument}`)
    expect(() => parse('--topic t --json', 'drop-in')).toThrow(UserError)
    expect(() => parse('--topic t --since 0', 'drop-in')).toThrow(UserError)
  })

  it.each([
    '--from-beginning',
    '--topic t --include t.*',
    '--include t.* --partition 0',
    '--include t(',
    '--topic t --offset 1',
    '--topic t --partition 0 --offset soon',
    '--topic t --partition one',
    '--topic t --partition 0 --offset 1 --from-beginning',
    '--topic t --isolation-level read_none',
    '--topic t --max-messages few',
  ])("of Apache's tool are refused: %s", (line) => {
    expect(() => parse(line, 'drop-in')).toThrow(UserError)
  })

  it.each([
    '-t t --since soon',
    '-t t --since 0 -o 1',
    '-t t --since 0 --from-beginning',
    '-t t -p 1-0',
    '-t t --json --formatter x',
    '-t t --json --formatter-property print.key=true',
    '-t t --json --value-deserializer x',
    '-t t --json --property a=b',
    '-t t --json --formatter-config f',
    '-t t --output ndjson --formatter x',
    '-t t --last 0',
    '-t t --last 1000001',
    '-t t --last 5 --from-beginning',
    '-t t --last 5 -o 1',
    '-t t --last 5 --since -1h',
    '-t t --last 5 --to-end',
    '-t t --last 5 -c 1',
    '-t t --last 5 --timeout-ms 1',
    '-t t --last 5 -g g',
    '-t t --until soon',
    '-t t --since -1h --until -2h',
    '-t t --since 5 --until 5',
    '-t t --until now --to-end',
    '-t t --output yaml',
    '-t t --output table',
    '-t t u',
    't,',
    't -n 1 -c 1',
    't --last 2 -n 1',
    't --print key --format %s',
    't --print key,colour',
    't -f %x',
    't --json --print key',
    't --json -f %s',
    't --separator :',
    't --value json --formatter-property print.key=true',
    't --print key --value-deserializer x',
    't --value yaml',
    't --time-format utc',
  ])('of kts are refused: %s', (line) => {
    expect(() => parse(line)).toThrow(UserError)
  })

  it.each([
    '-t t -o 5',
    '-t t -o latest',
    '-t t -p 0,2-4 -o 7',
    '-t t --since 2024-01-01',
    '-t t --since -2h',
    '-t t --since=-1h30m',
    '--include t.* -o earliest',
    '-t t --json -c 1',
    '-t t -p 0 --from-beginning',
    '-t t --since -2h --until -1h',
    '-t t --to-end -o latest',
    '-t t --until yesterday',
    '-t t -p 0,2 --last 5 --grep x',
    '--include t.* --last 5',
    't',
    't u -p 0',
    't -o -10',
    't -o end -n 5',
    't --print key,value --separator :',
    't --json --value json --key-as json --time-format local',
    't -f %s --value json',
    't --time-format iso --formatter-property print.timestamp=true',
  ])('of kts are taken: %s', (line) => {
    expect(() => parse(line)).not.toThrow()
  })
})

describe('the settings of the consumer', () => {
  it('come from the file, and the command line goes before it', () => {
    expect(
      properties('--topic t --command-property fetch.min.bytes=2 --command-property check.crcs', {
        'fetch.min.bytes': '1',
        'client.id': 'x',
      }),
    ).toEqual({ 'fetch.min.bytes': '2', 'client.id': 'x', 'check.crcs': '', 'auto.offset.reset': 'latest' })
    expect(properties('--topic t --consumer-property client.id=a')).toMatchObject({ 'client.id': 'a' })
  })

  it('follow the options that mean one', () => {
    expect(
      properties('--topic t --from-beginning --group g --isolation-level read_committed', {
        'isolation.level': 'read_uncommitted',
      }),
    ).toEqual({ 'auto.offset.reset': 'earliest', 'group.id': 'g', 'isolation.level': 'read_committed' })
    expect(properties('--topic t', { 'auto.offset.reset': 'none' })).toEqual({ 'auto.offset.reset': 'none' })
    expect(properties('--topic t --group g', { 'group.id': 'g' })).toMatchObject({ 'group.id': 'g' })
  })

  it.each([
    ['--topic t --group g', { 'group.id': 'h' }],
    ['--topic t --group g --command-property group.id=h', {}],
    ['--topic t --partition 0', { 'group.id': 'g' }],
    ['--topic t --partition 0 --group g', {}],
    ['--topic t --from-beginning', { 'auto.offset.reset': 'latest' }],
    ['--topic t --command-property group.id=', {}],
  ])('contradict each other in %s with %j', (line, file) => {
    expect(() => properties(line, file as Record<string, string>)).toThrow(UserError)
  })

  it('begin with the oldest record where reading ends by itself', () => {
    for (const line of ['-t t --to-end', '-t t --until now'])
      expect(consumerProperties(parse(line), new Map()).get('auto.offset.reset')).toBe('earliest')
    expect(
      consumerProperties(parse('-t t --to-end'), new Map([['auto.offset.reset', 'latest']])).get('auto.offset.reset'),
    ).toBe('latest')
  })

  it('leave a group where it stopped', () => {
    expect(() => consumerProperties(parse('-t t -g g -o 1'), new Map())).toThrow(UserError)
    expect(() => consumerProperties(parse('-t t -g g --since 0'), new Map())).toThrow(UserError)
    expect(() => consumerProperties(parse('-t t -g g --to-end'), new Map())).toThrow(
      '--to-end and a group cannot go together',
    )
    expect(() => consumerProperties(parse('-t t --last 1'), new Map([['group.id', 'g']]))).toThrow(
      '--last and a group cannot go together',
    )
    expect(() => consumerProperties(parse('-t t -g g --until now'), new Map())).toThrow(
      '--until and a group cannot go together',
    )
  })
})

describe('the properties of the formatter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kts-consume-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('come from the file, the deserializer options and the command line, the last before the first', () => {
    writeFileSync(join(folder, 'f.properties'), 'print.key=true\nkey.deserializer=file\nvalue.deserializer=file\n')
    const line =
      '--topic t --formatter-config f.properties --key-deserializer option --value-deserializer option --formatter-property value.deserializer=line --formatter-property x'
    expect(Object.fromEntries(formatterProperties(parse(line), folder))).toEqual({
      'print.key': 'true',
      'key.deserializer': 'option',
      'value.deserializer': 'line',
      x: '',
    })
  })

  it('need the file to be there', () => {
    expect(() => formatterProperties(parse('--topic t --formatter-config none'), folder)).toThrow(UserError)
  })
})
