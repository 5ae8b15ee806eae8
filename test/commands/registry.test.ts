import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { camelCase } from '../../src/lib/command/names.ts'
import { root } from '../support/kts.ts'
import { optionsFor, ownOptions } from '../../src/lib/command/global-options.ts'

const names = ['kts', ...commands.flatMap(({ dropIns }) => dropIns).flatMap((name) => [name, `${name}.sh`])]
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>
  man: string[]
}

test('the launchers, the bins of the package and the registry agree', () => {
  const launchers = readdirSync(join(root, 'bin')).filter(
    (name) => !['package.json', 'launch.js', 'chunks.js', 'code-cache.js', 'small-heap.js', 'start.js'].includes(name),
  )
  expect(launchers.sort()).toEqual([...names].sort())
  expect(manifest.bin).toEqual(Object.fromEntries(names.map((name) => [name, `bin/${name}`])))
})

test('the package installs a manual page for kts and for each command that the help lists', () => {
  const pages = commands.filter(({ hidden }) => !hidden).map(({ name }) => `man/kts-${name.replaceAll(' ', '-')}.1`)
  expect([...manifest.man].sort()).toEqual(['man/kts.1', ...pages].sort())
})

test.each(names)('bin/%s can be run and names its tool', (name) => {
  const path = join(root, 'bin', name)
  expect(readFileSync(path, 'utf8')).toBe(
    `#!/usr/bin/env node\n'use strict'\nrequire('./launch.js').launch('${name}')\n`,
  )
  expect(statSync(path).mode & 0o111).toBe(0o111)
})

test('what kts says of its options is about kts', async () => {
  const said = await Promise.all(
    commands.map(async ({ name, load }) =>
      optionsFor(await load(), 'kts').map((option) => `${name} --${option.name}: ${option.about}`),
    ),
  )
  const astray =
    /under kts|under Apache's name|--(create|list|describe|alter|delete|add|remove|reset-offsets)(?![\w-])/i
  expect(said.flat().filter((sentence) => astray.test(sentence.replace(/^.*?: /, '')))).toEqual([])
})

test('no name is taken twice', () => {
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
  expect(new Set(names).size).toBe(names.length)
})

test.each(commands.map((entry) => [entry.name, entry] as const))(
  'the options of "%s" have names of their own',
  async (_name, entry) => {
    const command = await entry.load()
    const keys = ownOptions(command).map((option) => camelCase(option.name))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => ['help', 'helpJson', 'version', 'debug'].includes(key))).toEqual([])
  },
)

test.each(commands.filter(({ hidden }) => !hidden).map((entry) => [entry.name, entry] as const))(
  '"%s" shows how it is used, and sorts its options',
  async (name, entry) => {
    const { examples = [], options, actions = {} } = await entry.load()
    expect(entry.about).toMatch(/^[A-Z].*[^.]$/)
    expect(examples.length).toBeGreaterThan(0)
    for (const sentence of [
      ...Object.values(actions).map((action) => action.about),
      ...examples.map((example) => example.about),
      ...options.map((option) => option.about),
    ])
      expect(sentence).toMatch(/^[A-Za-z-].*[.?!…]$/)
    // An example of one tool may begin with another that feeds it.
    for (const { command } of examples) expect(command).toContain(`kts ${name}`.replace('logs generate', 'logs'))
    const sections = new Set(
      options.filter(({ deprecatedFor }) => deprecatedFor === undefined).map(({ section }) => section),
    )
    expect(options.length > 8 && sections.size < 2).toBe(false)
  },
)

test.each(commands.map((entry) => [entry.name, entry] as const))(
  'every option of "%s" offers what it takes',
  async (_name, entry) => {
    const { options } = await entry.load()
    for (const { values, completes, argument, name } of options) {
      if (values !== undefined || completes !== undefined) expect([name, argument]).not.toEqual([name, 'none'])
      if (values !== undefined) expect([name, new Set(values).size]).toEqual([name, values.length])
      expect([name, values !== undefined && completes !== undefined]).toEqual([name, false])
    }
  },
)

test.each(commands.map((entry) => [entry.name, entry] as const))(
  'every old option of "%s" has a new one',
  async (_name, entry) => {
    const { options } = await entry.load()
    for (const { deprecatedFor } of options) {
      if (deprecatedFor !== undefined) expect(options.map(({ name }) => name)).toContain(deprecatedFor)
    }
  },
)

test.each(commands.map((entry) => [entry.name, entry] as const))(
  '"%s" has --dry-run and --yes under Apache\'s name only where the tool has them',
  async (_name, entry) => {
    const { options } = await entry.load()
    const { dropIns } = entry
    const known = options
      .filter(({ name, only }) => ['dry-run', 'yes'].includes(name) && only !== 'kts')
      .map(({ name }) => name)
    const isApaches = dropIns.some((tool) =>
      ['kafka-consumer-groups', 'kafka-features', 'kafka-metadata-quorum'].includes(tool),
    )
    expect(known).toEqual(isApaches ? ['dry-run'] : [])
  },
)
