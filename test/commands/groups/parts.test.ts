import { describe, expect, it } from 'vitest'
import { csvLine, readCsvLine } from '../../../src/commands/groups/csv.ts'
import { momentBefore, parseMoment } from '../../../src/commands/groups/moment.ts'
import { nameMembers } from '../../../src/commands/groups/members.ts'
import type { GroupMember } from '../../../src/lib/client/admin/describe-groups.ts'

describe('CSV', () => {
  // As Jackson writes it: without a closer look above 24 characters, and for any sign up to the comma.
  it.each([
    [['retail', 0, 5], 'retail,0,5\n'], [['a'.repeat(24), 0, 5], `${'a'.repeat(24)},0,5\n`], [['a'.repeat(25), 0, 5], `"${'a'.repeat(25)}",0,5\n`],
    [['gr, "g"', 'retail', 1, 0], '"gr, ""g""",retail,1,0\n'], [['two words', 'a+b', 1, 0], '"two words","a+b",1,0\n'], [['a-b_c.d', 1, 0], 'a-b_c.d,1,0\n'],
  ])('writes %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line)
    expect(readCsvLine(line.trimEnd())).toEqual(cells.map(String))
  })

  it.each([['a,b', ['a', 'b']], [' a , 1 ', ['a', '1']], ['"a","b,""c"""', ['a', 'b,"c"']], ['a,,', ['a', '', '']], ['', ['']], ['"a', null], ['"a"b,1', null], ['a"b,1', null]])(
    'reads %j', (line, cells) => {
      expect(readCsvLine(line)).toEqual(cells)
    })
})

describe('moments', () => {
  const noon = BigInt(Date.UTC(2026, 0, 31, 12))
  it.each([
    ['2026-01-31T12:00:00.000', noon], ['2026-01-31T12:00:00.000Z', noon], ['2026-01-31T13:00:00.000+01', noon], ['2026-01-31T13:30:00.000+0130', noon],
    ['2026-01-31T11:00:00.000-01:00', noon],
  ])('%s is one for Apache and kts', (text, expected) => {
    expect([parseMoment(text, false), parseMoment(text, true)]).toEqual([expected, expected])
  })

  it.each([['2026-01-31T12:00:00Z', noon], ['2026-01-31T12:00', noon], ['2026-01-31', noon - 43_200_000n], ['2026-01-31T13:00:00+01:00', noon]])('%s is one for kts', (text, expected) => {
    expect(parseMoment(text, true)).toBe(expected)
    expect(() => parseMoment(text, false)).toThrow('is not a moment')
  })

  it.each(['yesterday', '978307200000', '2026-13-01T00:00:00.000', '2026-02-30T00:00:00.000', '2026-02-30', '2026-01-31 12:00:00', '2026-01-31T25:00:00.000', '2026-01-31T12:00:00.123456', ''])('%j is none', (text) => {
    expect(() => parseMoment(text, true)).toThrow('is not a moment')
  })

  it('counts back from now, or on for a negative duration, but not to before 1970', () => {
    expect(momentBefore(100_000_000, 'P1DT1H')).toBe(10_000_000n)
    expect(momentBefore(1000, '-PT1S')).toBe(2000n)
    expect(momentBefore(1000, 'P1D')).toBe(0n)
    for (const text of ['1h', 'P1M', 'P1Y', 'PT', '']) expect(() => momentBefore(0, text)).toThrow('is not a duration')
  })
})

it('names a few members and counts the rest', () => {
  const member = (memberId: string, groupInstanceId: string | null = null): GroupMember => ({
    memberId, groupInstanceId, clientId: 'app', host: '/10.0.0.1', epoch: null, assignment: [], targetAssignment: null, isUpgraded: null,
  })
  expect(nameMembers([member('a'), member('b', 'till-1')])).toBe('a (client app on 10.0.0.1), till-1 (client app on 10.0.0.1)')
  expect(nameMembers(Array.from({ length: 8 }, (_, i) => member(`m${i}`)))).toMatch(/m4 \(client app on 10\.0\.0\.1\) and 3 more$/)
})
