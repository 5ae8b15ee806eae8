import { expect, it } from 'vitest'
import { defaultLevel, FEATURES, levelOf, releaseOf } from '../../../../src/lib/client/admin/feature-levels.ts'

it.each([
  ['3.3-IV3', 7],
  ['3.3', 7],
  ['3.5', 11],
  ['3.9-IV0', 21],
  ['4.0', 25],
  ['4.0-IV1', 23],
  ['4.3', 30],
  ['4.3.0', 30],
  ['4.3-IV0', 30],
])('%s is level %i', (release, level) => expect(levelOf(release)).toBe(level))

it.each(['3.3-IV2', '4.4-IV0', '2.8', '4', 'x', ''])('"%s" is no release', (release) =>
  expect(levelOf(release)).toBeUndefined(),
)

it('names levels', () => {
  expect([7, 21, 30].map(releaseOf)).toEqual(['3.3-IV3', '3.9-IV0', '4.3-IV0'])
  expect([6, 31].map(releaseOf)).toEqual([undefined, undefined])
})

it('knows with which release a feature came (Feature.defaultLevel)', () => {
  const at = (level: number): string => FEATURES.map((feature) => defaultLevel(feature, level)).join('')
  expect([20, 21, 22, 23, 24, 26, 28, 29, 30].map(at)).toEqual([
    '000000',
    '100000',
    '101000',
    '101000',
    '121000',
    '121100',
    '121110',
    '121111',
    '121111',
  ])
})
