import { describe, expect, test } from 'vitest'
import { encodeSchemaId, readMessageIndexes, readWireForm } from '../../../src/lib/schemas/wire.ts'

const GUID = '89791762-2336-4186-9674-299b90a802e2'
const guid = Buffer.from('8979176223364186967429 9b90a802e2'.replace(' ', ''), 'hex')
const payload = Buffer.from('payload')

describe('a wire form', () => {
  test('has a number in front', () => {
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 1, 2]), payload])
    expect(readWireForm(bytes)).toEqual({ schema: 258, rest: payload, body: undefined })
  })

  test('has a GUID in front', () => {
    expect(readWireForm(Buffer.concat([Buffer.of(1), guid, payload]))).toEqual({
      schema: GUID,
      rest: payload,
      body: undefined,
    })
  })

  test('has its id in a header, which goes before what stands in front', () => {
    const body = Buffer.from([0, 0, 0, 0, 9, 1])
    expect(readWireForm(body, Buffer.concat([Buffer.of(1), guid]))).toEqual({
      schema: GUID,
      rest: Buffer.alloc(0),
      body,
    })
    expect(readWireForm(body, null)?.schema).toBe(9)
  })

  test.each([
    ['nothing', []],
    ['text', [...Buffer.from('plain text')]],
    ['four bytes', [0, 0, 0, 1]],
    ['a long number', [0, 0, 0, 0, 0, 0, 0, 7]],
    ['a negative id', [0, 255, 255, 255, 255, 1]],
    ['half a GUID', [1, ...guid.subarray(0, 8)]],
  ])('is not seen in %s', (_what, bytes) => {
    expect(readWireForm(Buffer.from(bytes))).toBeUndefined()
  })

  test.each([
    [258, undefined, '0000000102'],
    [258, [0], '000000010200'],
    [1, [1, 0], '0000000001040200'.replace('04', '04')],
    [GUID, undefined, `01${guid.toString('hex')}`],
    [GUID, [100], `01${guid.toString('hex')}02c801`],
  ])('is written: %s %j', (schema, indexes, hex) => {
    expect(encodeSchemaId(schema, indexes).toString('hex')).toBe(hex)
  })
})

describe('message indexes', () => {
  test.each([
    ['00', [0]],
    ['0200', [0]],
    ['0202', [1]],
    ['04020c', [1, 6]],
    ['02c801', [100]],
  ])('are read: %s', (hex, indexes) => {
    const bytes = Buffer.concat([Buffer.from(hex, 'hex'), payload])
    expect(readMessageIndexes(bytes)).toEqual({ indexes, payload })
  })

  test('are what was written', () => {
    for (const indexes of [[0], [1], [0, 0], [3, 64, 8191, 1_000_000]])
      expect(readMessageIndexes(encodeSchemaId(1, indexes).subarray(5)).indexes).toEqual(indexes)
  })

  test.each([
    ['nothing', '', /cut off/],
    ['a list that is cut', '0402', /cut off/],
    ['a number without end', 'ffffffffffffff', /cut off/],
    ['a billion of them', 'feffffff07', /by 1073741823 indexes/],
    ['fewer than none', '01', /by -1 indexes/],
  ])('are refused: %s', (_what, hex, message) => {
    expect(() => readMessageIndexes(Buffer.from(hex, 'hex'))).toThrow(message)
  })
})
