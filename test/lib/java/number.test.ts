import { expect, test } from 'vitest'
import { javaDouble, javaFixed, javaFloat } from '../../../src/lib/java/number.ts'

test.each([
  [3.141348512964793, '3.141348512964793'],
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [-1.5, '-1.5'],
  [100, '100.0'],
  [123456.789, '123456.789'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [12345678, '1.2345678E7'],
  [0.001, '0.001'],
  [0.00099, '9.9E-4'],
  [0.1, '0.1'],
  [0.012, '0.012'],
  [5e-324, '4.9E-324'],
  [1.7976931348623157e308, '1.7976931348623157E308'],
  [2e-3, '0.002'],
  [1e21, '1.0E21'],
  [-1.25e-7, '-1.25E-7'],
  [NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
  [1 / 3, '0.3333333333333333'],
])('a double of %d is %s', (value, text) => {
  expect(javaDouble(value)).toBe(text)
})

const floatOf = (bits: number): number => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(bits)
  return bytes.readFloatBE()
}

test.each([
  [42, '5.9E-44'],
  [1, '1.4E-45'],
  [0x3f800000, '1.0'],
  [0x3dcccccd, '0.1'],
  [0x40490fdb, '3.1415927'],
  [0x7f7fffff, '3.4028235E38'],
  [0x4b18967f, '9999999.0'],
  [0x4b189680, '1.0E7'],
  [0x7fc00000, 'NaN'],
  [0x80000000, '-0.0'],
  [0x3eaaaaab, '0.33333334'],
])('a float of bits %d is %s', (bits, text) => {
  expect(javaFloat(floatOf(bits))).toBe(text)
})

// What String.format("%.Nf") of Java 17 gives.
test.each([
  [0, 0, '0'],
  [0, 4, '0.0000'],
  [-0, 2, '-0.00'],
  [0.5, 0, '1'],
  [1.5, 0, '2'],
  [2.5, 0, '3'],
  [0.125, 2, '0.13'],
  [1.005, 2, '1.01'],
  [2.675, 2, '2.68'],
  [-1.005, 2, '-1.01'],
  [0.045, 2, '0.05'],
  [0.00004, 4, '0.0000'],
  [0.00005, 4, '0.0001'],
  [-0.004, 2, '-0.00'],
  [99.9999, 2, '100.00'],
  [0.99999, 4, '1.0000'],
  [4981.32005, 6, '4981.320050'],
  [1 / 3, 6, '0.333333'],
  [12345678.9, 1, '12345678.9'],
  [1e21, 1, '1000000000000000000000.0'],
  [5e-324, 6, '0.000000'],
  [NaN, 2, 'NaN'],
  [Infinity, 6, 'Infinity'],
  [-Infinity, 6, '-Infinity'],
])('%d with %d places is %s', (value, places, text) => {
  expect(javaFixed(value, places)).toBe(text)
})
