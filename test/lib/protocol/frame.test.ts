import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { Reader } from '../../../src/lib/protocol/bytes.ts'
import {
  FrameSplitter,
  encodeRequest,
  encodeResponse,
  readRequestHeader,
  readResponse,
  skipTags,
} from '../../../src/lib/protocol/frame.ts'

const framed = (text: string): Buffer => {
  const frame = Buffer.alloc(4 + text.length)
  frame.writeInt32BE(text.length)
  frame.write(text, 4)
  return frame
}

describe('FrameSplitter', () => {
  const texts = ['first', '', 'the third frame', 'x']
  const stream = Buffer.concat(texts.map(framed))
  const split = (chunks: readonly Buffer[]): string[] => {
    const splitter = new FrameSplitter(100)
    const frames = chunks.flatMap((chunk) => splitter.push(chunk)).map(String)
    expect(splitter.pending).toBe(0)
    return frames
  }

  it('finds the frames of one chunk', () => {
    expect(split([stream])).toEqual(texts)
  })

  it('finds the same frames wherever the stream is split in three', () => {
    for (let a = 0; a <= stream.length; a += 1) {
      for (let b = a; b <= stream.length; b += 1) {
        expect(split([stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)])).toEqual(texts)
      }
    }
  })

  it('finds them byte by byte', () => {
    expect(split([...stream].map((byte) => Buffer.from([byte])))).toEqual(texts)
  })

  it('holds back what is not complete', () => {
    const splitter = new FrameSplitter(100)
    expect(splitter.push(framed('abc').subarray(0, 6))).toEqual([])
    expect(splitter.pending).toBe(6)
  })

  it('copies nothing of a frame that lies in one chunk', () => {
    const chunk = framed('abc')
    const [frame] = new FrameSplitter(100).push(chunk)
    chunk.write('xyz', 4)
    expect(String(frame)).toBe('xyz')
  })

  it.each([
    ['negative', -1],
    ['beyond the limit', 101],
  ])('refuses a length that is %s', (_, length) => {
    const chunk = Buffer.alloc(4)
    chunk.writeInt32BE(length)
    const whole = new FrameSplitter(100)
    expect([whole.push(chunk), whole.problem]).toEqual([
      [],
      new MalformedError(`a frame of ${length} bytes, the limit is 100`),
    ])
    const splitter = new FrameSplitter(100)
    splitter.push(chunk.subarray(0, 3))
    expect(splitter.problem).toBeNull()
    splitter.push(chunk.subarray(3))
    expect(splitter.problem).toBeInstanceOf(MalformedError)
  })

  it('says that a length is the letters of an HTTP request', () => {
    const splitter = new FrameSplitter(100)
    expect(splitter.push(Buffer.from('GET / HTTP/1.1'))).toEqual([])
    expect(splitter.problem).toEqual(
      new MalformedError('HTTP: as a length it would be a frame of 1195725856 bytes, the limit is 100'),
    )
  })

  it('gives out the frames in front of a length that cannot be, and none behind it', () => {
    const splitter = new FrameSplitter(100)
    const frames = splitter.push(Buffer.concat([framed('a'), framed('b'), Buffer.alloc(4, 0xff), framed('c')]))
    expect([frames.map(String), splitter.problem instanceof MalformedError]).toEqual([['a', 'b'], true])
    expect([splitter.push(framed('d')), splitter.pending]).toEqual([[], 0])
  })

  it('lets the largest frame through', () => {
    expect(split([framed('y'.repeat(100))])).toEqual(['y'.repeat(100)])
  })
})

describe('requests', () => {
  it('have a header of their own length, id and client', () => {
    const frame = Buffer.concat(encodeRequest(Metadata, 1, 42, null, { topics: [] }))
    expect(frame.toString('hex')).toBe('0000000e' + '0003' + '0001' + '0000002a' + 'ffff' + '00000000')
  })

  it('of a flexible version have tags behind a client id that is never compact', () => {
    const frame = Buffer.concat(
      encodeRequest(ApiVersions, 3, 1, 'kts', { clientSoftwareName: 'a', clientSoftwareVersion: 'b' }),
    )
    expect(frame.toString('hex')).toBe(
      '00000013' + '0012' + '0003' + '00000001' + '00036b7473' + '00' + '0261' + '0262' + '00',
    )
  })

  it('are read as they were written', () => {
    const reader = new Reader(
      Buffer.concat(encodeRequest(Metadata, 12, 7, 'me', { topics: [{ name: 'retail' }] })).subarray(4),
    )
    expect(readRequestHeader(reader)).toEqual({ apiKey: 3, apiVersion: 12, correlationId: 7, clientId: 'me' })
    skipTags(reader)
    expect(Metadata.request(12).read(reader).topics).toMatchObject([{ name: 'retail' }])
    expect(reader.remaining).toBe(0)
  })

  it.each([
    ['an empty frame', ''],
    ['half a header', '00030001'],
    ['a client id beyond the end', '0003000100000001000f61'],
  ])('refuses %s', (_, hex) => {
    expect(() => readRequestHeader(new Reader(Buffer.from(hex, 'hex')))).toThrow(MalformedError)
  })
})

describe('responses', () => {
  const read = <A extends Parameters<typeof readResponse>[0]>(
    api: A,
    version: number,
    frame: readonly Buffer[],
  ): unknown => {
    const reader = new Reader(Buffer.concat(frame).subarray(4))
    expect(reader.int32()).toBe(9)
    const response = readResponse(api, version, reader)
    expect(reader.remaining).toBe(0)
    return response
  }

  it.each([0, 8, 9, 12])('of Metadata version %i are read as they were written', (version) => {
    const frame = encodeResponse(Metadata, version, 9, { brokers: [{ nodeId: 1, host: 'h', port: 9092 }] })
    expect(read(Metadata as never, version, frame)).toMatchObject({
      brokers: [{ nodeId: 1, host: 'h', port: 9092, rack: null }],
      topics: [],
    })
  })

  it('of ApiVersions never have tags in their header (KIP-511)', () => {
    const frame = Buffer.concat(encodeResponse(ApiVersions, 3, 9, { errorCode: 35, apiKeys: [] }))
    expect(frame.toString('hex')).toBe('0000000c' + '00000009' + '0023' + '01' + '00000000' + '00')
    expect(read(ApiVersions as never, 3, [frame])).toMatchObject({ errorCode: 35 })
  })
})

describe('skipTags', () => {
  it('passes over tags that nobody knows', () => {
    const reader = new Reader(Buffer.from('0200020a0b8001010cff', 'hex'))
    skipTags(reader)
    expect(reader.remaining).toBe(1)
  })

  it.each([
    ['more tags than bytes', 'ffffffff0f'],
    ['a tag beyond the end', '010005'],
  ])('refuses %s', (_, hex) => {
    expect(() => skipTags(new Reader(Buffer.from(hex, 'hex')))).toThrow(MalformedError)
  })
})

describe('bytes that are held back', () => {
  it('cost no more than about twice as much memory, one by one or not', () => {
    const { allocUnsafeSlow } = Buffer
    let bytes = 0
    Buffer.allocUnsafeSlow = (size) => allocUnsafeSlow(((bytes += size), size))
    try {
      const splitter = new FrameSplitter(1_000_000)
      const frame = framed('x'.repeat(100_000))
      for (const byte of frame.subarray(0, -1)) splitter.push(Buffer.from([byte]))
      expect(bytes).toBeLessThan(2.5 * frame.length)
      expect(splitter.push(frame.subarray(-1)).map(String)).toEqual(['x'.repeat(100_000)])
    } finally {
      Buffer.allocUnsafeSlow = allocUnsafeSlow
    }
  })

  it('may be refused by the API that they are for, before they have come', () => {
    const refusal = (apiKey: number, length: number): string | null =>
      apiKey === 0x6162 && length > 5 ? 'too long' : null
    for (const cut of [1, 3, 4, 5]) {
      const splitter = new FrameSplitter(100, refusal)
      splitter.push(framed('abcdef').subarray(0, cut))
      expect(splitter.problem).toBeNull()
      splitter.push(framed('abcdef').subarray(cut, 6))
      expect([splitter.problem?.message, splitter.pending]).toEqual(['too long', 0])
    }
    expect(new FrameSplitter(100, refusal).push(framed('abc')).map(String)).toEqual(['abc'])
  })
})
