import { expect, test } from 'vitest'
import { renderTable } from '../../../src/lib/output/table.ts'

test('columns are as wide as their widest cell, numbers stand to the right, lines have no trailing spaces', () => {
  const rows = [
    ['retail', '3', ''],
    ['a', '12', 'compact'],
  ]
  expect(renderTable(['TOPIC', 'PARTITIONS', 'CLEANUP'], rows, { right: [1] })).toBe(
    'TOPIC   PARTITIONS  CLEANUP\n' + 'retail           3\n' + 'a               12  compact\n',
  )
})

test('a table without rows is its head', () => {
  expect(renderTable(['TOPIC'], [])).toBe('TOPIC\n')
})
