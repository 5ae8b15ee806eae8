import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EnvironmentError } from '../../../src/lib/errors.ts'
import { followFile, type FollowOptions } from '../../../src/lib/weblog/follow.ts'
import { temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
let path: string
let controller: AbortController

beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'access.log')
  controller = new AbortController()
})

afterEach(() => {
  controller.abort()
  folder.remove()
})

const follow = (options: Partial<FollowOptions> = {}) =>
  followFile(path, { lines: 10, follow: true, signal: controller.signal, ...options })

async function all(options: Partial<FollowOptions>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of follow({ follow: false, ...options })) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Reads on until this text has come, and nothing else. */
async function expectNext(chunks: AsyncGenerator<Buffer>, wanted: string): Promise<void> {
  let text = ''
  while (text.length < wanted.length) {
    const { value, done } = await chunks.next()
    if (done) break
    text += value.toString()
  }
  expect(text).toBe(wanted)
}

describe('the last lines', () => {
  test.each([
    ['', 10, ''],
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\nc\n', 3, 'a\nb\nc\n'],
    ['a\nb\nc\n', 9, 'a\nb\nc\n'],
    ['a\nb\n', 0, ''],
    ['a\n\n\n', 2, '\n\n'],
    ['\n', 1, '\n'],
  ])('of %j, %i of them', async (content, lines, wanted) => {
    writeFileSync(path, content)
    expect(await all({ lines })).toBe(wanted)
  })

  test('are found far from the end, past the size of a chunk', async () => {
    const long = 'x'.repeat(40_000)
    const made = Array.from({ length: 9 }, (_, i) => `${i}${long}\n`)
    writeFileSync(path, made.join(''))
    expect(await all({ lines: 5 })).toBe(made.slice(4).join(''))
    expect(await all({ lines: 'all' })).toBe(made.join(''))
  })
})

describe('following', () => {
  test('what is appended comes, in pieces too', async () => {
    writeFileSync(path, 'a\nb\n')
    const chunks = follow({ lines: 1 })
    await expectNext(chunks, 'b\n')
    appendFileSync(path, 'c')
    await expectNext(chunks, 'c')
    appendFileSync(path, '\nd\n')
    await expectNext(chunks, '\nd\n')
  })

  test('a file that was truncated is read from its start', async () => {
    writeFileSync(path, 'a\nb\n')
    const chunks = follow()
    await expectNext(chunks, 'a\nb\n')
    truncateSync(path)
    appendFileSync(path, 'c\n')
    await expectNext(chunks, 'c\n')
  })

  test('a file that was rotated away is read to its end, then the new one', async () => {
    writeFileSync(path, 'a\n')
    const chunks = follow()
    await expectNext(chunks, 'a\n')
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, 'b\n')
    writeFileSync(path, 'c\nd\n')
    await expectNext(chunks, 'b\nc\nd\n')
  })

  test('a file that is not there is waited for, which is said once', async () => {
    let missing = 0
    let told = (): void => {}
    const saidSo = new Promise<void>((resolve) => (told = resolve))
    const onMissing = (): void => {
      missing++
      told()
    }
    const chunks = follow({ lines: 1, onMissing })
    const next = expectNext(chunks, 'a\nb\n')
    await saidSo
    writeFileSync(path, 'a\nb\n')
    await next
    expect(missing).toBe(1)
  })

  test('ends when the signal is raised', async () => {
    writeFileSync(path, 'a\n')
    const chunks = follow()
    await expectNext(chunks, 'a\n')
    const next = chunks.next()
    controller.abort('SIGINT')
    expect(await next).toEqual({ value: undefined, done: true })
  })
})

test('a file that cannot be read is an error; so is a missing one that is not followed', async () => {
  await expect(all({})).rejects.toThrow(EnvironmentError)
  await expect(all({})).rejects.toThrow(`${path} cannot be read: there is no such file`)
  path = folder.path
  await expect(all({ follow: true })).rejects.toThrow()
})
