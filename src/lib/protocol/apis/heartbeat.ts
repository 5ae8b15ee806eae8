import { api, type RequestOf } from '../api.ts'
import { int16, int32, nullableString, string } from '../schema.ts'

export const Heartbeat = api(12, 'Heartbeat', {
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: nullableString('3+', '3+'),
  },
  response: { throttleTimeMs: int32('1+', { ignorable: true }), errorCode: int16('0+') },
})

export type HeartbeatRequest = RequestOf<typeof Heartbeat>
