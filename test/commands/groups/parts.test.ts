import { describe, expect, it } from 'vitest'
import { csvLine, readCsvLine } from '../../../src/lib/output/csv.ts'
import { momentBefore, parseMoment } from '../../../src/commands/groups/strategy.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { nameMembers } from '../../../src/commands/groups/members-view.ts'
import type { GroupMember } from '../../../src/lib/client/admin/describe-groups.ts'

describe('CSV', () => {
  // As Jackson writes it: without a closer look above 24 characters, and for any sign up to the comma.
  it.each([
    [['retail', 0, 5], 'retail,0,5\n'],
    [['a'.repeat(24), 0, 5], `${'a'.repeat(24)},0,5\n`],
    [['a'.repeat(25), 0, 5], `"${'a'.repeat(25)}",0,5\n`],
    [['gr, "g"', 'retail', 1, 0], '"gr, ""g""",retail,1,0\n'],
    [['two words', 'a+b', 1, 0], '"two words","a+b",1,0\n'],
    [['a-b_c.d', 1, 0], 'a-b_c.d,1,0\n'],
  ])('writes %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line)
    expect(readCsvLine(line.trimEnd())).toEqual(cells.map(String))
  })

  it.each([
    ['a,b', ['a', 'b']],
    [' a , 1 ', ['a', '1']],
    ['"a","b,""c"""', ['a', 'b,"c"']],
    ['a,,', ['a', '', '']],
    ['', ['']],
    ['"a', null],
    ['"a"b,1', null],
    ['a"b,1', null],
  ])('reads %j', (line, cells) => {
    expect(readCsvLine(line)).toEqual(cells)
  })
})

describe('moments', () => {
  const at = (nowMs: number, style: 'kts' | 'drop-in') => ({ style, clock: { ...systemClock, now: () => nowMs } })
  const noon = BigInt(Date.UTC(2026, 0, 31, 12))

  it("are local time under kts, and UTC in one form under Apache's name", () => {
    expect(parseMoment('2026-01-31T12:00:00.000', at(0, 'drop-in'))).toBe(noon)
    expect(parseMoment('2026-01-31 12:00', at(0, 'kts'))).toBe(BigInt(new Date(2026, 0, 31, 12).getTime()))
    expect(parseMoment('2026-01-31T13:00+01:00', at(0, 'kts'))).toBe(noon)
    for (const text of ['2026-01-31T12:00:00Z', '2026-01-31', '-2h', 'now'])
      expect(() => parseMoment(text, at(0, 'drop-in'))).toThrow('is not a time')
  })

  it('may be so long ago', () => {
    expect(parseMoment('-2h', at(100_000_000, 'kts'))).toBe(92_800_000n)
    expect(() => parseMoment('2026-02-30', at(0, 'kts'))).toThrow('no such day')
  })

  it('counts back from now, or on for a negative duration, but not to before 1970', () => {
    for (const style of ['kts', 'drop-in'] as const) {
      expect(momentBefore('P1DT1H', at(100_000_000, style))).toBe(10_000_000n)
      expect(momentBefore('-PT1S', at(1000, style))).toBe(2000n)
      expect(momentBefore('P1D', at(1000, style))).toBe(0n)
      for (const text of ['-1h', 'P1M', 'P1Y', 'PT', ''])
        expect(() => momentBefore(text, at(0, style))).toThrow('is not a duration')
    }
    expect(momentBefore('1d1h', at(100_000_000, 'kts'))).toBe(10_000_000n)
    expect(() => momentBefore('1h', at(0, 'drop-in'))).toThrow('is not a duration')
  })
})

it('names a few members and counts the rest', () => {
  const member = (memberId: string, groupInstanceId: string | null = null): GroupMember => ({
    memberId,
    groupInstanceId,
    clientId: 'app',
    host: '/10.0.0.1',
    epoch: null,
    assignment: [],
    targetAssignment: null,
    isUpgraded: null,
  })
  expect(nameMembers([member('a'), member('b', 'till-1')])).toBe(
    'a (client app on 10.0.0.1), till-1 (client app on 10.0.0.1)',
  )
  expect(nameMembers(Array.from({ length: 8 }, (_, i) => member(`m${i}`)))).toMatch(
    /m4 \(client app on 10\.0\.0\.1\) and 3 more$/,
  )
})
