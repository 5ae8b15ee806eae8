import { api, type RequestOf } from '../api.ts'
import { array, int16, int32, int8, nullableArray, nullableString, string } from '../schema.ts'

export const ELECTION_TYPES = { preferred: 0, unclean: 1 } as const
export type ElectionType = keyof typeof ELECTION_TYPES

export const ElectLeaders = api(43, 'ElectLeaders', {
  versions: '0-2',
  flexible: '2+',
  request: {
    electionType: int8('1+'),
    topicPartitions: nullableArray(
      '0+',
      '0+',
      { topic: string('0+'), partitions: array('0+', int32('0+')) },
      { default: [] },
    ),
    timeoutMs: int32('0+', { default: 60000 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array('0+', {
      topic: string('0+'),
      partitionResult: array('0+', {
        partitionId: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: nullableString('0+', '0+', { default: '' }),
      }),
    }),
  },
})

export type ElectLeadersRequest = RequestOf<typeof ElectLeaders>
