import { api } from '../api.ts'
import { array, bool, float64, int16, int32, int8, nullableArray, nullableString, string } from '../schema.ts'

/** The kinds of things that a quota can be for, in the order in which they are told: Kafka's is that of a HashMap. */
export const QUOTA_ENTITY_TYPES = ['client-id', 'user', 'ip'] as const
export type QuotaEntityType = (typeof QUOTA_ENTITY_TYPES)[number]

/** What the name in a filter is to be. */
export const QUOTA_MATCH_TYPES = { EXACT: 0, DEFAULT: 1, SPECIFIED: 2 } as const

/**
 * One part of what a quota is for: a user, a client id or an address; a null name stands for the default of its kind.
 */
export const quotaEntity = { entityType: string('0+'), entityName: nullableString('0+', '0+', { default: '' }) }

export const DescribeClientQuotas = api(48, 'DescribeClientQuotas', {
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array('0+', {
      entityType: string('0+'),
      matchType: int8('0+'),
      match: nullableString('0+', '0+', { default: '' }),
    }),
    strict: bool('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    entries: nullableArray(
      '0+',
      '0+',
      {
        entity: array('0+', quotaEntity),
        values: array('0+', { key: string('0+'), value: float64('0+') }),
      },
      { default: [] },
    ),
  },
})
