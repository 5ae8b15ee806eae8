import { api, type RequestOf, type ResponseOf } from '../api.ts'
import {
  array,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableRecords,
  nullableString,
  string,
  struct,
  uuid,
} from '../schema.ts'

/** The isolation level that hides what a transaction has written and not yet committed. */
export const READ_COMMITTED = 1

export const Fetch = api(1, 'Fetch', {
  versions: '4-18',
  flexible: '12+',
  request: {
    clusterId: nullableString('12+', '12+', { ignorable: true, tag: 0 }),
    replicaId: int32('4-14', { default: -1 }),
    replicaState: struct(
      '15+',
      { replicaId: int32('15+', { default: -1 }), replicaEpoch: int64('15+', { default: -1n }) },
      { tag: 1 },
    ),
    maxWaitMs: int32('4+'),
    minBytes: int32('4+'),
    maxBytes: int32('4+', { default: 2147483647 }),
    isolationLevel: int8('4+'),
    sessionId: int32('7+', { ignorable: true }),
    sessionEpoch: int32('7+', { default: -1, ignorable: true }),
    topics: array('4+', {
      topic: string('4-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('4+', {
        partition: int32('4+'),
        currentLeaderEpoch: int32('9+', { default: -1, ignorable: true }),
        fetchOffset: int64('4+'),
        lastFetchedEpoch: int32('12+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        partitionMaxBytes: int32('4+'),
        replicaDirectoryId: uuid('17+', { ignorable: true, tag: 0 }),
        highWatermark: int64('18+', { default: 9223372036854775807n, ignorable: true, tag: 1 }),
      }),
    }),
    forgottenTopicsData: array('7+', {
      topic: string('7-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('7+', int32('7+')),
    }),
    rackId: string('11+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('4+'),
    errorCode: int16('7+', { ignorable: true }),
    sessionId: int32('7+'),
    responses: array('4+', {
      topic: string('4-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('4+', {
        partitionIndex: int32('4+'),
        errorCode: int16('4+'),
        highWatermark: int64('4+'),
        lastStableOffset: int64('4+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        divergingEpoch: struct(
          '12+',
          { epoch: int32('12+', { default: -1 }), endOffset: int64('12+', { default: -1n }) },
          { tag: 0 },
        ),
        currentLeader: struct(
          '12+',
          { leaderId: int32('12+', { default: -1 }), leaderEpoch: int32('12+', { default: -1 }) },
          { tag: 1 },
        ),
        snapshotId: struct(
          '12+',
          { endOffset: int64('4+', { default: -1n }), epoch: int32('4+', { default: -1 }) },
          { tag: 2 },
        ),
        abortedTransactions: nullableArray(
          '4+',
          '4+',
          { producerId: int64('4+'), firstOffset: int64('4+') },
          { default: [] },
        ),
        preferredReadReplica: int32('11+', { default: -1 }),
        records: nullableRecords('4+', '4+'),
      }),
    }),
    nodeEndpoints: array(
      '16+',
      {
        nodeId: int32('16+'),
        host: string('16+'),
        port: int32('16+'),
        rack: nullableString('16+', '16+'),
      },
      { tag: 0 },
    ),
  },
})

export type FetchRequest = RequestOf<typeof Fetch>
export type FetchResponse = ResponseOf<typeof Fetch>
