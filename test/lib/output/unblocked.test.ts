import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unblocked } from '../../../src/lib/output/unblocked.ts'
import { temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const withFd = (fd: number): Writable & { fd: number } => Object.assign(new PassThrough(), { fd })
const written = (stream: Writable, chunk: string): Promise<void> =>
  new Promise((resolve, reject) => stream.write(chunk, (error) => (error ? reject(error) : resolve())))

test.each(['w', 'a'])(
  'a file (opened with %s) gets what is written, in its order and behind what was there',
  async (flags) => {
    const file = join(folder.path, 'out')
    if (flags === 'a') writeFileSync(file, 'before ')
    const fd = openSync(file, flags)
    const stdout = withFd(fd)
    const stream = unblocked(stdout)
    expect(stream).not.toBe(stdout)
    await Promise.all(['one ', 'two ', 'x'.repeat(1_000_000), ' three'].map((chunk) => written(stream, chunk)))
    expect(readFileSync(file, 'utf8')).toBe(`${flags === 'a' ? 'before ' : ''}one two ${'x'.repeat(1_000_000)} three`)
    closeSync(fd)
  },
)

test('an error is one of stdout too, and heard there before the write is over', async () => {
  const fd = openSync(join(folder.path, 'out'), 'w')
  closeSync(fd)
  const other = openSync(join(folder.path, 'out'), 'r')
  const stdout = withFd(other)
  const heard: unknown[] = []
  stdout.on('error', (error: NodeJS.ErrnoException) => heard.push(error.code))
  const stream = unblocked(stdout).on('error', () => heard.push('its own'))
  await written(stream, 'one').catch(() => heard.push('over'))
  await new Promise(setImmediate)
  expect(heard.slice(0, 2)).toEqual(['EBADF', 'its own'])
  expect(heard).toContain('over')
  closeSync(other)
})

test('whatever is no file stays as it is', () => {
  const [inMemory, device] = [new PassThrough(), withFd(openSync('/dev/null', 'w'))]
  expect(unblocked(inMemory)).toBe(inMemory)
  expect(unblocked(device)).toBe(device)
  closeSync(device.fd)
})
