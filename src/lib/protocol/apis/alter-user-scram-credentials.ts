import { api, type RequestOf } from '../api.ts'
import { array, bytes, int16, int32, int8, nullableString, string } from '../schema.ts'

export const AlterUserScramCredentials = api(51, 'AlterUserScramCredentials', {
  versions: '0',
  flexible: '0+',
  request: {
    deletions: array('0+', { name: string('0+'), mechanism: int8('0+') }),
    upsertions: array('0+', {
      name: string('0+'),
      mechanism: int8('0+'),
      iterations: int32('0+'),
      salt: bytes('0+'),
      saltedPassword: bytes('0+'),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: nullableString('0+', '0+', { default: '' }),
    }),
  },
})

export type AlterUserScramCredentialsRequest = RequestOf<typeof AlterUserScramCredentials>
