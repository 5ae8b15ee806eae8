import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import { produceCommand } from '../../../src/commands/produce/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { TestRegistry } from '../../lib/registry/support.ts'
import { createContext } from '../../support/context.ts'
import { startCommand } from '../../support/run-command.ts'

const ORDER = {
  type: 'object',
  title: 'Order',
  properties: { id: { type: 'integer' }, note: { type: 'string' } },
  required: ['id'],
}

let box: TestRegistry
let folder: string
let schemaFile: string
beforeAll(async () => {
  box = await TestRegistry.start()
  folder = mkdtempSync(join(tmpdir(), 'kts-schemas-'))
  schemaFile = join(folder, 'order.json')
  writeFileSync(schemaFile, JSON.stringify(ORDER, null, 2))
})
afterAll(async () => {
  await box.close()
  rmSync(folder, { recursive: true })
})

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

async function run(command: Command, args: readonly string[], input = '', url = box.registry.url): Promise<Ran> {
  const where = ['-b', box.broker.bootstrapServers, ...(url === '' ? [] : ['--schema-registry', url])]
  const { context, stdout, stderr } = createContext({ stdin: Readable.from([Buffer.from(input)]) })
  const result = await startCommand(command, [...args, ...where], context)
  const exitCode = typeof result === 'number' ? result : ((result as { exitCode?: number } | undefined)?.exitCode ?? 0)
  return { stdout: stdout(), stderr: stderr(), exitCode }
}

const produce = (args: readonly string[], input = ''): Promise<Ran> => run(produceCommand as Command, args, input)
const read = (args: readonly string[], url?: string): Promise<Ran> =>
  run(consume as Command, [...args, '--to-end'], '', url)
const lines = ({ stdout }: Ran): string[] => stdout.split('\n').slice(0, -1)
const documents = (ran: Ran): Record<string, unknown>[] =>
  lines(ran).map((line) => JSON.parse(line) as Record<string, unknown>)

describe('values that a schema encodes', () => {
  test('go out with a schema that is registered, and come back as they were', async () => {
    const sent = await produce(
      ['orders', '--value-schema', schemaFile],
      '{"id": 9007199254740993}\n{"id":2,"note":"ü"}\n',
    )
    expect(sent).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('cannot') as string })
    const shown = await read(['orders'])
    expect(lines(shown)).toEqual(['{"id":9007199254740993}', '{"id":2,"note":"ü"}'])
    expect(await box.ok('GET', '/subjects/orders-value/versions')).toEqual([1])
    // Without a registry they are bytes with an id in front.
    expect((await read(['orders'], '')).stdout).toContain('\0\0\0\0')
  })

  test('are encoded by the latest schema of the subject when nothing is said', async () => {
    await box.register('latest-value', ORDER)
    await produce(['latest'], '{"id":1}\n')
    expect(documents(await read(['latest', '--json']))[0]).toMatchObject({ value: { id: 1 }, valueSchemaId: 1 })
    await produce(['latest', '--value-schema', 'none'], '{"id":1}\n')
    expect(documents(await read(['latest', '--json']))[1]!.value).toBe('{"id":1}')
  })

  test('stay as they are where the registry knows nothing of the topic', async () => {
    await produce(['plain'], 'hello\n')
    const shown = await read(['plain'])
    expect(shown.stdout).toBe('hello\n')
    expect(shown.stderr).toContain('the value at offset 0 of plain-0 is shown as it is: it names no schema')
  })

  test('are refused, line by line, where they do not fit', async () => {
    const sent = await produce(['strict', '--value-schema', schemaFile], '{"id":1}\n{"note":"x"}\n{"id":3}\n')
    expect(sent.exitCode).toBe(1)
    expect(sent.stderr).toMatch(/line 2.*the value does not fit its schema/)
    expect(lines(await read(['strict']))).toEqual(['{"id":1}', '{"id":3}'])
  })

  test('have keys with a schema of their own, and ids in headers on wish', async () => {
    const keyFile = join(folder, 'key.json')
    writeFileSync(keyFile, '{"type":"string","title":"Key"}')
    const options = ['--value-schema', schemaFile, '--key-schema', keyFile, '--schema-id-in-header']
    await produce(['keyed', '-K', ';', '--header', 'a=b', ...options], '"k1";{"id":1}\n')
    const [document] = documents(await read(['keyed', '--json']))
    expect(document).toMatchObject({ key: 'k1', value: { id: 1 } })
    expect(document!.valueSchemaId).toMatch(/^[0-9a-f-]{36}$/)
    expect((document!.headers as { key: string }[]).map(({ key }) => key)).toEqual([
      'a',
      '__key_schema_id',
      '__value_schema_id',
    ])
    expect(lines(await read(['keyed', '--print', 'key,value']))).toEqual(['"k1"\t{"id":1}'])
  })
})

describe('documents', () => {
  test('go back in without loss, in whichever wire form', async () => {
    for (const [topic, more] of [
      ['front', []],
      ['header', ['--schema-id-in-header']],
    ] as const) {
      await produce([topic, '--value-schema', schemaFile, ...more], '{"id":12345678901234567890}\n')
      await produce([topic, '--value-schema', 'none'], 'plain text\n')
      const before = await read([topic, '--json'])
      await produce(
        [`${topic}-copy`, '--json'],
        before.stdout.replaceAll(`"topic":"${topic}"`, `"topic":"${topic}-copy"`),
      )
      const after = await read([`${topic}-copy`, '--json'])
      expect(after.stdout.replaceAll(`${topic}-copy`, topic)).toBe(before.stdout)
      expect((await read([`${topic}-copy`, '--json'], '')).stdout.replaceAll(`${topic}-copy`, topic)).toBe(
        (await read([topic, '--json'], '')).stdout,
      )
    }
  })

  test('name what is wrong with them, and the next one is sent', async () => {
    const sent = await produce(
      ['mixed', '--json'],
      [
        { value: { id: 1 }, valueSchemaId: 999 },
        { value: { id: 1 }, valueSchemaId: 'x' },
        { value: { id: 'x' }, valueSchemaId: 1 },
        { value: { id: 4 }, valueSchemaId: 1 },
      ]
        .map((document) => `${JSON.stringify(document)}\n`)
        .join(''),
    )
    expect(sent.exitCode).toBe(1)
    expect(sent.stderr).toContain('Cannot encode by schema 999: the registry has no schema 999')
    expect(sent.stderr).toContain('"valueSchemaId" is no number from 1, and no GUID')
    expect(lines(await read(['mixed']))).toEqual(['{"id":4}'])
  })
})

describe('records that cannot be decoded', () => {
  test('show their bytes and one reason of each kind, and the rest goes on', async () => {
    const unknown = Buffer.concat([Buffer.from([0, 0, 0, 3, 231]), Buffer.from('{}')]).toString('base64')
    const misfit = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 255]), Buffer.from('oops')]).toString('base64')
    await produce(
      ['bad', '--json'],
      [unknown, unknown, misfit, misfit].map((base64) => `${JSON.stringify({ value: { base64 } })}\n`).join(''),
    )
    await produce(['bad', '--value-schema', schemaFile], '{"id":5}\n')
    const shown = await read(['bad', '--json'])
    expect(documents(shown).map(({ value }) => value)).toEqual([
      { base64: unknown },
      { base64: unknown },
      { base64: misfit },
      { base64: misfit },
      { id: 5 },
    ])
    expect(shown.stderr.match(/is shown as it is/g)).toHaveLength(2)
    expect(shown.stderr).toContain('the value at offset 0 of bad-0 is shown as it is: the registry has no schema 999')
    expect(shown.stderr).toContain('the value at offset 2 of bad-0 is shown as it is: it does not fit schema 1')
  })

  test('are searched as text, those that are decoded as their JSON', async () => {
    await produce(['found', '--value-schema', schemaFile], '{"id":1,"note":"apple"}\n{"id":2,"note":"pear"}\n')
    expect(lines(await read(['found', '--grep', '"note":"p']))).toEqual(['{"id":2,"note":"pear"}'])
    const last = await run(consume as Command, ['found', '--grep', 'apple', '--last', '1'])
    expect(lines(last)).toEqual(['{"id":1,"note":"apple"}'])
  })

  test('flow on where no registry answers, which is said once', async () => {
    await produce(['deaf', '--value-schema', schemaFile], '{"id":1}\n{"id":2}\n')
    const shown = await read(['deaf', '--json', '-X', 'max.retries=0'], 'http://localhost:1')
    expect(documents(shown)).toHaveLength(2)
    expect(shown.stderr.match(/Cannot reach the schema registry http:\/\/localhost:1/g)).toHaveLength(1)
  })

  test('need no decoding where text is asked for', async () => {
    await produce(['raw', '--value-schema', schemaFile], '{"id":1}\n')
    expect((await read(['raw', '--value', 'text'])).stdout).toContain('\0\0\0\0')
  })
})

test('a schema refers to others of the registry', async () => {
  const file = (name: string, schema: unknown): string => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify(schema))
    return path
  }
  const item = { type: 'record', name: 'shop.Item', fields: [{ name: 'id', type: 'long' }] }
  await box.ok('POST', '/subjects/shop-item/versions', { schema: JSON.stringify(item) })
  const items = file('items.avsc', { type: 'array', items: 'shop.Item' })
  const pair = 'shop.Item=shop-item:1'
  await produce(['items', '--value-schema', items, '--reference', pair], '[{"id":1}]\n')
  await produce(
    ['keys', '--property', 'parse.key=true', '--key-schema', items, '--key-reference', pair, '--value-schema', 'none'],
    '[{"id":2}]\tx\n',
  )
  expect((await read(['items'])).stdout).toBe('[{"id":1}]\n')
  expect(documents(await read(['keys', '--json']))[0]).toMatchObject({ key: [{ id: 2 }], value: 'x' })
  expect(await box.ok('GET', '/subjects/items-value/versions/1')).toMatchObject({
    references: [{ name: 'shop.Item', subject: 'shop-item', version: 1 }],
  })
  await expect(produce(['items', '--reference', pair])).rejects.toThrow(
    '--reference says what a schema refers to: name its file with --value-schema',
  )
  await expect(produce(['items', '--value-schema', items, '--reference', `shop.Item=${items}`])).rejects.toThrow(
    '--reference shop.Item: takes SUBJECT:VERSION here, as the registry has no files',
  )
  await expect(run(produceCommand as Command, ['items', '--reference', pair], '', '')).rejects.toThrow(
    '--reference takes a schema registry: --schema-registry URL',
  )
})

test('fields of Protobuf have the names of JSON, or on wish those of their file', async () => {
  const file = join(folder, 'line.proto')
  writeFileSync(file, 'syntax = "proto3"; message Line { int32 order_id = 1; }')
  await produce(['lines', '--value-schema', file], '{"orderId":1}\n{"order_id":2}\n')
  expect((await read(['lines'])).stdout).toBe('{"orderId":1}\n{"orderId":2}\n')
  expect((await read(['lines', '--proto-field-names'])).stdout).toBe('{"order_id":1}\n{"order_id":2}\n')
})

test('a schema takes a registry', async () => {
  await expect(run(produceCommand as Command, ['t', '--value-schema', schemaFile], '', '')).rejects.toThrow(
    '--value-schema takes a schema registry: --schema-registry URL',
  )
})
