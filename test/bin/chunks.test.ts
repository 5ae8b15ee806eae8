import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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

const asChunk = (code: string): string => `(function (exports, require, module, __url) {${code}})`

/** Writes a program that says a word, and louder when it is told to, in chunks as scripts/build.mjs writes them. */
function write(word: string, build: string): void {
  writeFileSync(join(program, 'build'), build)
  writeFileSync(join(program, 'main.js'), asChunk("Object.defineProperty(exports, 'say', { enumerable: true, get: () => (isLoud) => process.stdout.write(require(isLoud ? './loud.js' : './word.js').word) })"))
  writeFileSync(join(program, 'word.js'), asChunk(`exports.word = '${word}'`))
  writeFileSync(join(program, 'loud.js'), asChunk("exports.word = require('./word.js').word.toUpperCase()"))
}

/** Runs it, and returns what it says. */
async function run({ env = {}, flags = [], exit = '', isLoud = false }: { env?: Record<string, string>; flags?: string[]; exit?: string; isLoud?: boolean } = {}): Promise<string> {
  const code = `require(${JSON.stringify(join(root, 'bin/chunks.js'))}).runChunks(${JSON.stringify(program)}, 'main.js', 'program').say(${isLoud});${exit}`
  const child = spawn(process.execPath, [...flags, '-e', code], {
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: folder.path, LOCALAPPDATA: folder.path, ...env }, cwd: folder.path,
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(stderr).toBe('')
  return stdout
}

/** The files of the cache. */
const kept = (): string[] => (existsSync(cache) ? readdirSync(cache).flatMap((build) => readdirSync(join(cache, build)).map((name) => join(cache, build, name))) : [])

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

  it('leaves none where the user has no place for it: a relative path would be anybody\'s', async () => {
    write('one', 'a1')
    expect(await run({ env: { XDG_CACHE_HOME: '', LOCALAPPDATA: '' } })).toBe('one')
    expect(await run({ env: { XDG_CACHE_HOME: 'here', LOCALAPPDATA: 'here' } })).toBe('one')
    expect(await run({ env: { XDG_CACHE_HOME: '', LOCALAPPDATA: '', HOME: 'here' } })).toBe('one')
    expect(readdirSync(folder.path)).toEqual(['program'])
  })
})

describe('the cache', () => {
  it('is the user\'s own', async () => {
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

  it('is read, and not written again', async () => {
    write('one', 'a1')
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

  it('keeps the eight builds that were written last', async () => {
    for (let day = 1; day <= 9; day += 1) {
      mkdirSync(join(cache, `b${day}`), { recursive: true })
      utimesSync(join(cache, `b${day}`), new Date(2026, 0, day), new Date(2026, 0, day))
    }
    write('one', 'a1')
    await run()
    expect(readdirSync(cache).sort()).toEqual([`a1-${process.version}-${process.arch}`, 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9'])
  })
})
