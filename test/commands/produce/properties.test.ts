import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { produceCommand } from '../../../src/commands/produce/index.ts'
import { producerProperties, readerProperties } from '../../../src/commands/produce/properties.ts'
import type { ProduceValues } from '../../../src/commands/produce/options.ts'
import type { Context } from '../../../src/lib/command/define.ts'
import type { Command } from '../../../src/lib/work/command.ts'
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
