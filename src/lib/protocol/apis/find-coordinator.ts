import { api, type ResponseOf } from '../api.ts'
import { array, int16, int32, int8, nullableString, string } from '../schema.ts'

/** CoordinatorType in Kafka's clients. */
export const COORDINATOR_TYPES = { group: 0, transaction: 1 } as const

export const FindCoordinator = api(10, 'FindCoordinator', {
  versions: '0-6',
  flexible: '3+',
  request: { key: string('0-3'), keyType: int8('1+'), coordinatorKeys: array('4+', string('4+')) },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0-3'),
    errorMessage: nullableString('1-3', '1-3', { default: '', ignorable: true }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array('4+', {
      key: string('4+'),
      nodeId: int32('4+'),
      host: string('4+'),
      port: int32('4+'),
      errorCode: int16('4+'),
      errorMessage: nullableString('4+', '4+', { default: '', ignorable: true }),
    }),
  },
})

export type FindCoordinatorResponse = ResponseOf<typeof FindCoordinator>
