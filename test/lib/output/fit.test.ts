import { afterEach, describe, expect, it } from 'vitest'
import { renderTable } from '../../../src/lib/output/table.ts'
import { fitTables } from '../../../src/lib/output/table-width.ts'
import { cut, widthOf, wrap } from '../../../src/lib/output/width.ts'

afterEach(() => fitTables({}))

describe('a table on a terminal', () => {
  const head = ['TOPIC', 'PARTITIONS', 'RACK', 'TOPIC ID', 'CONFIGS']
  const rows = [
    [
      'retail',
      '3',
      '',
      'AAAAAAAAAAAAAAAAAAAAAA',
      'cleanup.policy=compact retention.ms=604800000 min.insync.replicas=2',
    ],
    ['お店の注文', '12', '', 'BBBBBBBBBBBBBBBBBBBBBB', ''],
    ['x'.repeat(70), '1', '', 'CCCCCCCCCCCCCCCCCCCCCC', 'a=b'],
  ]
  const yielding = { right: [1], below: 'CONFIGS', goes: ['TOPIC ID'] }

  it.each([20, 40, 60, 80, 100, 120, 200])('is never wider than its %d columns', (columns) => {
    fitTables({ isTTY: true, columns })
    const lines = renderTable(head, rows, yielding).trimEnd().split('\n')
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns)
  })

  it('is as wide as it is elsewhere, and where there is room', () => {
    const whole = renderTable(head, rows, yielding)
    fitTables({ isTTY: true, columns: 250 })
    expect(renderTable(head, rows, yielding)).toBe(whole)
    expect(whole).toContain('RACK')
  })

  it('lets go what is empty, then moves what is wide beneath, then lets go what matters least', () => {
    fitTables({ isTTY: true, columns: 60 })
    expect(renderTable(head, rows.slice(0, 2), yielding)).toBe(
      'TOPIC       PARTITIONS  TOPIC ID\n' +
        'retail               3  AAAAAAAAAAAAAAAAAAAAAA\n' +
        '  cleanup.policy=compact retention.ms=604800000\n' +
        '  min.insync.replicas=2\n' +
        'お店の注文          12  BBBBBBBBBBBBBBBBBBBBBB\n',
    )
    fitTables({ isTTY: true, columns: 30 })
    expect(renderTable(head, rows.slice(0, 1), yielding)).toBe(
      'TOPIC   PARTITIONS\nretail           3\n  cleanup.policy=compact\n  retention.ms=604800000\n  min.insync.replicas=2\n',
    )
  })

  it('keeps the end of an id', () => {
    fitTables({ isTTY: true, columns: 30 })
    expect(
      renderTable(['GROUP', 'MEMBER'], [['shop', 'consumer-shop-1-6c9a0e0e-4b1f-4a8e-9f0f-0123456789ab']], {
        shorten: ['MEMBER'],
      }),
    ).toBe('GROUP  MEMBER\nshop   …456789ab\n')
  })

  it('cuts no number, and sets one row upright where it has no room', () => {
    fitTables({ isTTY: true, columns: 24 })
    const numbers = ['RECORDS', 'SECONDS', 'AVERAGE', 'HIGHEST']
    expect(renderTable(numbers, [['123456789012', '1', '2', '3']], { right: [0, 1, 2, 3] })).toBe(
      'RECORDS  123456789012\nSECONDS  1\nAVERAGE  2\nHIGHEST  3\n',
    )
    expect(
      renderTable(
        numbers,
        [
          ['123456789012', '1', '2', '3'],
          ['1', '1', '2', '3'],
        ],
        { right: [0, 1, 2, 3] },
      ),
    ).toBe('     RECORDS  SECONDS\n123456789012        1\n           1        1\n')
  })
})

it('knows how wide characters are', () => {
  expect([...['a', 'é', 'e\u0301', '漢', '한', 'ｱ', 'Ａ', '😀', '\x1b[1mbold\x1b[22m', '…', '☃']].map(widthOf)).toEqual(
    [1, 1, 1, 2, 2, 1, 2, 2, 4, 1, 1],
  )
  expect(cut('漢字漢字', 5)).toBe('漢字…')
  expect(wrap('ab cd efghij', 5)).toEqual(['ab cd', 'efgh…'])
})
