import { api } from '../api.ts'
import { bytes, int16, int64, nullableString } from '../schema.ts'

export const SaslAuthenticate = api(36, 'SaslAuthenticate', {
  versions: '0-2',
  flexible: '2+',
  request: { authBytes: bytes('0+') },
  response: {
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '' }),
    authBytes: bytes('0+'),
    sessionLifetimeMs: int64('1+', { ignorable: true }),
  },
})
