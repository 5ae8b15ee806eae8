import { describe, expect, it } from 'vitest'
import { recordFilter } from '../../../src/commands/consume/filter.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { batches, buildBatch, RecordReader } from '../../../src/lib/protocol/records/index.ts'

const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text))

const RECORDS = [
  { name: 'plain', key: 'k1', value: 'hello', headers: [] },
  { name: 'no key', key: null, value: 'schön', headers: [{ key: 'trace', value: bytes('abc') }] },
  {
    name: 'tombstone',
    key: 'k2',
    value: null,
    headers: [
      { key: 'trace', value: bytes('xyz') },
      { key: 'trace', value: bytes('abcd') },
      { key: 'empty', value: null },
    ],
  },
]

function pick(values: { grep?: string; key?: string; header?: string[] }): string[] {
  const filter = recordFilter({ grep: undefined, key: undefined, header: [], ...values })!
  const batch = Buffer.from(
    buildBatch(
      RECORDS.map(({ key, value, headers }) => ({ timestamp: 0n, key: bytes(key), value: bytes(value), headers })),
    ),
  )
  const reader = new RecordReader()
  for (const { header, at } of batches(batch)) reader.open(batch, at, header)
  return RECORDS.filter(() => reader.next() && filter(reader)).map(({ name }) => name)
}

describe('the filter of records', () => {
  it('is none when nothing is asked for', () => {
    expect(recordFilter({ grep: undefined, key: undefined, header: [] })).toBeUndefined()
  })

  it.each([
    [{ grep: 'l+o$' }, ['plain']],
    [{ grep: '^.{5}$' }, ['plain', 'no key']],
    [{ grep: '' }, ['plain', 'no key']],
    [{ key: 'k' }, ['plain', 'tombstone']],
    [{ key: '2' }, ['tombstone']],
    [{ header: ['trace'] }, ['no key', 'tombstone']],
    [{ header: ['trace=^abc$'] }, ['no key']],
    [{ header: ['trace=d'] }, ['tombstone']],
    [{ header: ['empty'] }, ['tombstone']],
    [{ header: ['empty='] }, []],
    [{ header: ['trace', 'empty'] }, ['tombstone']],
    [{ grep: '.', header: ['trace'] }, ['no key']],
  ])('%j picks %j', (values, names) => {
    expect(pick(values)).toEqual(names)
  })

  it.each([{ grep: '(' }, { key: '[' }, { header: ['a=('] }, { header: ['=x'] }])('refuses %j', (values) => {
    expect(() => pick(values)).toThrow(UserError)
  })
})
