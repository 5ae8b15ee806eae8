import { expect, it } from 'vitest'
import {
  hasMetadataChanged,
  defaultLevel,
  FEATURES,
  LATEST_LEVEL,
  levelOf,
  recordVersion,
  releaseOf,
} from '../../../src/lib/protocol/metadata-version.ts'

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
  expect(LATEST_LEVEL).toBe(30)
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

/** MetadataVersion.registerBrokerRecordVersion, partitionRecordVersion, partitionChangeRecordVersion */
it('knows in which versions records are written', () => {
  const at = (type: string): string =>
    Array.from({ length: LATEST_LEVEL - 6 }, (_, index) => recordVersion(type, index + 7)).join('')
  expect(at('REGISTER_BROKER_RECORD')).toBe('122222222233333333333334')
  expect(at('PARTITION_RECORD')).toBe('000000000011111122222222')
  expect(at('PARTITION_CHANGE_RECORD')).toBe('000000000011111122222222')
  expect(at('TOPIC_RECORD')).toBe('0'.repeat(24))
})

/** MetadataVersion.checkIfMetadataChanged */
it('knows between which levels the metadata has not changed', () => {
  const lowest = (level: number): number =>
    Array.from({ length: level - 6 }, (_, index) => index + 7).find((lower) => !hasMetadataChanged(level, lower))!
  expect(Array.from({ length: LATEST_LEVEL - 6 }, (_, index) => lowest(index + 7))).toEqual([
    7, 8, 8, 8, 11, 11, 13, 14, 15, 15, 17, 17, 17, 17, 17, 17, 23, 23, 23, 23, 23, 23, 23, 30,
  ])
})
