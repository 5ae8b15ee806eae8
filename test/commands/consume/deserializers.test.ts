import { describe, expect, it } from 'vitest'
import { makeDeserializer } from '../../../src/commands/consume/deserializers.ts'
import { UserError } from '../../../src/lib/errors.ts'

const PACKAGE = 'org.apache.kafka.common.serialization.'
const read = (name: string, hex: string, properties: Record<string, string> = {}, isKey = false) =>
  makeDeserializer(
    `${PACKAGE}${name}Deserializer`,
    new Map(Object.entries(properties)),
    isKey,
  )(Buffer.from(hex, 'hex')).toString()

describe('a deserializer', () => {
  it.each([
    ['String', '6bc3a4', 'kä'],
    ['String', '', ''],
    ['Integer', '0000002a', '42'],
    ['Integer', 'ffffffff', '-1'],
    ['Long', '0000000000000100', '256'],
    ['Long', '8000000000000000', '-9223372036854775808'],
    ['Short', '0102', '258'],
    ['Short', 'ffff', '-1'],
    ['Float', '0000002a', '5.9E-44'],
    ['Double', '4009217b54442d18', '3.141348512964793'],
    ['Boolean', '01', 'true'],
    ['Boolean', '00', 'false'],
    ['ByteArray', '6162', 'ab'],
    ['Bytes', '0000002a5c7e7fff20', '\\x00\\x00\\x00*\\x5C~\\x7F\\xFF '],
    ['ByteBuffer', '00112233', 'java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]'],
    [
      'UUID',
      Buffer.from('01234567-89AB-cdef-0123-456789abcdef').toString('hex'),
      '01234567-89ab-cdef-0123-456789abcdef',
    ],
    ['UUID', Buffer.from('1-2-3-4-5').toString('hex'), '00000001-0002-0003-0004-000000000005'],
  ])('%s reads %s as %s', (name, hex, text) => {
    expect(read(name, hex)).toBe(text)
  })

  it.each([
    ['Integer', '00002a'],
    ['Long', '00'],
    ['Short', '000000'],
    ['Float', ''],
    ['Double', '00000000'],
    ['Boolean', '0001'],
    ['Boolean', '02'],
    ['Void', ''],
    ['UUID', Buffer.from('no uuid').toString('hex')],
    ['UUID', Buffer.from('1-2-3-4').toString('hex')],
  ])('%s cannot read %s', (name, hex) => {
    expect(() => read(name, hex)).toThrow(UserError)
  })

  it('replaces malformed UTF-8', () => {
    expect(read('String', '61ff62')).toBe('a\uFFFDb')
  })

  it('takes the charset of its place, then the general one', () => {
    const both = { 'value.deserializer.encoding': 'UTF-16BE', 'deserializer.encoding': 'ISO-8859-1' }
    expect(read('String', '0061', both)).toBe('a')
    expect(read('String', 'e4', both, true)).toBe('ä')
    expect(read('String', 'feff0061', { 'deserializer.encoding': 'UTF-16' })).toBe('a')
    expect(read('String', 'fffe6100', { 'deserializer.encoding': 'utf-16' })).toBe('a')
    expect(read('String', '61e4', { 'deserializer.encoding': 'US-ASCII' })).toBe('a\uFFFD')
    expect(read('String', 'c1', { 'deserializer.encoding': 'KOI8-R' })).toBe('а')
  })

  it('may be named without its package', () => {
    expect(makeDeserializer('LongDeserializer', new Map(), false)(Buffer.alloc(8))).toBe('0')
  })

  it.each(['my.own.Deserializer', `${PACKAGE}ListDeserializer`, 'toString', ''])('is not known as "%s"', (name) => {
    expect(() => makeDeserializer(name, new Map(), false)).toThrow(UserError)
  })

  it('needs a charset that is known', () => {
    expect(() => read('String', '', { 'deserializer.encoding': 'klingon' })).toThrow(UserError)
  })
})
