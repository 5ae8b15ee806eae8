import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool, temporaryFolder, type Finished } from '../support/kts.ts'
import { randomNumbers } from '../support/random.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** A run whose cache is in a folder of its own. */
const run = (cache: string): Promise<Finished> => runTool('kts', ['--version'], { env: { XDG_CACHE_HOME: cache } })

/** The packs below a cache. */
const packs = (cache: string): string[] => {
  const code = join(cache, 'kts', 'code')
  const builds = existsSync(code) ? readdirSync(code) : []
  return builds.flatMap((build) => readdirSync(join(code, build)).map((name) => join(code, build, name)))
}

const good = join(folder.path, 'good')
let wanted: Finished
let pack: string
let bytes: Buffer
beforeAll(async () => {
  wanted = await run(good)
  // The second run adds the code.
  await run(good)
  pack = packs(good)[0]!
  bytes = readFileSync(pack)
})

/** So many at a time that none waits long. */
async function each<T>(items: readonly T[], action: (item: T, lane: string) => Promise<void>): Promise<void> {
  const left = [...items]
  await Promise.all(
    ['a', 'b', 'c'].map(async (lane) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await action(item, join(folder.path, lane))
    }),
  )
}

/** Runs with a pack of these bytes, and again with what that run has left. */
async function tryPack(content: Buffer, cache: string, name: string): Promise<void> {
  const file = pack.replace(good, cache)
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(file, content, { mode: 0o600 })
  expect(await run(cache), name).toEqual(wanted)
}

describe('a cache of compiled code that is damaged', () => {
  test('changes nothing: 150 single bits', { timeout: 240_000 }, async () => {
    expect(wanted).toMatchObject({ code: 0, stderr: '' })
    const random = randomNumbers(150)
    const below = (limit: number): number => Math.floor(random() * limit)
    const flips = Array.from({ length: 150 }, () => ({ at: below(bytes.length), bit: below(8) }))
    await each(flips, async ({ at, bit }, cache) => {
      const flipped = Buffer.from(bytes)
      flipped[at]! ^= 1 << bit
      await tryPack(flipped, cache, `bit ${bit} of byte ${at}`)
    })
  })

  test('changes nothing: cut, longer, or something else', { timeout: 120_000 }, async () => {
    const cuts = [0, 1, 4, 7, 8, 9, 100, bytes.length - 8, bytes.length - 1]
    const contents: [string, Buffer][] = [
      ...cuts.map((length): [string, Buffer] => [`cut at ${length}`, bytes.subarray(0, length)]),
      ['longer', Buffer.concat([bytes, Buffer.alloc(8)])],
      ['zeroes', Buffer.alloc(bytes.length)],
      ['text', Buffer.from('something else\n'.repeat(9))],
    ]
    await each(contents, ([name, content], cache) => tryPack(content, cache, name))
  })
})

test('fifty starts at once give fifty right answers and one file', { timeout: 120_000 }, async () => {
  const cache = join(folder.path, 'fifty')
  const ends = await Promise.all(Array.from({ length: 50 }, () => run(cache)))
  expect(ends.filter((end) => end.stdout === wanted.stdout && end.code === 0 && end.stderr === '')).toHaveLength(50)
  expect(packs(cache)).toHaveLength(1)
})

describe.skipIf(process.platform === 'win32')('a folder that takes no cache', () => {
  const readOnly = join(folder.path, 'read-only')
  const file = join(folder.path, 'file')
  beforeAll(() => {
    mkdirSync(readOnly, { mode: 0o500 })
    copyFileSync(pack, file)
  })

  test.each([
    ['/proc', '/proc'],
    ['a folder of /proc', '/proc/self/task'],
    ['/dev/full', '/dev/full'],
    ['a relative path', 'relative'],
    ['a file', file],
    ['a path below a file', join(file, 'below')],
    ['a folder that cannot be written', readOnly],
  ])('%s: the same output', async (_, cache) => {
    expect(await run(cache)).toEqual(wanted)
  })
})

/** Only root gives files away, and only root has to fear those of others. */
describe.skipIf(process.getuid?.() !== 0)('code that another user may have written (only root can try)', () => {
  test('is left alone, and so is where it lies', async () => {
    const cache = join(folder.path, 'theirs')
    await run(cache)
    const theirs = packs(cache)[0]!
    const folders = [cache, join(cache, 'kts'), join(cache, 'kts', 'code'), join(theirs, '..')]
    for (const path of [...folders, theirs]) chownSync(path, 65_534, 65_534)
    // Nobody can read that: a run that uses it would write another.
    writeFileSync(theirs, 'theirs')
    chmodSync(theirs, 0o600)
    expect(await run(cache)).toEqual(wanted)
    expect(readFileSync(theirs, 'utf8')).toBe('theirs')
    rmSync(theirs)
    expect(await run(cache)).toEqual(wanted)
    expect(packs(cache)).toEqual([])
  })
})
