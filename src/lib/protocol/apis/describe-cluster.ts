import { api, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int8, nullableString, string } from '../schema.ts'

/** Whom a listener is for (KIP-919). */
export const ENDPOINT_TYPES = { broker: 1, controller: 2 } as const

export const DescribeCluster = api(60, 'DescribeCluster', {
  versions: '0-2',
  flexible: '0+',
  request: {
    includeClusterAuthorizedOperations: bool('0+'),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: nullableString('0+', '0+'),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string('0+'),
    controllerId: int32('0+', { default: -1 }),
    brokers: array('0+', {
      brokerId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: nullableString('0+', '0+'),
      isFenced: bool('2+'),
    }),
    clusterAuthorizedOperations: int32('0+', { default: -2147483648 }),
  },
})

export type DescribeClusterResponse = ResponseOf<typeof DescribeCluster>
