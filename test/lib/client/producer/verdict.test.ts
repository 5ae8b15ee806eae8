import { expect, test } from 'vitest'
import type { ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { judge, type Circumstances, type Verdict } from '../../../../src/lib/client/producer/verdict.ts'

const usual: Circumstances = {
  recordsCount: 3,
  invalidRecords: 0,
  isIdempotent: true,
  isTransactional: false,
  isFirst: true,
  mayRetry: true,
}

test.each<[ErrorName, Partial<Circumstances>, Verdict]>([
  ['NONE', {}, 'done'],
  ['MESSAGE_TOO_LARGE', {}, 'split'],
  ['MESSAGE_TOO_LARGE', { recordsCount: 1 }, 'fail'],
  ['MESSAGE_TOO_LARGE', { mayRetry: false }, 'split'],
  ['RECORD_LIST_TOO_LARGE', {}, 'split'],
  ['NOT_LEADER_OR_FOLLOWER', {}, 'retry'],
  ['NOT_LEADER_OR_FOLLOWER', { mayRetry: false }, 'fail'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', { isFirst: false }, 'wait'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', { isFirst: false, mayRetry: false }, 'wait'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', {}, 'renumber'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', { mayRetry: false }, 'fail'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', { isIdempotent: false }, 'fail'],
  ['UNKNOWN_PRODUCER_ID', {}, 'renumber'],
  ['DUPLICATE_SEQUENCE_NUMBER', {}, 'done'],
  ['DUPLICATE_SEQUENCE_NUMBER', { isIdempotent: false }, 'fail'],
  ['INVALID_RECORD', { invalidRecords: 1 }, 'prune'],
  ['INVALID_RECORD', { invalidRecords: 3 }, 'fail'],
  ['INVALID_RECORD', {}, 'fail'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', { isTransactional: true }, 'fail'],
  ['INVALID_RECORD', { invalidRecords: 1, isTransactional: true }, 'fail'],
  ['NOT_LEADER_OR_FOLLOWER', { isTransactional: true }, 'retry'],
  ['TOPIC_AUTHORIZATION_FAILED', {}, 'fail'],
  ['UNSUPPORTED_VERSION', {}, 'fail'],
])('%s with %o: %s', (error, circumstances, verdict) => {
  expect(judge(error, { ...usual, ...circumstances })).toBe(verdict)
})
