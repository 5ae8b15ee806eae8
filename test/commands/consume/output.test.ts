import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Output } from '../../../src/commands/consume/output.ts'

const MIB = 1024 * 1024

/** A stream that keeps what it gets, and holds it back while the gate is shut. */
function openOutput() {
  const writes: Buffer[] = []
  let isShut = false
  let release: (() => void) | undefined
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push(Buffer.from(chunk))
      if (isShut) release = done
      else done()
    },
  })
  let closed = 0
  const output = new Output(stream, () => void (closed += 1))
  return {
    output,
    stream,
    writes,
    isClosed: () => closed,
    shut: () => void (isShut = true),
    open: () => {
      isShut = false
      release?.()
    },
  }
}

describe('output', () => {
  it('gathers bytes and writes them in large blocks, in order', async () => {
    const { output, writes } = openOutput()
    const line = Buffer.from(`${'x'.repeat(99)}\n`)
    for (let count = 0; count < 25_000; count += 1) output.copy(line, 0, line.length)
    expect(writes.length).toBe(2)
    expect(writes[0]!.length).toBeGreaterThan(MIB - 100)
    expect(await output.drain()).toBe(true)
    expect(Buffer.concat(writes).equals(Buffer.alloc(2_500_000, line))).toBe(true)
  })

  it('takes text and pieces of any size', async () => {
    const { output, writes } = openOutput()
    const large = Buffer.alloc(3 * MIB, 'L')
    output.text('ä€')
    output.bytes(large)
    output.text('z'.repeat(MIB))
    output.pass(large, 0, MIB)
    output.pass(Buffer.from('abc'), 1, 2)
    await output.drain()
    const all = Buffer.concat(writes).toString()
    expect(all).toBe(`ä€${'L'.repeat(3 * MIB)}${'z'.repeat(MIB)}${'L'.repeat(MIB)}b`)
  })

  it('tells when a piece that it passed on is no longer read', async () => {
    const { output, shut, open } = openOutput()
    const told: string[] = []
    output.whenWritten(() => told.push('nothing'))
    shut()
    output.pass(Buffer.alloc(MIB), 0, MIB)
    output.whenWritten(() => told.push('first'))
    output.pass(Buffer.alloc(MIB), 0, MIB)
    output.whenWritten(() => told.push('second'))
    expect(told).toEqual(['nothing'])
    open()
    await output.drain()
    expect(told).toEqual(['nothing', 'first', 'second'])
  })

  it('never tells so of a stream that fails', async () => {
    const { output, stream, shut } = openOutput()
    shut()
    output.pass(Buffer.alloc(MIB), 0, MIB)
    output.whenWritten(() => expect.fail('it is still being read'))
    stream.destroy(new Error('gone'))
    expect(await output.drain()).toBe(false)
  })

  it('uses no block again before the stream has taken it', async () => {
    const { output, writes, shut, open } = openOutput()
    shut()
    for (const letter of ['a', 'b', 'c']) output.bytes(Buffer.alloc(MIB, letter))
    output.flush()
    open()
    await output.drain()
    expect(writes.map((write) => write.toString('latin1', 0, 1))).toEqual(['a', 'b', 'c'])
    expect(writes.every((write) => write.equals(Buffer.alloc(MIB, write[0]!)))).toBe(true)
  })

  it('asks to be waited for when the stream is far behind, and not before', async () => {
    const { output, shut, open } = openOutput()
    expect(output.ready()).toBeUndefined()
    shut()
    for (let count = 0; count < 6; count += 1) output.bytes(Buffer.alloc(MIB))
    let isReady = false
    const waiting = output.ready()!.then(() => (isReady = true))
    await new Promise(setImmediate)
    expect(isReady).toBe(false)
    open()
    await waiting
    await output.drain()
    expect(output.ready()).toBeUndefined()
  })

  it('ends quietly when the reader has gone', async () => {
    const { output, stream, isClosed } = openOutput()
    output.text('a')
    stream.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    await new Promise(setImmediate)
    expect(isClosed()).toBe(1)
    output.text('b')
    expect(await output.drain()).toBe(false)
    expect(output.ready()).toBeUndefined()
  })

  it('ends when the stream fails, and knows how many records went out before', async () => {
    const { output, stream, isClosed } = openOutput()
    const line = Buffer.from('0123456789\n')
    for (let record = 1; record <= 7; record += 1) {
      output.bytes(line)
      if (record === 3) {
        output.mark(3)
        output.flush()
        await new Promise(setImmediate)
        stream._write = (_chunk, _encoding, done) =>
          done(Object.assign(new Error('full'), { code: 'ENOSPC', bytesWritten: 25 }))
      }
    }
    output.mark(7)
    expect(output.recordsBeforeFailure()).toBeUndefined()
    expect(await output.drain()).toBe(false)
    expect(isClosed()).toBe(1)
    expect(output.recordsBeforeFailure()).toBe(5)
  })

  it('can be given up while its reader stands still', async () => {
    const { output, shut, isClosed } = openOutput()
    shut()
    output.text('a')
    const draining = output.drain()
    output.giveUp()
    expect(await draining).toBe(false)
    expect(isClosed()).toBe(1)
  })

  it('is not given up when everything has gone out', async () => {
    const { output, isClosed } = openOutput()
    output.text('a')
    await output.drain()
    output.giveUp()
    expect(await output.drain()).toBe(true)
    expect(isClosed()).toBe(0)
  })
})
