import { api } from '../api.ts'
import { array, bool, int16, int32, nullableString, string, uint16, uuid } from '../schema.ts'

export const AddRaftVoter = api(80, 'AddRaftVoter', {
  versions: '0-1',
  flexible: '0+',
  request: {
    clusterId: nullableString('0+', '0+', { default: '' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', { name: string('0+'), host: string('0+'), port: uint16('0+') }),
    ackWhenCommitted: bool('1+', { default: true }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+', { default: '', ignorable: true }),
  },
})
