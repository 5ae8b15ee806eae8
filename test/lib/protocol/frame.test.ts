import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { Reader } from '../../../src/lib/protocol/bytes.ts'
import {
  encodeRequest,
  encodeResponse,
  readRequestHeader,
  readResponse,
  skipTags,
} from '../../../src/lib/protocol/frame.ts'

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
