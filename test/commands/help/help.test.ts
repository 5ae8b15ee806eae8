import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PAGES } from '../../../src/commands/help/pages.ts'
import { bold, examples, plain, Roff } from '../../../src/commands/help/roff.ts'
import { commands } from '../../../src/commands/index.ts'
import { dispatch } from '../../../src/dispatch.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'
import { root, temporaryFolder } from '../../support/kts.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

async function kts(args: readonly string[], options: ContextOptions = {}) {
  const world = createContext({ cwd: folder.path, ...options })
  const open = (style: 'kts' | 'drop-in', program: string, words: readonly string[]) =>
    Object.assign(world.context, { style, program, args: words })
  const code = await dispatch('kts', args, open)
  return { code, stdout: world.stdout(), stderr: world.stderr() }
}

describe('kts help', () => {
  it('lists commands and pages, by whatever way one asks', async () => {
    const listed = await kts(['help'])
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    for (const { name, hidden = false } of commands)
      expect([name, new RegExp(`^  ${name} `, 'm').test(listed.stdout)]).toEqual([name, !hidden])
    for (const { name, about } of PAGES) expect(listed.stdout).toMatch(new RegExp(`^  ${name} +${about}`, 'm'))
    for (const words of [[], ['--help'], ['-h']]) expect(await kts(words)).toEqual(listed)
  })

  it("shows a command, under Apache's name too", async () => {
    const shown = await kts(['topics', '--help'])
    expect(shown.stdout).toMatch(
      /^Create, list.*\n\nUsage: kts topics ACTION \[options\]\n\nActions\n(.*\n)+\nExamples\n/,
    )
    expect(await kts(['help', 'topics'])).toEqual(shown)
    expect(await kts(['help', 'kafka-topics.sh'])).toEqual(shown)
    expect(await kts(['help', 'perf', 'e2e'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: kts perf e2e '),
    })
  })

  it('shows one action of a command', async () => {
    const shown = await kts(['topics', 'create', '--help'])
    expect(shown.stdout).toContain('Usage: kts topics create TOPIC… ')
    expect(await kts(['help', 'topics', 'create'])).toEqual(shown)
    expect(await kts(['help', 'kafka-topics', 'create'])).toEqual(shown)
    expect(await kts(['help', 'topics', 'frob'])).toMatchObject({ code: 2 })
  })

  it('shows the commands of a group', async () => {
    const shown = await kts(['help', 'broker'])
    expect(shown.stdout).toMatch(/^Usage: kts broker COMMAND/)
    expect(shown.stdout).not.toContain('topics')
    expect(await kts(['broker', '--help'])).toEqual(shown)
    expect(await kts(['broker'])).toEqual({ code: 2, stdout: '', stderr: shown.stdout })
  })

  it.each([
    ['topic', 'topics', 'Usage: kts topics'],
    ['exit-code', 'exit-codes', '143'],
    ['kafka-topic', 'kafka-topics', 'Usage: kts topics'],
    ['brokr', 'broker', 'broker start'],
  ])('takes %s for %s, and says so', async (typed, meant, shown) => {
    expect(await kts(['help', typed])).toEqual({
      code: 0,
      stdout: expect.stringContaining(shown),
      stderr: `kts help: there is no "${typed}"; this is ${meant}\n\n`,
    })
  })

  it('knows when nothing is meant', async () => {
    expect(await kts(['help', 'xyzzy'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'kts help: there is no command or page "xyzzy"; kts --help lists them\n',
    })
  })

  it.each([60, 80])('keeps to a terminal of %d columns', async (columns) => {
    for (const words of [[], ['topics'], ['consume'], ['acls'], ...PAGES.map(({ name }) => [name])]) {
      const { context, stdout } = createContext()
      await dispatch('kts', ['help', ...words], () =>
        Object.assign(context, { stdout: Object.assign(context.stdout, { columns }) }),
      )
      // What is to be typed as it stands is not divided.
      const told = stdout()
        .split('\n')
        .filter((line) => !/^ {2}(# |kts |[{}\]]| {1,2}\{|sasl|export)/.test(line) && !/^ {2}\S+$/.test(line))
      expect(told.filter((line) => line.length > columns)).toEqual([])
    }
  })
})

describe('pages', () => {
  it.each(PAGES.map((page) => [page.name, page] as const))('%s fits a screen', async (name, { about }) => {
    const { stdout } = await kts(['help', name])
    expect(stdout.startsWith(`${about}\n\n`)).toBe(true)
    expect(stdout.split('\n').length).toBeLessThan(36)
  })

  it('name every variable that is read, each once', () => {
    const sources = ['src', 'bin'].flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|js)$/.test(path))
        .map((path) => join(root, part, path)),
    )
    const read = new Set(
      sources.flatMap((path) =>
        [...readFileSync(path, 'utf8').matchAll(/\benv\.([A-Z_]{3,})|\{ ([A-Z_, ]+) \} = process\.env/g)].flatMap(
          ([, one, several]) => one ?? several!.split(', '),
        ),
      ),
    )
    const { blocks } = PAGES.find(({ name }) => name === 'environment')!
    const told = blocks.flatMap((block) =>
      typeof block !== 'string' && 'terms' in block ? block.terms.map(([term]) => term) : [],
    )
    expect(new Set(told).size).toBe(told.length)
    // What every program reads, what is told with another one, and what is kept from Node.
    const untold = ['HOME', 'TERM', 'LOCALAPPDATA', 'NODE_TLS_REJECT_UNAUTHORIZED']
    expect(told.sort()).toEqual([...read].filter((variable) => !untold.includes(variable)).sort())
    expect(told.filter((name) => name.startsWith('KTS_')).length).toBeGreaterThan(2)
  })
})

describe('manual pages', () => {
  it('take text for text', () => {
    expect(plain('.so a\\b -x \'y\' "z" `c` ~^ …')).toBe(
      '\\&.so a\\eb \\-x \\(aqy\\(aq \\(dqz\\(dq \\(gac\\(ga \\(ti\\(ha \\[u2026]',
    )
    expect(bold('--list')).toBe('\\fB\\-\\-list\\fR')
    expect(examples([{ command: '.x', about: '.y' }])).toContain('\n# \\&.y\n\\&.x\n')
    expect(new Roff('a', '1').section('b').toString()).toBe(
      '.TH "A" 1 "" "kts 1" "Kafka command line"\n.nh\n.ad l\n.SH "B"\n',
    )
  })

  it('are written for all commands, and hold all of them', async () => {
    expect(await kts(['help', '--man-pages', 'man'])).toEqual({ code: 0, stdout: '', stderr: '' })
    const written = readdirSync(join(folder.path, 'man'))
    expect(written.sort()).toEqual(
      [
        'kts.1',
        ...commands.filter(({ hidden }) => !hidden).map(({ name }) => `kts-${name.replaceAll(' ', '-')}.1`),
      ].sort(),
    )
    const topics = readFileSync(join(folder.path, 'man', 'kts-topics.1'), 'utf8')
    expect((await kts(['help', 'topics', '--man'])).stdout).toBe(topics)
    expect(topics).toContain('.SH "EXAMPLES"\n')
    expect(topics).toContain('.TP\n\\fB\\-t, \\-\\-topic TOPIC\\fR\n')
    const overall = readFileSync(join(folder.path, 'man', 'kts.1'), 'utf8')
    for (const { name } of PAGES) expect(overall).toContain(`.SH "${plain(name.replaceAll('-', ' ').toUpperCase())}"\n`)
  })

  it('hold no line that is a request without being meant so', () => {
    for (const name of readdirSync(join(folder.path, 'man'))) {
      const requests = readFileSync(join(folder.path, 'man', name), 'utf8')
        .split('\n')
        .filter((line) => /^[.']/.test(line))
        .map((line) => line.split(' ')[0])
      expect(
        requests.filter(
          (request) =>
            !['.TH', '.nh', '.ad', '.SH', '.SS', '.PP', '.TP', '.nf', '.fi', '.RS', '.RE'].includes(request!),
        ),
      ).toEqual([])
    }
  })

  it.skipIf(spawnSync('groff', ['--version']).status !== 0)(
    'are understood by groff',
    () => {
      for (const name of readdirSync(join(folder.path, 'man'))) {
        const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', join(folder.path, 'man', name)], {
          encoding: 'utf8',
        })
        expect([name, stderr]).toEqual([name, ''])
        expect(stdout).toContain('Kafka command line')
      }
    },
    60_000,
  )

  it('are not written where one cannot', async () => {
    expect(await kts(['help', '--man-pages', '/dev/null/man'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^kts help: \/dev\/null\/man cannot be written/),
    })
  })
})
