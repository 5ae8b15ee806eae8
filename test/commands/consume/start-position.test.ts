import { describe, expect, it } from 'vitest'
import { parseOffset, parsePartitions, parseTime } from '../../../src/commands/consume/start-position.ts'
import { UserError } from '../../../src/lib/errors.ts'

describe('--offset', () => {
  it.each([['earliest', { timestamp: -2n }], ['LATEST', { timestamp: -1n }], ['0', { offset: 0n }], ['9223372036854775807', { offset: 9223372036854775807n }]])('%s', (text, start) => {
    expect(parseOffset(text)).toEqual(start)
  })

  it.each(['soon', '-3', '1.5', '', '9223372036854775808'])('refuses "%s"', (text) => {
    expect(() => parseOffset(text)).toThrow(UserError)
  })
})

describe('--since', () => {
  it.each([
    ['1700000000000', 1700000000000n], ['2023-11-14T22:13:20Z', 1700000000000n], ['2023-11-14T23:13:20.5+01:00', 1700000000500n],
    ['2023-11-14T23:13:20+0100', 1700000000000n], ['2023-11-14T23:13+01', 1699999980000n], ['2023-11-14 22:13:20Z', 1700000000000n], ['2023-11-14', 1699920000000n],
  ])('%s', (text, timestamp) => {
    expect(parseTime(text)).toEqual({ timestamp })
  })

  it('without a zone is local time', () => {
    expect(parseTime('2023-11-14T22:13:20')).toEqual({ timestamp: BigInt(new Date(2023, 10, 14, 22, 13, 20).getTime()) })
  })

  it.each(['yesterday', '2023-13-01', '2023-11-14T25:00:00Z', '-5', '', '14.11.2023'])('refuses "%s"', (text) => {
    expect(() => parseTime(text)).toThrow(UserError)
  })
})

describe('--partition', () => {
  it.each([['0', [0]], ['0,2,5-7', [0, 2, 5, 6, 7]], ['3-3, 1', [3, 1]], ['+4', [4]]])('%s', (text, partitions) => {
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
