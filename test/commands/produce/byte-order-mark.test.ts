import { expect, test } from 'vitest'
import { withoutMark } from '../../../src/commands/produce/byte-order-mark.ts'

/** What comes of chunks that share one piece of memory, as those of a pipe do. */
async function read(...chunks: string[]): Promise<string> {
  const memory = Buffer.alloc(64)
  async function* source(): AsyncGenerator<Buffer> {
    for (const hex of chunks) yield memory.subarray(0, memory.write(hex, 'hex'))
  }
  const parts: string[] = []
  for await (const chunk of withoutMark(source())) parts.push(chunk.toString('hex'))
  return parts.join('')
}

test.each([
  [['efbbbf61', 'efbbbf62'], '61efbbbf62'], [['ef', 'bb', 'bf', '61'], '61'], [['efbb', 'bf61'], '61'], [['efbbbf'], ''], [['efbb', '61'], 'efbb61'],
  [['ef'], 'ef'], [['61', 'efbbbf'], '61efbbbf'], [['', 'efbbbf61'], '61'], [[], ''],
])('of %j stays %j', async (chunks, wanted) => expect(await read(...chunks)).toBe(wanted))
