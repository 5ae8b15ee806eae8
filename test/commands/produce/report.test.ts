import { expect, test } from 'vitest'
import { FailureReport } from '../../../src/commands/produce/report.ts'
import { KafkaError } from '../../../src/lib/errors.ts'

function reportOf(...failures: number[][]): { said: string[]; count: number } {
  const said: string[] = []
  const report = new FailureReport((line) => said.push(line))
  for (const lines of failures) report.add(Float64Array.from(lines), new KafkaError('INVALID_RECORD', 'no key'))
  report.end()
  return { said, count: report.count }
}

test('names the lines and the reason', () => {
  expect(reportOf([7], [1, 2, 3], [1, 3, 4, 9], [1, 3, 5, 7, 9, 11, 12]).said).toEqual([
    'line 7 was not sent: INVALID_RECORD: no key',
    'lines 1 to 3 were not sent: INVALID_RECORD: no key',
    'lines 1, 3 to 4, 9 were not sent: INVALID_RECORD: no key',
    'lines 1, 3, 5, 7, 9 and 2 more were not sent: INVALID_RECORD: no key',
  ])
})

test('only counts after twenty sentences', () => {
  const { said, count } = reportOf(...Array.from({ length: 30 }, (_, index) => [index, index + 100]))
  expect(said).toHaveLength(21)
  expect(said.at(-1)).toBe('20 more lines were not sent')
  expect(count).toBe(60)
})
