import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, int16, int32, int64, nullableRecords, nullableString, string, struct, uuid } from '../schema.ts'

export const Produce = api(0, 'Produce', {
  versions: '3-13',
  flexible: '9+',
  request: {
    transactionalId: nullableString('3+', '3+'),
    acks: int16('3+'),
    timeoutMs: int32('3+'),
    topicData: array('3+', {
      name: string('3-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionData: array('3+', { index: int32('3+'), records: nullableRecords('3+', '3+') }),
    }),
  },
  response: {
    responses: array('3+', {
      name: string('3-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionResponses: array('3+', {
        index: int32('3+'),
        errorCode: int16('3+'),
        baseOffset: int64('3+'),
        logAppendTimeMs: int64('3+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n, ignorable: true }),
        recordErrors: array(
          '8+',
          { batchIndex: int32('8+'), batchIndexErrorMessage: nullableString('8+', '8+') },
          { ignorable: true },
        ),
        errorMessage: nullableString('8+', '8+', { ignorable: true }),
        currentLeader: struct(
          '10+',
          { leaderId: int32('10+', { default: -1 }), leaderEpoch: int32('10+', { default: -1 }) },
          { tag: 0 },
        ),
      }),
    }),
    throttleTimeMs: int32('3+'),
    nodeEndpoints: array(
      '10+',
      {
        nodeId: int32('10+'),
        host: string('10+'),
        port: int32('10+'),
        rack: nullableString('10+', '10+'),
      },
      { tag: 0 },
    ),
  },
})

export type ProduceRequest = RequestOf<typeof Produce>
export type ProduceResponse = ResponseOf<typeof Produce>
