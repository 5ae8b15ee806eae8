import { execFileSync } from 'node:child_process'
import { closeSync, constants, createWriteStream, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inputSize, readInput } from '../../../src/commands/produce/input.ts'
import { temporaryFolder } from '../../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** More than one chunk of any kind, and not a whole number of them. */
const content = Buffer.from(Array.from({ length: 3 * 1024 * 1024 + 77 }, (_, i) => (i * 31 + (i >> 8)) & 0xff))

/** Copies what is read before it asks for more: a chunk is good no longer. */
async function readAll(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const read: Buffer[] = []
  for await (const chunk of chunks) read.push(Buffer.from(chunk))
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
    expect((await readAll(readInput('lines', { stdin: untouched, cwd: folder.path }, never))).equals(content)).toBe(true)
  })

  it('is a file, as stdin', async () => {
    const fd = openSync(writeContent(), 'r')
    expect((await readAll(readInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, never))).equals(content)).toBe(true)
    closeSync(fd)
  })

  it.skipIf(process.platform === 'win32')('is a pipe', async () => {
    const { fd, writer } = openPipe()
    writer.end(content)
    expect((await readAll(readInput('-', { stdin: untouched, stdinFd: fd, cwd: '/' }, never))).equals(content)).toBe(true)
  })

  it('is a stream', async () => {
    const chunks = [content.subarray(0, 1000), content.subarray(1000)]
    expect((await readAll(readInput('-', { stdin: Readable.from(chunks), cwd: '/' }, never))).equals(content)).toBe(true)
  })
})

it('how much there is shows from a file alone', () => {
  const fd = openSync(writeContent(), 'r')
  expect(inputSize('lines', { cwd: folder.path })).toBe(content.length)
  expect(inputSize('-', { stdinFd: fd, cwd: '/' })).toBe(content.length)
  expect([inputSize('none', { cwd: folder.path }), inputSize('.', { cwd: folder.path }), inputSize(undefined, { cwd: '/' })]).toEqual([Infinity, Infinity, Infinity])
  closeSync(fd)
})

describe('a raised signal', () => {
  it.skipIf(process.platform === 'win32')('ends the wait for a pipe that says nothing more', async () => {
    const { fd, writer } = openPipe()
    const controller = new AbortController()
    const chunks = readInput(undefined, { stdin: untouched, stdinFd: fd, cwd: '/' }, controller.signal)
    writer.write('one')
    expect(String((await chunks.next()).value)).toBe('one')
    const next = chunks.next()
    controller.abort()
    expect((await next).done).toBe(true)
    writer.destroy()
  })

  it('ends the wait for a stream', async () => {
    const controller = new AbortController()
    const next = readInput(undefined, { stdin: new PassThrough(), cwd: '/' }, controller.signal).next()
    controller.abort()
    expect((await next).done).toBe(true)
  })
})

it.each([
  ['none', 'there is no such file'], ['.', 'it is a folder'],
])('a file that cannot be read is told: %s', async (path, why) => {
  await expect(readAll(readInput(path, { stdin: untouched, cwd: folder.path }, never))).rejects.toThrow(`${path} cannot be read: ${why}`)
})
