import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, int8, string } from '../schema.ts'

/** The timestamps that stand for a place instead of a time, with the first version that knows each. */
export const OFFSET_SPECS = {
  latest: { timestamp: -1n, version: 1 },
  earliest: { timestamp: -2n, version: 1 },
  'max-timestamp': { timestamp: -3n, version: 7 },
  'earliest-local': { timestamp: -4n, version: 8 },
  'latest-tiered': { timestamp: -5n, version: 9 },
  'earliest-pending-upload': { timestamp: -6n, version: 11 },
} as const
export type OffsetSpec = keyof typeof OFFSET_SPECS

/** What a timestamp stands for; undefined for a time. */
export const offsetSpec = (timestamp: bigint): OffsetSpec | undefined =>
  (Object.keys(OFFSET_SPECS) as OffsetSpec[]).find((name) => OFFSET_SPECS[name].timestamp === timestamp)

export const ListOffsets = api(2, 'ListOffsets', {
  versions: '1-11',
  flexible: '6+',
  request: {
    replicaId: int32('1+'),
    isolationLevel: int8('2+'),
    topics: array('1+', {
      name: string('1+'),
      partitions: array('1+', {
        partitionIndex: int32('1+'),
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        timestamp: int64('1+'),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('1+', {
      name: string('1+'),
      partitions: array('1+', {
        partitionIndex: int32('1+'),
        errorCode: int16('1+'),
        timestamp: int64('1+', { default: -1n }),
        offset: int64('1+', { default: -1n }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
})

export type ListOffsetsRequest = RequestOf<typeof ListOffsets>
export type ListOffsetsResponse = ResponseOf<typeof ListOffsets>
