import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineCursor } from '../../../src/commands/produce/line-cursor.ts'

function readLines(chunks: readonly Buffer[], maxBytes = 1_000_000): string[] {
  const cursor = new LineCursor(maxBytes)
  const lines: string[] = []
  const take = (): void =>
    void lines.push(
      cursor.buffer.toString('latin1', cursor.start, cursor.end) + (cursor.omitted ? `+${cursor.omitted}` : ''),
    )
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
  fc.assert(
    fc.property(
      fc.array(
        fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
        { maxLength: 8 },
      ),
      (chunks) => {
        const text = chunks.join('')
        const expected = text.split(/\r\n|\r|\n/)
        if (expected.at(-1) === '') expected.pop()
        expect(readLines(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(expected)
      },
    ),
    { numRuns: 500 },
  )
})

test('of a line that is too long only the beginning is kept, and the next is whole', () => {
  const chunks = ['ab', 'cd', 'ef', 'g\nnext\n'].map((chunk) => Buffer.from(chunk))
  expect(readLines(chunks, 3)).toEqual(['abc+4', 'next'])
})

test('the end of line that is not there is looked for once, not from every line on', () => {
  const chunk = Buffer.from('x\r'.repeat(1000))
  let searches = 0
  const cursor = new LineCursor(100)
  cursor.open(
    Object.assign(chunk, {
      indexOf: (byte: number, from: number) => ((searches += 1), Buffer.prototype.indexOf.call(chunk, byte, from)),
    }),
  )
  let lines = 0
  while (cursor.next()) lines += 1
  expect(lines).toBe(1000)
  expect(searches).toBeLessThan(1010)
})
