import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { flush, write } from '../../../src/lib/output/write.ts'

/** Takes one chunk at a time, each when told. */
class SlowWritable extends Writable {
  readonly taken: string[] = []
  #done: ((error?: Error) => void) | undefined

  constructor() {
    super({ highWaterMark: 1 })
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.taken.push(chunk.toString())
    this.#done = done
  }

  take(error?: Error): void {
    this.#done!(error)
  }
}

async function isPending(promise: Promise<void>): Promise<boolean> {
  return await Promise.race([promise.then(() => false), new Promise<boolean>((resolve) => setImmediate(resolve, true))])
}

test('waits for a reader that is behind', async () => {
  const stream = new SlowWritable()
  const written = write(stream, 'abc')
  expect(await isPending(written)).toBe(true)
  stream.take()
  await written
  expect(stream.taken).toEqual(['abc'])
  expect(['drain', 'close', 'error'].map((event) => stream.listenerCount(event))).toEqual([0, 0, 0])
})

test.each(['error', 'close'])('gives up on a stream that ends with %s', async (how) => {
  const stream = new SlowWritable().on('error', () => {})
  const written = write(stream, 'abc')
  if (how === 'error') stream.take(new Error('EPIPE'))
  else stream.destroy()
  await written
  await write(stream, 'never')
  await flush(stream)
  expect(stream.taken).toEqual(['abc'])
})

test('flush returns when everything has gone out', async () => {
  const stream = new SlowWritable()
  await flush(stream)
  stream.write('abc')
  const flushed = flush(stream)
  expect(await isPending(flushed)).toBe(true)
  stream.take()
  await new Promise((resolve) => setImmediate(resolve))
  stream.take()
  await flushed
})
