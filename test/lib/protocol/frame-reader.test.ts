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

const large = Array.from({ length: 300_000 }, (_, index) => String.fromCharCode(97 + (index % 23))).join('')

describe('FrameReader', () => {
  const texts = ['first', '', 'the third frame', 'x']
  const stream = Buffer.concat(texts.map(framed))

  it.each(Array.from({ length: stream.length }, (_, index) => index + 1))(
    'finds the frames of a stream that comes %d bytes at a time',
    (most) => {
      expect(readAll(stream, most).map(String)).toEqual(texts)
    },
  )

  it.each([77, 64 * 1024, 65_537, 299_999, 1_000_000])(
    'finds frames larger than one read, %d bytes at a time',
    (most) => {
      const frames = readAll(Buffer.concat(['a', large, 'b', large.slice(1), 'c'].map(framed)), most)
      expect(frames.map(String)).toEqual(['a', large, 'b', large.slice(1), 'c'])
    },
  )

  it('finds the same frames in chunks of others, wherever the stream is split in three', () => {
    for (let a = 0; a <= stream.length; a += 1) {
      for (let b = a; b <= stream.length; b += 1) {
        const reader = new FrameReader(100)
        const chunks = [stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)]
        expect(chunks.flatMap((chunk) => reader.push(chunk)).map(String)).toEqual(texts)
        expect(reader.pending).toBe(0)
      }
    }
    const all = Buffer.concat([framed(large), framed('x')])
    expect(new FrameReader(1_000_000).push(all).map(String)).toEqual([large, 'x'])
  })

  it('keeps streams apart that come in turns', () => {
    const readers = [new FrameReader(1_000_000), new FrameReader(1_000_000)]
    const streams = [large, large.toUpperCase()].map((text) => Buffer.concat(['ab', text, 'c'].map(framed)))
    const frames: string[][] = [[], []]
    for (let at = 0; at < streams[0]!.length; at += 1009)
      readers.forEach((reader, n) =>
        frames[n]!.push(...readAll(streams[n]!.subarray(at, at + 1009), 1009, reader).map(String)),
      )
    expect(frames).toEqual([
      ['ab', large, 'c'],
      ['ab', large.toUpperCase(), 'c'],
    ])
  })

  it('has what is missing of a frame read to where it stays', () => {
    const reader = new FrameReader(1_000_000)
    const stream = framed(large)
    const begun = stream.copy(reader.space(), 0, 0, 50_000)
    expect(reader.take(begun)).toEqual([])
    const space = reader.space()
    expect(space.length).toBe(stream.length - begun)
    stream.copy(space, 0, begun)
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

  it('tells how much it holds back', () => {
    const reader = new FrameReader(100)
    expect(reader.push(framed('abc').subarray(0, 3))).toEqual([])
    expect(reader.pending).toBe(3)
    expect(reader.push(framed('abc').subarray(3, 6))).toEqual([])
    expect(reader.pending).toBe(6)
    reader.drop()
    expect(reader.pending).toBe(0)
  })

  it.each([
    ['negative', -1],
    ['beyond the limit', 101],
  ])('refuses a length that is %s', (_, length) => {
    const chunk = Buffer.alloc(4)
    chunk.writeInt32BE(length)
    for (const most of [3, 4]) {
      const reader = new FrameReader(100)
      expect(readAll(chunk, most, reader)).toEqual([])
      expect(reader.problem).toEqual(new MalformedError(`a frame of ${length} bytes, the limit is 100`))
    }
  })

  it('says that a length is the letters of an HTTP request, or the beginning of TLS', () => {
    const problemOf = (bytes: Buffer): string | undefined => {
      const reader = new FrameReader(100)
      expect(reader.push(bytes)).toEqual([])
      return reader.problem?.message
    }
    expect(problemOf(Buffer.from('GET / HTTP/1.1'))).toBe(
      'HTTP: as a length it would be a frame of 1195725856 bytes, the limit is 100',
    )
    expect(problemOf(Buffer.from('160301020001', 'hex'))).toMatch(/^TLS where plain text is spoken: /)
  })

  it('gives out the frames in front of a length that cannot be, and none behind it', () => {
    const reader = new FrameReader(100)
    const frames = reader.push(Buffer.concat([framed('a'), framed('b'), Buffer.alloc(4, 0xff), framed('c')]))
    expect([frames.map(String), reader.problem instanceof MalformedError]).toEqual([['a', 'b'], true])
    expect([reader.push(framed('d')), reader.pending]).toEqual([[], 0])
  })

  it('lets the largest frame through', () => {
    expect(readAll(framed('y'.repeat(100)), 50, new FrameReader(100)).map(String)).toEqual(['y'.repeat(100)])
  })

  it('refuses a request by the API that it is for, before it has come', () => {
    const refusal = (apiKey: number, length: number): string | null =>
      apiKey === 0x6162 && length > 5 ? 'too long' : null
    for (const cut of [1, 3, 4, 5]) {
      const reader = new FrameReader(100, { refusal })
      reader.push(framed('abcdef').subarray(0, cut))
      expect(reader.problem).toBeNull()
      reader.push(framed('abcdef').subarray(cut, 6))
      expect([reader.problem?.message, reader.pending]).toEqual(['too long', 0])
    }
    expect(new FrameReader(100, { refusal }).push(Buffer.concat(['', 'a', 'abc'].map(framed))).map(String)).toEqual([
      '',
      'a',
      'abc',
    ])
  })
})

describe('the memory of frames', () => {
  class Memory {
    taken: number[] = []
    givenBack: number[] = []
    take = (bytes: number): Buffer => Buffer.alloc((this.taken.push(bytes), bytes))
    giveBack = ({ length }: Buffer): void => void this.givenBack.push(length)
  }

  it('is little on the word of a length alone, and grows with what comes', () => {
    const memory = new Memory()
    const reader = new FrameReader(0x7fff_ffff, { memory })
    reader.push(Buffer.from('7fffffff', 'hex'))
    expect(memory.taken).toEqual([64 * 1024])
    for (let come = 0; come < 1_000_000; come += 1000) {
      reader.push(Buffer.alloc(1000))
      expect(memory.taken.at(-1)).toBeLessThanOrEqual(Math.max(64 * 1024, 8 * reader.pending))
    }
    expect(memory.givenBack).toEqual(memory.taken.slice(0, -1))
  })

  it('is no more than the frame, and not copied where enough of it comes at once', () => {
    const memory = new Memory()
    const reader = new FrameReader(1_000_000, { memory })
    expect(reader.push(framed(large)).map(String)).toEqual([large])
    expect([memory.taken, memory.givenBack]).toEqual([[large.length], []])
  })

  it('that cannot be had is told of', () => {
    const memory = {
      take: (): Buffer => {
        throw new RangeError('Array buffer allocation failed')
      },
      giveBack: () => {},
    }
    expect(() => new FrameReader(100, { memory }).push(framed('abc'))).toThrow(MalformedError)
  })
})
