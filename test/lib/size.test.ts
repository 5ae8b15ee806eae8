import { expect, it } from 'vitest'
import { readSize } from '../../src/lib/size.ts'

it.each([
  ['10MiB', 10 * 1024 ** 2],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  ['64kib', 65_536],
  ['512kB', 512_000],
  ['2TB', 2e12],
  ['100B', 100],
  ['100', undefined],
  ['1iB', undefined],
  ['1.1B', undefined],
  ['-1KiB', undefined],
  ['10 M', undefined],
])('%s is %s bytes', (text, bytes) => expect(readSize(text)).toBe(bytes))
