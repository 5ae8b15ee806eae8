import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
let program: string
let cache: string
beforeEach(() => {
  folder = temporaryFolder()
  program = join(folder.path, 'program')
  mkdirSync(program)
  cache = join(folder.path, 'kts', 'code')
})
afterEach(() => folder.remove())

const asChunk = (code: string): string => `(function (require, __import, __meta) {${code}})`

/** Writes a program that says a word, and louder when it is told to, in chunks as scripts/build.mjs writes them. */
function write(word: string, build: string, literal = `'${word}'`): void {
  const chunks = {
    'main.js': asChunk(
      "return { say: (isLoud) => process.stdout.write(require(isLoud ? './loud.js' : './word.js').word) }",
    ),
    'word.js': asChunk(`return { word: ${literal} }`),
    'loud.js': asChunk("return { word: require('./word.js').word.toUpperCase() }"),
  }
  for (const [name, code] of Object.entries(chunks)) writeFileSync(join(program, name), code)
  writeFileSync(join(program, 'build.json'), JSON.stringify({ build }))
}

interface RunOptions {
  readonly env?: Record<string, string>
  readonly flags?: string[]
  /** Code that runs before the program, and after it. */
  readonly before?: string
  readonly exit?: string
  readonly isLoud?: boolean
}

/** Runs it, and returns what it says. */
async function run({ env = {}, flags = [], before = '', exit = '', isLoud = false }: RunOptions = {}): Promise<string> {
  const code = `${before};require(${JSON.stringify(join(root, 'bin/chunks.js'))}).runChunks(${JSON.stringify(program)}, 'main.js', 'program').say(${isLoud});${exit}`
  const child = spawn(process.execPath, [...flags, '-e', code], {
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: folder.path, LOCALAPPDATA: folder.path, ...env },
    cwd: folder.path,
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(stderr).toBe('')
  return stdout
}

/** The files of the cache. */
const kept = (): string[] =>
  existsSync(cache)
    ? readdirSync(cache).flatMap((build) => readdirSync(join(cache, build)).map((name) => join(cache, build, name)))
    : []

describe('a program', () => {
  it('runs the same without a cache, with one, and with one that is cut off or no cache at all', async () => {
    write('one', 'a1')
    expect([await run(), await run()]).toEqual(['one', 'one'])
    const [own] = kept()
    truncateSync(own!, statSync(own!).size - 8)
    expect([await run(), await run()]).toEqual(['one', 'one'])
    writeFileSync(own!, 'no cache at all')
    expect([await run(), await run()]).toEqual(['one', 'one'])
    expect(statSync(own!).size).toBeGreaterThan(100)
  })

  it('runs under other flags of V8', async () => {
    write('one', 'a1')
    expect([await run(), await run({ flags: ['--no-opt'] }), await run()]).toEqual(['one', 'one', 'one'])
  })

  it('that has changed runs as it is now, even when it is as long as before', async () => {
    write('one', 'a1')
    await run()
    write('two', 'a2')
    expect(await run()).toBe('two')
  })

  it('runs where no cache can be written, and in silence', async () => {
    write('one', 'a1')
    mkdirSync(join(folder.path, 'kts'))
    writeFileSync(cache, 'in the way')
    expect(await run()).toBe('one')
    expect(readFileSync(cache, 'utf8')).toBe('in the way')
  })

  it('leaves none when it is told not to', async () => {
    write('one', 'a1')
    expect(await run({ env: { NODE_DISABLE_COMPILE_CACHE: '1' } })).toBe('one')
    expect(kept()).toEqual([])
  })

  it("leaves none where the user has no place for it: a relative path would be anybody's", async () => {
    write('one', 'a1')
    expect(await run({ env: { XDG_CACHE_HOME: '', LOCALAPPDATA: '' } })).toBe('one')
    expect(await run({ env: { XDG_CACHE_HOME: 'here', LOCALAPPDATA: 'here' } })).toBe('one')
    expect(await run({ env: { XDG_CACHE_HOME: '', LOCALAPPDATA: '', HOME: 'here' } })).toBe('one')
    expect(readdirSync(folder.path)).toEqual(['program'])
  })
})

describe('the cache', () => {
  it("is the user's own", async () => {
    write('one', 'a1')
    await run()
    expect(kept()).toEqual([join(cache, `a1-${process.version}-${process.arch}`, 'program.bin')])
    if (process.platform !== 'win32') expect(statSync(kept()[0]!).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')('lies in ~/.cache where nothing else is said', async () => {
    write('one', 'a1')
    await run({ env: { XDG_CACHE_HOME: '', HOME: folder.path } })
    expect(existsSync(join(folder.path, '.cache', 'kts', 'code'))).toBe(true)
  })

  it('is read, and not written again once it has the code', async () => {
    write('one', 'a1')
    await run()
    await run()
    const { ino, mtimeMs } = statSync(kept()[0]!)
    await run()
    expect(statSync(kept()[0]!)).toMatchObject({ ino, mtimeMs })
  })

  it('holds what one run after the other needed, and the chunks themselves', async () => {
    write('one', 'a1')
    expect([await run(), await run({ isLoud: true })]).toEqual(['one', 'ONE'])
    for (const chunk of ['main.js', 'word.js', 'loud.js']) rmSync(join(program, chunk))
    expect([await run(), await run({ isLoud: true })]).toEqual(['one', 'ONE'])
  })

  it('is written once by processes that start at the same time', async () => {
    write('one', 'a1')
    expect(await Promise.all([run(), run(), run(), run()])).toEqual(['one', 'one', 'one', 'one'])
    expect(kept()).toHaveLength(1)
    expect(await run()).toBe('one')
    const { mtimeMs } = statSync(kept()[0]!)
    expect(await run()).toBe('one')
    expect(statSync(kept()[0]!).mtimeMs).toBe(mtimeMs)
  })

  it('is written by a run that is interrupted, and not by one that fails', async () => {
    write('one', 'a1')
    await run({ exit: 'process.exit(1)' })
    expect(kept()).toEqual([])
    await run({ exit: 'process.exit(130)' })
    expect(kept()).toHaveLength(1)
  })

  it('is written two seconds after the start of a run that goes on, without what is called later', async () => {
    write('one', 'a1')
    const over = 'globalThis.setTimeout=(action)=>(action(),{unref(){}})'
    expect(await run({ before: over })).toBe('one')
    expect(kept()).toEqual([])
    const held = 'globalThis.setTimeout=(action,ms)=>(globalThis.pass=(gone)=>gone<ms||action(),{unref(){}})'
    await run({ before: held, exit: 'pass(1999);process.exit(1)' })
    expect(kept()).toEqual([])
    await run({ before: held, exit: 'pass(2000);process.exit(1)' })
    expect(kept()).toHaveLength(1)
  })

  it('keeps the eight builds that were written last', async () => {
    for (let day = 1; day <= 9; day += 1) {
      mkdirSync(join(cache, `b${day}`), { recursive: true })
      utimesSync(join(cache, `b${day}`), new Date(2026, 0, day), new Date(2026, 0, day))
    }
    write('one', 'a1')
    await run()
    expect(readdirSync(cache).sort()).toEqual([
      `a1-${process.version}-${process.arch}`,
      'b3',
      'b4',
      'b5',
      'b6',
      'b7',
      'b8',
      'b9',
    ])
  })
})

describe.skipIf(process.platform === 'win32')('a cache', () => {
  let pack: string
  /** Makes the pack one of the installed program, but with the code of another of the same length. */
  const putCodeUnder = (literal: string, other: string): void => {
    const bytes = readFileSync(pack)
    bytes.write(literal, bytes.indexOf(other))
    bytes.writeUInt32LE(crc32(bytes.subarray(4)))
    writeFileSync(pack, bytes)
    write('one', 'a1')
  }
  /** Puts a pack in its place that is whole and of this build, but whose code says "six". */
  beforeEach(async () => {
    write('six', 'a1')
    await run()
    await run()
    pack = kept()[0]!
    putCodeUnder("'one'", "'six'")
  })

  it("is believed when it is the user's own and whole: V8 compares only the length of a source", async () => {
    expect(await run()).toBe('six')
  })

  const moveAndLink = (path: string): void => {
    renameSync(path, join(folder.path, 'elsewhere'))
    symlinkSync(join(folder.path, 'elsewhere'), path)
  }
  it.each<[string, () => void]>([
    ['whose file others can write', () => chmodSync(pack, 0o602)],
    ['whose file the group can write', () => chmodSync(pack, 0o620)],
    ['whose folder others can write', () => chmodSync(dirname(pack), 0o707)],
    ['whose folder further up others can write', () => chmodSync(join(folder.path, 'kts'), 0o777)],
    ['whose file is a link', () => moveAndLink(pack)],
    ['whose folder is a link', () => moveAndLink(cache)],
    [
      'whose file is a folder',
      () => {
        rmSync(pack)
        mkdirSync(pack)
      },
    ],
    [
      'whose file is a pipe that nobody writes',
      () => {
        rmSync(pack)
        execFileSync('mkfifo', [pack])
      },
    ],
  ])('is not used %s', async (_, make) => {
    make()
    expect(await run()).toBe('one')
  })

  const isRoot = process.getuid?.() === 0
  const NOBODY = 65_534
  it.runIf(isRoot).each<[string, () => string[]]>([
    ['whose file', () => [pack]],
    ['whose folder', () => [dirname(pack)]],
    ['whose every folder', () => [join(folder.path, 'kts'), cache, dirname(pack), pack]],
  ])("is not used by root %s is another user's (only root can try)", async (_, theirs) => {
    for (const path of theirs()) chownSync(path, NOBODY, NOBODY)
    expect(await run()).toBe('one')
  })

  it.runIf(isRoot)('is not put by root into the home of another user (only root can try)', async () => {
    const home = join(folder.path, 'home')
    mkdirSync(home)
    chownSync(home, NOBODY, NOBODY)
    expect(await run({ env: { XDG_CACHE_HOME: join(home, '.cache') } })).toBe('one')
    expect(await run({ env: { XDG_CACHE_HOME: home } })).toBe('one')
    expect(readdirSync(home)).toEqual([])
  })

  it('is replaced when its file is not to be trusted, and its folder is', async () => {
    chmodSync(pack, 0o666)
    expect([await run(), await run()]).toEqual(['one', 'one'])
    expect(statSync(pack).mode & 0o777).toBe(0o600)
  })

  it('is dropped when a script does not run with it, which then runs without', async () => {
    rmSync(pack)
    write('', 'a1', 'other')
    for (const _ of ['source', 'code']) await run({ before: "globalThis.other = 'as if'" })
    putCodeUnder("'one'", 'other')
    expect([await run(), await run()]).toEqual(['one', 'one'])
  })

  it("is dropped by a run that ends with an error of kts's own", async () => {
    await run({ exit: 'process.exit(70)' })
    expect(kept()).toEqual([])
    expect(await run()).toBe('one')
  })
})

describe.skipIf(process.platform === 'win32')('a place for the cache that is none', () => {
  it.each(['/proc', '/proc/kts', '/dev/full', '/dev/null', '/etc/passwd', '/sys', '/proc/self/fd'])(
    '%s: the program runs, and ends',
    async (place) => {
      write('one', 'a1')
      expect(await run({ env: { XDG_CACHE_HOME: place } })).toBe('one')
    },
  )
})
