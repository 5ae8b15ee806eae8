import { expect, it } from 'vitest'
import { nearSetting, SETTING_NAMES } from '../../../src/lib/config/setting-names.ts'
import facts from '../../protocol/facts-4.3.0.json' with { type: 'json' }

it.each([
  ['topics', facts.topicConfigs],
  ['groups', facts.groupConfigs],
] as const)('of %s are those of Kafka', (kind, known) => {
  expect(SETTING_NAMES[kind]).toEqual(known.map(({ name }) => name).filter((name) => !name.startsWith('internal.')))
})

it('are suggested when one is nearly right', () => {
  expect(nearSetting('topics', ['retentoin.ms'])).toBe('; did you mean retention.ms?')
  expect(nearSetting('topics', ['retention.ms', 'nonsense'])).toBe('')
  expect(nearSetting('brokers', ['retentoin.ms'])).toBe('')
})
