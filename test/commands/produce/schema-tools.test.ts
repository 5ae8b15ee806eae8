import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schemaConsumer } from '../../../src/commands/consume/schema-consumer.ts'
import { schemaProducer } from '../../../src/commands/produce/schema-producer.ts'
import type { SchemaType } from '../../../src/lib/schemas/format.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { TestRegistry } from '../../lib/registry/support.ts'
import { createContext } from '../../support/context.ts'
import { startCommand } from '../../support/run-command.ts'

let box: TestRegistry
beforeAll(async () => {
  box = await TestRegistry.start()
})
afterAll(() => box.close())

async function run(command: Command, args: readonly string[], input = '') {
  const { context, stdout, stderr } = createContext({ style: 'drop-in', stdin: Readable.from([Buffer.from(input)]) })
  const where = ['--bootstrap-server', box.broker.bootstrapServers]
  const result = await startCommand(command, [...args, ...where], context)
  const exitCode = typeof result === 'number' ? result : ((result as { exitCode?: number }).exitCode ?? 0)
  return { stdout: stdout(), stderr: stderr(), exitCode }
}

const properties = (given: Readonly<Record<string, string>>): string[] =>
  Object.entries({ 'schema.registry.url': box.registry.url, ...given }).flatMap(([name, value]) => [
    '--property',
    `${name}=${value}`,
  ])

const produce = (type: SchemaType, topic: string, given: Readonly<Record<string, string>>, input: string) =>
  run(schemaProducer(type) as Command, ['--topic', topic, ...properties(given)], input)

const consume = (
  type: SchemaType,
  topic: string,
  given: Readonly<Record<string, string>> = {},
  count = 1,
  more: string[] = [],
) =>
  run(schemaConsumer(type) as Command, [
    ...['--topic', topic, '--from-beginning', '--max-messages', String(count), ...more],
    ...properties(given),
  ])

const AVRO = '{"type":"record","name":"myrecord","fields":[{"name":"f1","type":["null","string"]}]}'
const JSON_SCHEMA = '{"type":"object","properties":{"f1":{"type":"string"}}}'
const PROTO = 'syntax = "proto3"; message Other { int64 n = 1; } message MyRecord { string f_one = 1; int32 f2 = 2; }'

describe('the console tools', () => {
  test.each([
    ['AVRO', { 'value.schema': AVRO }, '{"f1": {"string": "value1"}}', '{"f1":{"string":"value1"}}'],
    ['JSON', { 'value.schema': JSON_SCHEMA }, '{"f1": "value1"}', '{"f1":"value1"}'],
    [
      'PROTOBUF',
      { 'value.schema': PROTO, 'value.schema.full.name': 'MyRecord' },
      '{"fOne": "value1"}',
      '{"fOne":"value1","f2":0}',
    ],
  ] as const)('send and show %s', async (type, given, line, shown) => {
    const topic = `sent-${type}`
    expect(await produce(type, topic, given, `${line}\n`)).toMatchObject({ exitCode: 0 })
    expect((await consume(type, topic)).stdout).toBe(`${shown}\n`)
    expect(await box.ok('GET', `/subjects/${topic}-value/versions`)).toEqual([1])
  })

  test('have keys, headers, ids, and null', async () => {
    const given = {
      'value.schema': AVRO,
      'key.schema': '"string"',
      'parse.key': 'true',
      'key.separator': '|',
      'parse.headers': 'true',
      'null.marker': 'NIL',
    }
    await produce('AVRO', 'parts', given, 'a:b\t"k1"|{"f1": null}\na:b\t"k2"|NIL\n')
    const { stdout } = await consume('AVRO', 'parts', { 'print.key': 'true', 'null.literal': 'none' }, 2)
    expect(stdout).toBe('"k1"\t{"f1":null}\n"k2"\tnone\n')
    const ids = { 'print.schema.ids': 'true', 'schema.id.separator': '#', 'print.key': 'true', 'print.offset': 'true' }
    expect((await consume('AVRO', 'parts', ids)).stdout).toMatch(/^Offset:0\t"k1"#\d+\t\{"f1":null\}#\d+\n$/)
    const headers = {
      'print.headers': 'true',
      'headers.deserializer': 'org.apache.kafka.common.serialization.StringDeserializer',
    }
    expect((await consume('AVRO', 'parts', headers)).stdout).toBe('a:b\t{"f1":null}\n')
  })

  test('have keys without a schema', async () => {
    const given = {
      'value.schema': AVRO,
      'parse.key': 'true',
      'key.serializer': 'org.apache.kafka.common.serialization.LongSerializer',
    }
    await produce('AVRO', 'longs', given, '42\t{"f1":null}\n')
    const long = { 'print.key': 'true', 'key.deserializer': 'org.apache.kafka.common.serialization.LongDeserializer' }
    expect((await consume('AVRO', 'longs', long)).stdout).toBe('42\t{"f1":null}\n')
  })

  test('take a schema by its id, by strategies, with what it refers to, in a header', async () => {
    const id = await box.register('by-id', { type: 'object' })
    await produce('JSON', 'by-id', { 'value.schema.id': String(id) }, '{}\n')
    expect((await consume('JSON', 'by-id')).stdout).toBe('{}\n')
    const strategy = 'io.confluent.kafka.serializers.subject.TopicRecordNameStrategy'
    await produce('AVRO', 'named', { 'value.schema': AVRO, 'value.subject.name.strategy': strategy }, '{"f1":null}\n')
    expect(await box.ok('GET', '/subjects/named-myrecord/versions')).toEqual([1])
    const refs = '[{"name":"myrecord","subject":"named-myrecord","version":1}]'
    const list = '{"type":"array","items":"myrecord"}'
    const header = 'io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer'
    const given = { 'value.schema': list, 'value.refs': refs, 'value.schema.id.serializer': header }
    await produce('AVRO', 'refs', given, '[{"f1":{"string":"x"}}]\n')
    expect((await consume('AVRO', 'refs')).stdout).toBe('[{"f1":{"string":"x"}}]\n')
  })

  test('register nothing where they may not', async () => {
    const given = { 'value.schema': AVRO, 'auto.register': 'false' }
    await expect(produce('AVRO', 'unregistered', given, '{"f1":null}\n')).rejects.toThrow('40401')
    expect(await box.ok('GET', '/subjects')).not.toContain('unregistered-value')
  })

  test('end at a line that does not fit, and at a record that cannot be shown', async () => {
    const sent = await produce('AVRO', 'faulty', { 'value.schema': AVRO }, '{"f1":null}\n{"f1":7}\n{"f1":null}\n')
    expect(sent).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('the value does not fit its schema') as string,
    })
    await run(
      (await import('../../../src/commands/produce/index.ts')).produceCommand as Command,
      ['--topic', 'faulty'],
      'plain\n',
    )
    await expect(consume('AVRO', 'faulty', {}, 2)).rejects.toThrow(
      /The record at offset \d+ of faulty-0 cannot be shown: it names no schema/,
    )
    const skipped = await consume('AVRO', 'faulty', {}, 2, ['--skip-message-on-error'])
    expect(skipped.stdout).toBe('{"f1":null}\n')
  })

  test.each([
    [
      { 'value.schema': AVRO, 'value.metadata': '{}' },
      'value.metadata is not supported: metadata and rules are not sent',
    ],
    [{ 'value.schema': AVRO, 'value.rule.set': '{}' }, 'value.rule.set is not supported'],
    [{ 'value.schema': AVRO, 'context.name.strategy': 'Mine' }, 'context.name.strategy=Mine is not supported'],
    [{ 'value.schema': AVRO, 'value.subject.name.strategy': 'Mine' }, 'value.subject.name.strategy=Mine is not known'],
    [{ 'value.schema': AVRO, 'value.schema.id.serializer': 'Mine' }, 'value.schema.id.serializer=Mine is not known'],
    [{ 'value.schema': AVRO, 'parse.key': 'true', 'key.serializer': 'Mine' }, 'key.serializer=Mine is not known'],
    [{ 'value.schema': AVRO, 'value.refs': '7' }, 'value.refs takes a list of'],
    [{ 'value.schema.file': '/none.avsc' }, 'value.schema.file: /none.avsc cannot be read'],
    [{ 'value.schema.id': 'x' }, 'value.schema.id=x is no id of a schema'],
    [{ 'bearer.auth.issuer.endpoint.url': 'x' }, 'bearer.auth.issuer.endpoint.url is not supported'],
    [{}, 'Must provide the value schema in either value.schema, value.schema.id, or value.schema.file'],
    [{ 'value.schema': AVRO, 'parse.key': 'true' }, 'Must provide the key schema'],
  ] as const)('refuse by name what they do not have: %j', async (given, message) => {
    await expect(produce('AVRO', 'refused', given as Record<string, string>, '{"f1":null}\n')).rejects.toThrow(message)
  })
})
