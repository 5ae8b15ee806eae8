import { api } from '../api.ts'
import { array, int16, int32, int8, nullableArray, nullableString, string } from '../schema.ts'

/** ScramMechanism. */
export const SCRAM_MECHANISMS = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const
export type ScramMechanism = keyof typeof SCRAM_MECHANISMS

export const DescribeUserScramCredentials = api(50, 'DescribeUserScramCredentials', {
  versions: '0',
  flexible: '0+',
  request: { users: nullableArray('0+', '0+', { name: string('0+') }, { default: [] }) },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+', { default: '' }),
      credentialInfos: array('0+', { mechanism: int8('0+'), iterations: int32('0+') }),
    }),
  },
})
