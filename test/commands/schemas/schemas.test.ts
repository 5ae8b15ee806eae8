import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schemas } from '../../../src/commands/schemas/index.ts'
import { saveProfile } from '../../../src/lib/config/profiles/profiles-file.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { TestRegistry } from '../../lib/registry/support.ts'
import type { ContextOptions } from '../../support/context.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const V1 = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'long' }] }
const V2 = { ...V1, fields: [...V1.fields, { name: 'note', type: ['null', 'string'], default: null }] }
const BROKEN = { ...V1, fields: [{ name: 'total', type: 'double' }] }

let box: TestRegistry
let folder: string
const file = (name: string): string => join(folder, name)
beforeAll(async () => {
  box = await TestRegistry.start()
  folder = mkdtempSync(join(tmpdir(), 'kts-schemas-'))
  for (const [name, schema] of Object.entries({ v1: V1, v2: V2, broken: BROKEN }))
    writeFileSync(file(`${name}.avsc`), JSON.stringify(schema, null, 2))
  writeFileSync(file('bad.avsc'), '{"type":"record"}')
})
afterAll(async () => {
  await box.close()
  rmSync(folder, { recursive: true })
})

const run = (args: readonly string[], options: ContextOptions = {}, url = box.registry.url): Promise<Outcome> =>
  runCommand(schemas as Command, [...args, '--schema-registry', url], options)
const offline = (args: readonly string[]): Promise<Outcome> => runCommand(schemas as Command, args)

describe('a registry', () => {
  test('takes a schema, shows it, and lets it go', async () => {
    const registered = await run(['register', 'orders-value', file('v1.avsc')])
    expect(registered.data).toMatchObject({ subject: 'orders-value', version: 1 })
    const { id } = registered.data as { id: number }
    expect(registered.text).toBe(`${id}\n`)
    await run(['register', 'orders-value', file('v2.avsc')])
    expect((await run(['list'])).text).toContain('orders-value\n')
    const listed = await run(['list', 'orders-value'])
    expect(listed.table).toMatch(/SUBJECT +VERSION +ID +TYPE\norders-value +1 +\d+ +AVRO\norders-value +2/)
    expect(JSON.parse((await run(['get', 'orders-value', '--schema-version', '1'])).text)).toEqual(V1)
    expect(JSON.parse((await run(['get', '--id', String(id)])).text)).toEqual(V1)
    expect((await run(['delete', 'orders-value', '--schema-version', '2', '--dry-run'])).text).toBe(
      'Would delete version 2 of orders-value.\n',
    )
    await run(['delete', 'orders-value', '--schema-version', '2'])
    expect((await run(['list', 'orders-value'])).data).toHaveLength(1)
    expect((await run(['list', 'orders-value', '--deleted'])).data).toHaveLength(2)
    expect((await run(['delete', 'orders-value', '--yes'])).data).toMatchObject({ versions: [1] })
    expect((await run(['delete', 'orders-value', '--permanent'])).data).toMatchObject({ versions: [1, 2] })
  })

  test('says whether a schema may be registered', async () => {
    await run(['register', 'checked', file('v1.avsc')])
    expect((await run(['check', 'checked', file('v2.avsc')])).exitCode).toBe(0)
    const refused = await run(['check', 'checked', file('broken.avsc')])
    expect(refused).toMatchObject({ exitCode: 1, data: { isCompatible: false } })
    expect(refused.text).toMatch(/is not compatible\.\n {2}\S/)
    expect((await run(['check', 'unheard-of', file('v1.avsc')])).exitCode).toBe(0)
    expect((await run(['register', 'checked', file('broken.avsc'), '--dry-run'])).exitCode).toBe(1)
    expect((await run(['register', 'checked', file('v1.avsc'), '--dry-run'])).text).toMatch(/has this schema already/)
    await expect(run(['register', 'checked', file('broken.avsc')])).rejects.toMatchObject({ errorCode: 409 })
    expect((await run(['list', 'checked'])).data).toHaveLength(1)
  })

  test('has levels and modes, of its own and of subjects', async () => {
    expect((await run(['config'])).text).toBe('BACKWARD\n')
    expect((await run(['config', 'x', '--set', 'full', '--dry-run'])).text).toContain('Would set')
    await run(['config', 'x', '--set', 'full'])
    expect((await run(['config', 'x'])).data).toEqual({ subject: 'x', compatibility: 'FULL', isOwn: true })
    await run(['config', 'x', '--unset'])
    expect((await run(['config', 'x'])).data).toEqual({ subject: 'x', compatibility: 'BACKWARD', isOwn: false })
    await run(['mode', 'x', '--set', 'READONLY'])
    await expect(run(['register', 'x', file('v1.avsc')])).rejects.toMatchObject({ errorCode: 42205 })
    await expect(run(['config', '--set', 'BACKWORD'])).rejects.toThrow('did you mean BACKWARD?')
  })

  test('tells a subject that is near', async () => {
    await run(['register', 'near-value', file('v1.avsc')])
    await expect(run(['list', 'near-valeu'])).rejects.toThrow(/40401\); did you mean near-value\?/)
  })

  test('moves to another one, under the same ids', async () => {
    const other = await TestRegistry.start()
    try {
      await run(['register', 'moved', file('v1.avsc')])
      await run(['register', 'moved', file('v2.avsc')])
      const { text } = await run(['export', 'moved'])
      const move = (...more: string[]) =>
        run(['import', ...more], { stdin: Readable.from([Buffer.from(text)]) }, other.registry.url)
      expect((await move('--dry-run')).text.split('\n')).toHaveLength(3)
      expect((await move()).data).toEqual({ imported: 2, alreadyThere: 0, failed: 0 })
      expect((await move()).data).toEqual({ imported: 0, alreadyThere: 2, failed: 0 })
      expect((await run(['export', 'moved'], {}, other.registry.url)).text).toBe(text)
      expect((await run(['mode', 'moved'], {}, other.registry.url)).data).toMatchObject({ isOwn: false })
    } finally {
      await other.close()
    }
  })

  test('is left as it is under a profile that is read-only', async () => {
    const env = { XDG_CONFIG_HOME: folder }
    await saveProfile(env, {
      name: 'look',
      local: true,
      readOnly: true,
      confirm: false,
      properties: new Map([['schema.registry.url', box.registry.url]]),
    })
    const asLook = (args: readonly string[]) => runCommand(schemas as Command, [...args, '--profile', 'look'], { env })
    expect((await asLook(['config'])).text).toBe('BACKWARD\n')
    for (const args of [
      ['register', 'ro', file('v1.avsc')],
      ['delete', 'checked'],
      ['config', '--set', 'NONE'],
      ['mode', '--set', 'READONLY'],
      ['import', '--input-file', '/dev/null'],
    ])
      await expect(asLook(args)).rejects.toThrow('look')
    expect((await asLook(['register', 'ro', file('v1.avsc'), '--dry-run'])).text).toContain('Would register')
  })
})

describe('without a registry', () => {
  test.each([
    ['v2', 'v1', 'BACKWARD', 0],
    ['v2', 'v1', 'FULL', 0],
    ['broken', 'v1', 'BACKWARD', 1],
    ['broken', 'v1', 'NONE', 0],
  ])('%s is checked against %s by %s: %i', async (name, against, level, exitCode) => {
    const checked = await offline([
      'check',
      file(`${name}.avsc`),
      '--against',
      file(`${against}.avsc`),
      '--level',
      level,
    ])
    expect(checked.exitCode).toBe(exitCode)
  })

  test('transitive levels look at every file, the others at the newest', async () => {
    const against = ['--against', file('broken.avsc'), '--against', file('v1.avsc')]
    expect((await offline(['check', file('v2.avsc'), ...against])).exitCode).toBe(0)
    const all = await offline(['check', file('v2.avsc'), ...against, '--level', 'backward_transitive'])
    expect(all).toMatchObject({ exitCode: 1, text: expect.stringContaining('broken.avsc: ') as string })
  })

  test('two files are compared line by line', async () => {
    const { text, exitCode } = await offline(['diff', file('v1.avsc'), file('v2.avsc')])
    expect(exitCode).toBe(1)
    expect(text).toContain('\n+      "name": "note",\n')
    expect((await offline(['diff', file('v1.avsc'), file('v1.avsc')])).exitCode).toBe(0)
  })

  test.each([
    [['check', 'bad.avsc', '--against', 'v1.avsc'], /bad\.avsc: /],
    [['check', 'none.avsc', '--against', 'v1.avsc'], /none\.avsc cannot be read: there is no such file/],
    [['check', 'x'], 'name a subject and a file'],
    [['check', 'x', 'v1.avsc', '--level', 'FULL'], '--level goes with --against'],
    [['get'], 'name a subject, or a schema by --id'],
    [['register', 'x'], 'register needs FILE: the file of a schema'],
    [['list'], 'name the schema registry: --schema-registry'],
    [['register', 'x', 'v1.avsc', '--reference', 'a'], '--reference takes NAME=SUBJECT:VERSION or NAME=FILE, not "a"'],
  ])('bad words are refused: %j', async (args, message) => {
    const placed = args.map((word) => (word.endsWith('.avsc') ? file(word) : word))
    await expect(offline(placed)).rejects.toThrow(message)
  })
})
