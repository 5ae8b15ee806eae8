import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { FrameReader } from '../../../src/lib/protocol/frame-reader.ts'

const framed = (bytes: Buffer | string): Buffer => {
  const body = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** Reads as a socket does: at most `most` bytes at a time, and never more than there is space for. */
function readAll(stream: Buffer, most: number, reader = new FrameReader(1_000_000)): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < stream.length; ) {
    const space = reader.space()
    expect(space.length).toBeGreaterThan(0)
    const bytes = stream.copy(space, 0, at, Math.min(at + most, stream.length))
    at += bytes
    frames.push(...reader.take(bytes))
  }
  return frames
}

describe('FrameReader', () => {
  const texts = ['first', '', 'the third frame', 'x']
  const stream = Buffer.concat(texts.map(framed))

  it.each(Array.from({ length: stream.length }, (_, index) => index + 1))(
    'finds the frames of a stream that comes %d bytes at a time',
    (most) => {
      expect(readAll(stream, most).map(String)).toEqual(texts)
    },
  )

  const large = Array.from({ length: 300_000 }, (_, index) => String.fromCharCode(97 + (index % 23))).join('')
  it.each([77, 64 * 1024, 65_537, 299_999, 1_000_000])(
    'finds frames larger than one read, %d bytes at a time',
    (most) => {
      const frames = readAll(Buffer.concat(['a', large, 'b', large.slice(1), 'c'].map(framed)), most)
      expect(frames.map(String)).toEqual(['a', large, 'b', large.slice(1), 'c'])
    },
  )

  it('has what is missing of a frame read to where it stays', () => {
    const reader = new FrameReader(1_000_000)
    const stream = framed(large)
    stream.copy(reader.space(), 0, 0, 10)
    expect(reader.take(10)).toEqual([])
    const space = reader.space()
    expect(space.length).toBe(large.length - 6)
    stream.copy(space, 0, 10)
    const [frame] = reader.take(space.length)
    expect(frame!.buffer).toBe(space.buffer)
    expect(String(frame)).toBe(large)
  })

  it('keeps frames apart from what is read after them', () => {
    const reader = new FrameReader(100)
    framed('abc').copy(reader.space())
    const [frame] = reader.take(7)
    framed('xyz').copy(reader.space())
    reader.take(7)
    expect(String(frame)).toBe('abc')
  })

  it.each([
    ['negative', -1],
    ['beyond the limit', 101],
    ['the letters of an HTTP request', 0x47455420],
  ])('refuses a length that is %s', (_, length) => {
    const chunk = Buffer.alloc(4)
    chunk.writeInt32BE(length)
    expect(() => readAll(chunk, 4, new FrameReader(100))).toThrow(MalformedError)
    expect(() => readAll(chunk, 3, new FrameReader(100))).toThrow(MalformedError)
  })

  it('lets the largest frame through', () => {
    expect(readAll(framed('y'.repeat(100)), 50, new FrameReader(100)).map(String)).toEqual(['y'.repeat(100)])
  })
})

describe('a length of two gigabytes', () => {
  it('makes no room for more than what has come, and as much again', () => {
    const reader = new FrameReader(0x7fff_ffff)
    reader.take(Buffer.from('7fffffff', 'hex').copy(reader.space()))
    expect(reader.space().length).toBeLessThanOrEqual(16 * 1024 * 1024)
  })

  it('of a frame that comes in full is no problem for its size', () => {
    const large = Buffer.alloc(40 * 1024 * 1024, 'x')
    const [frame] = readAll(framed(large), 8 * 1024 * 1024, new FrameReader(0x7fff_ffff))
    expect(frame!.equals(large)).toBe(true)
  })
})
