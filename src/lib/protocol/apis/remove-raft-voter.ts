import { api } from '../api.ts'
import { int16, int32, nullableString, uuid } from '../schema.ts'

export const RemoveRaftVoter = api(81, 'RemoveRaftVoter', {
  versions: '0',
  flexible: '0+',
  request: {
    clusterId: nullableString('0+', '0+', { default: '' }),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '', ignorable: true }),
  },
})
