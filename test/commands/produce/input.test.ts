import { execFileSync } from 'node:child_process'
import { closeSync, constants, createWriteStream, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openInput, type Input } from '../../../src/commands/produce/input.ts'
import { temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** More than one chunk of any kind, and not a whole number of them. */
const content = Buffer.from(Array.from({ length: 3 * 1024 * 1024 + 77 }, (_, i) => (i * 31 + (i >> 8)) & 0xff))

/** Copies what is read before it asks for more: a chunk is good no longer. */
async function readAll(input: Promise<Input>): Promise<Buffer> {
  const read: Buffer[] = []
  for await (const chunk of (await input).chunks) read.push(Buffer.from(chunk))
  return Buffer.concat(read)
}

const never = new AbortController().signal
const untouched = new PassThrough()

function writeContent(): string {
  const file = join(folder.path, 'lines')
  writeFileSync(file, content)
  return file
}

/** A pipe, and what writes into it. */
function openPipe() {
  const path = join(folder.path, 'pipe')
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { fd, writer: createWriteStream(path) }
}

describe('what is read', () => {
  it('is a file, by its name', async () => {
    writeContent()
    expect((await readAll(openInput('lines', { stdin: untouched, cwd: folder.path }, never))).equals(content)).toBe(
      true,
    )
  })

  it('is a file, as stdin', async () => {
    const fd = openSync(writeContent(), 'r')
    expect(
      (await readAll(openInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, never))).equals(content),
    ).toBe(true)
    closeSync(fd)
  })

  it.skipIf(process.platform === 'win32')('is a pipe', async () => {
    const { fd, writer } = openPipe()
    writer.end(content)
    expect((await readAll(openInput('-', { stdin: untouched, stdinFd: fd, cwd: '/' }, never))).equals(content)).toBe(
      true,
    )
  })

  it('is no folder', async () => {
    const fd = openSync(folder.path, 'r')
    await expect(openInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, never)).rejects.toThrow(
      'stdin cannot be read: it is a folder',
    )
    closeSync(fd)
  })

  it.skipIf(process.platform !== 'linux')('is named when it fails at the end, or is not open for reading', async () => {
    await expect(readAll(openInput('/proc/self/mem', { stdin: untouched, cwd: '/' }, never))).rejects.toThrow(
      '/proc/self/mem cannot be read: the disk reports an error',
    )
    const fd = openSync(writeContent(), 'a')
    await expect(readAll(openInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, never))).rejects.toThrow(
      'stdin cannot be read: it is not open for reading',
    )
    closeSync(fd)
  })

  it('is a stream', async () => {
    const chunks = [content.subarray(0, 1000), content.subarray(1000)]
    expect((await readAll(openInput('-', { stdin: Readable.from(chunks), cwd: '/' }, never))).equals(content)).toBe(
      true,
    )
  })
})

it('how much there is shows from a file alone', async () => {
  const fd = openSync(writeContent(), 'r')
  const sizeOf = async (path: string | undefined, stdinFd?: number): Promise<number> => {
    const { size, chunks } = await openInput(
      path,
      { stdin: Readable.from([]), ...(stdinFd !== undefined && { stdinFd }), cwd: folder.path },
      never,
    )
    for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0)
    return size
  }
  expect(await sizeOf('lines')).toBe(content.length)
  expect(await sizeOf('-', fd)).toBe(content.length)
  expect([await sizeOf('/dev/null'), await sizeOf(undefined)]).toEqual([Infinity, Infinity])
  const folderItself = await openInput('.', { stdin: untouched, cwd: folder.path }, never)
  expect(folderItself.size).toBe(Infinity)
  await expect(readAll(Promise.resolve(folderItself))).rejects.toThrow('it is a folder')
  closeSync(fd)
})

describe('a raised signal', () => {
  it.skipIf(process.platform === 'win32')('ends the wait for a pipe that says nothing more', async () => {
    const { fd, writer } = openPipe()
    const controller = new AbortController()
    const { chunks } = await openInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, controller.signal)
    const written = new Promise((resolve) => writer.write('one', resolve))
    expect(String((await chunks.next()).value)).toBe('one')
    const next = chunks.next()
    controller.abort()
    expect((await next).done).toBe(true)
    // What is read may not be known to be written yet, and a stream fails that is destroyed before.
    await written
    writer.destroy()
  })

  it('ends the wait for a stream', async () => {
    const controller = new AbortController()
    const next = (await openInput(undefined, { stdin: new PassThrough(), cwd: '/' }, controller.signal)).chunks.next()
    controller.abort()
    expect((await next).done).toBe(true)
  })
})

it.each([
  ['none', 'there is no such file'],
  ['.', 'it is a folder'],
  ['a'.repeat(300), 'its name is too long'],
])('a file that cannot be read is told: %s', async (path, why) => {
  await expect(readAll(openInput(path, { stdin: untouched, cwd: folder.path }, never))).rejects.toThrow(
    `${path} cannot be read: ${why}`,
  )
})
