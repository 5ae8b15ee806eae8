import { expect, it } from 'vitest'
import { nearValue } from '../../../src/lib/config/setting-values.ts'

it.each([
  ['retention.ms', '7days', 'retention.ms=7d'],
  ['retention.ms', '1 hour', 'retention.ms=1h'],
  ['flush.ms', '90seconds', 'flush.ms=90s'],
  ['segment.bytes', '1G', 'segment.bytes=1GiB'],
  ['producer_byte_rate', '5m', 'producer_byte_rate=5MiB'],
])('%s=%s: did you mean %s?', (name, value, meant) =>
  expect(
    nearValue(
      new Map([
        ['cleanup.policy', 'delete'],
        [name, value],
      ]),
    ),
  ).toBe(`; did you mean ${meant}?`),
)

it.each([
  ['retention.ms', '7 moons'],
  ['retention.ms', 'soon'],
  ['segment.bytes', '7days'],
])('nothing is near to %s=%s', (name, value) => expect(nearValue(new Map([[name, value]]))).toBe(''))
