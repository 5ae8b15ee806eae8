import { expect, test } from 'vitest'
import { compareReplicas } from '../../../src/commands/replica-verification/compare.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'

const batch = (baseOffset: bigint, ...values: string[]): Buffer =>
  buildBatch(
    values.map((value) => ({ timestamp: 0n, key: null, value: Buffer.from(value) })),
    { baseOffset },
  )
const copy = (nodeId: number, highWatermark: bigint, ...records: Buffer[]) => ({
  nodeId,
  highWatermark,
  records: Buffer.concat(records),
})

test('replicas are compared up to the lowest high watermark', () => {
  const [first, second] = [batch(0n, 'a', 'b'), batch(2n, 'c')]
  expect(compareReplicas('t-0', 0n, [copy(1, 3n, first, second), copy(2, 2n, first, second)])).toEqual({
    problems: [],
    end: 2n,
    isOver: false,
    highWatermark: 3n,
  })
  expect(compareReplicas('t-0', 0n, [copy(1, 3n, first), copy(2, 0n)])).toMatchObject({ end: 0n, isOver: false })
})

test('other bytes are named, and other offsets end it', () => {
  const { problems, end } = compareReplicas('t-0', 0n, [copy(1, 1n, batch(0n, 'a')), copy(2, 1n, batch(0n, 'x'))])
  expect(problems).toEqual([
    expect.stringMatching(
      /^partition t-0 has unmatched checksum at offset 0; replica 1's checksum \d+; replica 2's checksum \d+$/,
    ),
  ])
  expect(end).toBe(1n)
  expect(compareReplicas('t-0', 0n, [copy(1, 9n, batch(0n, 'a')), copy(2, 9n, batch(0n, 'a', 'b'))])).toMatchObject({
    problems: ["partition t-0: replica 1's offset 0 doesn't match replica 2's offset 1"],
    isOver: true,
  })
})
