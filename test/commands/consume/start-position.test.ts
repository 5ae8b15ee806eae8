import { describe, expect, it } from 'vitest'
import { parseOffset, parsePartitions, parseTime } from '../../../src/commands/consume/start-position.ts'
import { UserError } from '../../../src/lib/errors.ts'

describe('--offset', () => {
  it.each([
    ['earliest', { timestamp: -2n }],
    ['LATEST', { timestamp: -1n }],
    ['0', { offset: 0n }],
    ['9223372036854775807', { offset: 9223372036854775807n }],
  ])('%s', (text, start) => {
    expect(parseOffset(text, 'kts')).toEqual(start)
    expect(parseOffset(text, 'drop-in')).toEqual(start)
  })

  it.each([
    ['beginning', { timestamp: -2n }],
    ['end', { timestamp: -1n }],
    ['-10', { beforeEnd: 10n }],
  ])('%s, under kts alone', (text, start) => {
    expect(parseOffset(text, 'kts')).toEqual(start)
    expect(() => parseOffset(text, 'drop-in')).toThrow(
      new UserError(`--offset takes earliest, latest or a number from 0, not "${text}"`),
    )
  })

  it.each(['soon', '1.5', '', '9223372036854775808', '-9223372036854775808'])('refuses "%s"', (text) => {
    expect(() => parseOffset(text, 'kts')).toThrow(UserError)
    expect(() => parseOffset(text, 'drop-in')).toThrow(UserError)
  })
})

describe('--since', () => {
  it('is a moment', () => {
    expect(parseTime('since', '-1m', 1_700_000_060_000)).toEqual({ timestamp: 1_700_000_000_000n })
  })

  it('refuses what is none', () => {
    expect(() => parseTime('since', 'soon', 0)).toThrow(
      new UserError(
        '--since soon: not a time such as -2h, yesterday, 2026-03-01 12:00, 2026-03-01T12:00:00Z, or milliseconds since 1970',
      ),
    )
  })
})

describe('--partition', () => {
  it.each([
    ['0', [0]],
    ['0,2,5-7', [0, 2, 5, 6, 7]],
    ['3-3, 1', [3, 1]],
    ['+4', [4]],
  ])('%s', (text, partitions) => {
    expect([...parsePartitions(text, 'kts')]).toEqual(partitions)
  })

  it.each(['one', '-1', '1-', '7-5', '', '1,,2', '0-2147483647', '2147483648'])('refuses "%s"', (text) => {
    expect(() => parsePartitions(text, 'kts')).toThrow(UserError)
  })

  it.each(['0,1', '0-1'])('of Apache\'s tool is one number, so not "%s"', (text) => {
    expect(() => parsePartitions(text, 'drop-in')).toThrow(UserError)
    expect([...parsePartitions('7', 'drop-in')]).toEqual([7])
  })
})
