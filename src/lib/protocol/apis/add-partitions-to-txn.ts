import { api, type RequestOf, type ResponseOf } from '../api.ts'
import { array, bool, int16, int32, int64, string } from '../schema.ts'

const topic = { name: string('0+'), partitions: array('0+', int32('0+')) }
const topicResult = {
  name: string('0+'),
  resultsByPartition: array('0+', { partitionIndex: int32('0+'), partitionErrorCode: int16('0+') }),
}

/** Clients speak up to version 3; from version 4 on brokers ask each other, for many transactions at once (KIP-890). */
export const AddPartitionsToTxn = api(24, 'AddPartitionsToTxn', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: array('4+', {
      transactionalId: string('4+'),
      producerId: int64('4+'),
      producerEpoch: int16('4+'),
      verifyOnly: bool('4+'),
      topics: array('4+', topic),
    }),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array('0-3', topic),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array('4+', { transactionalId: string('4+'), topicResults: array('4+', topicResult) }),
    resultsByTopicV3AndBelow: array('0-3', topicResult),
  },
})

export type AddPartitionsToTxnRequest = RequestOf<typeof AddPartitionsToTxn>
export type AddPartitionsToTxnResponse = ResponseOf<typeof AddPartitionsToTxn>
