import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineCursor } from '../../../src/commands/produce/line-cursor.ts'

function readLines(chunks: readonly Buffer[], maxBytes = 1_000_000): string[] {
  const cursor = new LineCursor(maxBytes)
  const lines: string[] = []
  const take = (): void => void lines.push(cursor.buffer.toString('latin1', cursor.start, cursor.end) + (cursor.omitted ? `+${cursor.omitted}` : ''))
  for (const chunk of chunks) {
    // Readers use their memory again.
    const memory = Buffer.from(chunk)
    cursor.open(memory)
    while (cursor.next()) take()
    memory.fill(0x21)
  }
  while (cursor.finish()) take()
  return lines
}

test.each<[string, string[]]>([
  ['', []],
  ['\n', ['']],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb', ['a', 'b']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['a\rb\r', ['a', 'b']],
  ['a\r\r\nb', ['a', '', 'b']],
  ['a\n\rb', ['a', '', 'b']],
  ['\r', ['']],
  ['\n\n', ['', '']],
])('%j is cut as BufferedReader does', (text, lines) => {
  expect(readLines([Buffer.from(text)])).toEqual(lines)
})

test('however the bytes come in', () => {
  const piece = fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', '')
  fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')), { maxLength: 8 }), (chunks) => {
    const text = chunks.join('')
    const expected = text.split(/\r\n|\r|\n/)
    if (expected.at(-1) === '') expected.pop()
    expect(readLines(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(expected)
  }), { numRuns: 500 })
})

test('of a line that is too long only the beginning is kept, and the next is whole', () => {
  const chunks = ['ab', 'cd', 'ef', 'g\nnext\n'].map((chunk) => Buffer.from(chunk))
  expect(readLines(chunks, 3)).toEqual(['abc+4', 'next'])
})

test('many carriage returns and no line feed take no longer than the other way round', () => {
  const chunk = Buffer.from('x\r'.repeat(300_000))
  const started = performance.now()
  expect(readLines([chunk])).toHaveLength(300_000)
  // A search for the line feed from every line on would take minutes.
  expect(performance.now() - started).toBeLessThan(5000)
})
