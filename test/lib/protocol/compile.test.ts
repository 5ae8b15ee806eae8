import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { Reader, Writer } from '../../../src/lib/protocol/bytes.ts'
import { compile } from '../../../src/lib/protocol/compile.ts'
import {
  array,
  bool,
  bounds,
  bytes,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableString,
  nullableStruct,
  nullableRecords,
  string,
  struct,
  within,
  type Fields,
  type Input,
  type Message,
} from '../../../src/lib/protocol/schema.ts'

/** Versions 2 and up are flexible here. */
const codecOf = <F extends Fields>(fields: F, version: number) => compile(fields, version, version >= 2)

function hexOf<F extends Fields>(fields: F, version: number, message: Input<Message<F>>): string {
  const writer = new Writer()
  codecOf(fields, version).write(writer, message)
  return writer.toBuffer().toString('hex')
}

function read<F extends Fields>(fields: F, version: number, hex: string): Message<F> {
  const reader = new Reader(Buffer.from(hex, 'hex'))
  const message = codecOf(fields, version).read(reader)
  expect(reader.remaining).toBe(0)
  return message
}

describe('versions', () => {
  it.each<[string, number, boolean]>([
    ['3', 3, true],
    ['3', 4, false],
    ['0-4', 0, true],
    ['0-4', 4, true],
    ['0-4', 5, false],
    ['2+', 1, false],
    ['2+', 99, true],
    ['none', 0, false],
  ])('%s holds %i: %s', (range, version, isWithin) => {
    expect(within(range, version)).toBe(isWithin)
  })

  it('have bounds', () => {
    expect(bounds('4-18')).toEqual([4, 18])
    expect(bounds('7')).toEqual([7, 7])
  })
})

describe('a field that a version lacks', () => {
  const fields = {
    old: int16('0'),
    always: int8('0+'),
    added: int32('1+', { default: -1 }),
    hint: string('1+', { ignorable: true }),
  }

  it('is not on the wire, and reads as its default', () => {
    expect(hexOf(fields, 0, { old: 1, always: 2 })).toBe('000102')
    expect(read(fields, 0, '000102')).toEqual({ old: 1, always: 2, added: -1, hint: '' })
  })

  it('stands in the order of the declaration when it is there', () => {
    expect(hexOf(fields, 1, { always: 2, added: 3, hint: 'x' })).toBe('02' + '00000003' + '000178')
  })

  it('may hold its default, not another value', () => {
    expect(hexOf(fields, 0, { added: -1 })).toBe('000000')
    expect(() => hexOf(fields, 0, { added: 0 })).toThrow(
      new MalformedError('field added is set, but version 0 cannot carry it'),
    )
  })

  it('is dropped in silence when it is ignorable', () => {
    expect(hexOf(fields, 0, { hint: 'lost' })).toBe('000000')
  })

  it.each<[string, Fields, Record<string, unknown>, Record<string, unknown>]>([
    ['array', { x: array('1+', int8('1+')) }, { x: [] }, { x: [1] }],
    ['null array', { x: nullableArray('1+', '1+', int8('1+')) }, { x: null }, { x: [] }],
    ['bytes', { x: bytes('1+') }, { x: Buffer.alloc(0) }, { x: Buffer.alloc(1) }],
    ['struct', { x: struct('1+', { y: int8('1+', { default: 4 }) }) }, { x: { y: 4 } }, { x: { y: 0 } }],
    ['null struct', { x: nullableStruct('1+', '1+', { y: int8('1+') }) }, { x: null }, { x: {} }],
    ['int64', { x: int64('1+', { default: -1n }) }, { x: -1n }, { x: 0n }],
    ['records', { x: nullableRecords('1+', '1+') }, { x: null }, { x: Buffer.alloc(0) }],
  ])('knows the default of %s', (_, fields, same, other) => {
    expect(hexOf(fields, 0, same as never)).toBe('')
    expect(() => hexOf(fields, 0, other as never)).toThrow(MalformedError)
  })
})

describe('null', () => {
  const fields = {
    name: nullableString('0+', '1+', { default: '' }),
    list: nullableArray('0+', '1+', int8('0+'), { default: [] }),
  }

  it('goes where the version has it', () => {
    expect(hexOf(fields, 1, { name: null, list: null })).toBe('ffff' + 'ffffffff')
    expect(read(fields, 1, 'ffffffffffff')).toEqual({ name: null, list: null })
    expect(hexOf(fields, 2, { name: null, list: null })).toBe('00' + '00' + '00')
  })

  it('is refused where it has not, in both directions', () => {
    expect(() => hexOf(fields, 0, { name: null })).toThrow('field name: null where the version has no null')
    expect(() => read(fields, 0, 'ffff00000000')).toThrow(MalformedError)
    expect(() => read(fields, 0, '0000ffffffff')).toThrow(MalformedError)
    expect(() => hexOf({ items: array('0+', string('0+')) }, 0, { items: [null as never] })).toThrow(MalformedError)
    expect(() => read({ items: array('0+', string('0+')) }, 0, '00000001ffff')).toThrow(MalformedError)
  })

  it('of a struct takes one byte', () => {
    const nullable = { cursor: nullableStruct('0+', '0+', { at: int8('0+') }) }
    expect(hexOf(nullable, 0, { cursor: null })).toBe('ff')
    expect(hexOf(nullable, 0, { cursor: { at: 5 } })).toBe('0105')
    expect(read(nullable, 0, 'ff')).toEqual({ cursor: null })
    expect(read(nullable, 0, '0105')).toEqual({ cursor: { at: 5 } })
  })
})

describe('tagged fields', () => {
  const fields = {
    plain: int8('0+'),
    second: string('2+', { tag: 1 }),
    first: int32('2+', { default: -1, tag: 0, ignorable: true }),
    list: array('2+', { x: int8('2+') }, { tag: 2 }),
  }

  it('stand at the end by the order of their tags, each with its size, defaults left out', () => {
    expect(hexOf(fields, 2, { plain: 1 })).toBe('01' + '00')
    expect(hexOf(fields, 2, { plain: 1, first: -1, second: 'x', list: [] })).toBe('01' + '01' + '0102' + '0278')
    expect(hexOf(fields, 2, { plain: 1, first: 7, second: 'x', list: [{ x: 9 }] })).toBe(
      '01' + '03' + '000400000007' + '01020278' + '0203' + '020900',
    )
  })

  it('read as their default when they are absent', () => {
    expect(read(fields, 2, '0100')).toEqual({ plain: 1, second: '', first: -1, list: [] })
  })

  it('that nobody knows are skipped, and so is what a newer version adds to a known one', () => {
    expect(read(fields, 2, '01' + '02' + '0005' + '00000007ee' + '0903aabbcc')).toEqual({
      plain: 1,
      second: '',
      first: 7,
      list: [],
    })
  })

  it.each([
    ['a tag beyond the end', '01' + '01' + '0905aa', 'tag 9 of 5 bytes, 1 left'],
    ['a value longer than its tag says', '01' + '01' + '0102' + '05' + '61626364', 'tag 1 is longer than it says'],
    ['more tags than bytes', '01' + 'ffffffff0f', '1 bytes wanted'],
  ])('refuse %s', (_, hex, message) => {
    expect(() => read(fields, 2, hex)).toThrow(MalformedError)
    expect(() => read(fields, 2, hex)).toThrow(message)
  })

  it('are on the wire like others in versions before they were tagged', () => {
    const moved = { x: int8('0+', { tag: 0, tagged: '2+' }) }
    expect(hexOf(moved, 1, { x: 3 })).toBe('03')
    expect(hexOf(moved, 2, { x: 3 })).toBe('01' + '0001' + '03')
  })
})

describe('arrays', () => {
  const fields = { items: array('0+', { a: int8('0+'), b: bool('0+') }) }

  it('of structs and of scalars', () => {
    expect(hexOf(fields, 0, { items: [{ a: 1, b: true }, { a: 2 }] })).toBe('00000002' + '0101' + '0200')
    expect(hexOf({ ids: array('0+', int16('0+')) }, 2, { ids: [1, 2] })).toBe('03' + '00010002' + '00')
  })

  it.each([
    ['longer than what is left', 0, '00000003' + '0101', 'array of 3 in 2 bytes'],
    ['of two billion', 0, '7fffffff' + '0101', 'array of 2147483647 in 2 bytes'],
    ['compact and of four billion', 2, 'ffffffff0f' + '0101', 'array of 4294967294 in 2 bytes'],
    ['of length -2', 0, 'fffffffe', 'negative length -2'],
    ['cut off', 0, '00000002' + '010101', '1 bytes wanted'],
  ])('are refused when they are %s', (_, version, hex, message) => {
    expect(() => read(fields, version, hex)).toThrow(MalformedError)
    expect(() => read(fields, version, hex)).toThrow(message)
  })
})

describe('messages', () => {
  const fields = { list: array('1+', int8('1+')), inner: struct('1+', { list: array('1+', int8('1+')) }) }

  it('share no default with each other', () => {
    const [one, other] = [read(fields, 0, ''), read(fields, 0, '')]
    one.list.push(1)
    one.inner.list.push(1)
    expect(other).toEqual({ list: [], inner: { list: [] } })
    expect(read(fields, 0, '')).toEqual(other)
  })

  it('may be left empty when written', () => {
    expect(hexOf(fields, 1, {})).toBe('00000000' + '00000000')
  })

  it('name the field that cannot be written', () => {
    expect(() => hexOf({ outer: struct('0+', { port: int16('0+') }) }, 0, { outer: { port: 70_000 } })).toThrow(
      /^field port: /,
    )
  })
})
