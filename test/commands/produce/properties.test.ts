import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { produceCommand } from '../../../src/commands/produce/index.ts'
import { producerProperties } from '../../../src/commands/produce/producer-settings.ts'
import { readerProperties } from '../../../src/commands/produce/reader-settings.ts'
import type { ProduceValues } from '../../../src/commands/produce/options.ts'
import type { Context } from '../../../src/lib/command/define.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { runCommand } from '../../support/run-command.ts'
import { parseArguments } from '../../../src/lib/command/register.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-produce-'))
afterAll(() => rmSync(folder, { recursive: true }))

const contextOf = (style: Context['style']): Context => ({ style, cwd: folder }) as Context
const parse = (style: Context['style'], ...args: string[]): ProduceValues =>
  parseArguments(produceCommand as Command, style, ['--topic', 't', ...args]).values as unknown as ProduceValues
const producer = (file: Record<string, string>, ...args: string[]): Record<string, string> =>
  Object.fromEntries(producerProperties(parse('drop-in', ...args), new Map(Object.entries(file)), contextOf('drop-in')))

test('an option goes before --command-property, and that before the file', () => {
  const file = { acks: '0', 'linger.ms': '1', 'client.id': 'file' }
  expect(producer(file)).toEqual(file)
  expect(producer(file, '--command-property', 'acks=1', '--command-property', 'linger.ms=2', '--timeout', '3')).toEqual(
    { acks: '1', 'linger.ms': '3', 'client.id': 'file' },
  )
})

test('every option means its setting', () => {
  expect(
    producer(
      {},
      '--request-required-acks',
      '-1',
      '--compression-codec',
      'lz4',
      '--timeout',
      '1',
      '--request-timeout-ms',
      '2',
      '--message-send-max-retries',
      '3',
      '--retry-backoff-ms',
      '4',
      '--socket-buffer-size',
      '5',
      '--max-memory-bytes',
      '6',
      '--batch-size',
      '7',
      '--metadata-expiry-ms',
      '8',
      '--max-block-ms',
      '9',
    ),
  ).toEqual({
    acks: '-1',
    'compression.type': 'lz4',
    'linger.ms': '1',
    'request.timeout.ms': '2',
    retries: '3',
    'retry.backoff.ms': '4',
    'send.buffer.bytes': '5',
    'buffer.memory': '6',
    'batch.size': '7',
    'metadata.max.age.ms': '8',
    'max.block.ms': '9',
  })
})

test('--compression-codec alone is gzip; --max-partition-memory-bytes goes before --batch-size', () => {
  expect(producer({}, '--compression-codec')).toEqual({ 'compression.type': 'gzip' })
  expect(producer({}, '--batch-size', '1', '--max-partition-memory-bytes', '2')).toEqual({ 'batch.size': '2' })
})

test('old names are taken, but not beside the new ones', () => {
  expect(producer({}, '--producer-property', 'acks=1')).toEqual({ acks: '1' })
  expect(() => producer({}, '--producer-property', 'acks=1', '--command-property', 'acks=1')).toThrow('old name')
  expect(() => parse('kts', '--property', 'a=1', '--reader-property', 'a=1')).toThrow('old name')
  expect(() => parse('kts', '--producer.config', 'f', '--command-config', 'f')).toThrow('old name')
})

test('the reader has its file and its properties', () => {
  writeFileSync(join(folder, 'r.properties'), 'parse.key=true\nkey.separator=-\n')
  const values = parse(
    'kts',
    '--reader-config',
    'r.properties',
    '--reader-property',
    'key.separator==',
    '--reader-property',
    'null.marker=',
  )
  expect(Object.fromEntries(readerProperties(values, contextOf('kts')))).toEqual({
    'parse.key': 'true',
    'key.separator': '=',
    'null.marker': '',
  })
})

test('a property without = is a slip under kts, and empty under the old name', () => {
  expect(() => readerProperties(parse('kts', '--reader-property', 'parse.key'), contextOf('kts'))).toThrow(
    '--reader-property takes KEY=VALUE',
  )
  expect(producer({}, '--command-property', 'client.id')).toEqual({ 'client.id': '' })
})

test.each([
  [':', ':'],
  ['\\t', '\t'],
])('-K %s is short for two properties', (given, separator) => {
  expect(Object.fromEntries(readerProperties(parse('kts', '-K', given), contextOf('kts')))).toEqual({
    'parse.key': 'true',
    'key.separator': separator,
  })
})

test.each([
  [['--value', 'a', '--input-file', 'f'], '--value and --input-file contradict each other: send one or the other'],
  [['--value', 'a', '-K', ':'], '--value and --key-separator contradict each other: a value is not cut into parts'],
  [['--value', 'a', '--json'], '--json and --value contradict each other: a document holds all parts of its record'],
  [['--json', '-k', 'a'], '--json and --key contradict each other: a document holds all parts of its record'],
  [['--json', '-H', 'a=b'], '--json and --header contradict each other: a document holds all parts of its record'],
  [['--json', '-K', ':'], '--json and --key-separator contradict each other: a document is not cut into parts'],
  [['-k', 'a', '-K', ':'], '--key contradicts --key-separator and parse.key=true: lines have keys of their own'],
  [['-H', 'a=b', '--reader-property', 'parse.headers=true'], '--header contradicts parse.headers=true'],
  [['-K', ':', '--reader-property', 'key.separator=-'], '--key-separator stands for key.separator: give one of them'],
  [['-H', 'name'], '--header takes NAME=VALUE, not "name"'],
  [['-H', '=value'], '--header takes NAME=VALUE, not "=value"'],
  [['orders'], '"orders" and --topic say the same: give one of them'],
])('%o is refused', async (args, reason) => {
  await expect(runCommand(produceCommand as Command, ['-b', '127.0.0.1:1', '--topic', 't', ...args])).rejects.toThrow(
    reason,
  )
})
