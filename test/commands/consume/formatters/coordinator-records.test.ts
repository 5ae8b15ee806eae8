import { describe, expect, it } from 'vitest'
import {
  COORDINATOR_RECORDS,
  describeCoordinatorRecord,
} from '../../../../src/commands/consume/formatters/coordinator-formatter.ts'
import { MalformedError } from '../../../../src/lib/errors.ts'

const { offsets, groups, transactions } = COORDINATOR_RECORDS
const show = (types: Parameters<typeof describeCoordinatorRecord>[0], key: string, value: string | null) =>
  describeCoordinatorRecord(types, Buffer.from(key, 'hex'), value === null ? null : Buffer.from(value, 'hex'))

const OFFSET_KEY = '0001000167000174' + '00000002'
const GROUP_KEY = '0002000167'
const TRANSACTION_KEY = '0000000178'

/** Bytes and JSON that Kafka 4.3's own classes write for the same values. */
describe("records of Kafka's own topics", () => {
  it.each([
    [
      '0000002000000000000100016d0000000000000005',
      '{"version":0,"data":{"offset":9007199254740993,"metadata":"m","commitTimestamp":5}}',
    ],
    [
      '0001002000000000000100016d0000000000000005ffffffffffffffff',
      '{"version":1,"data":{"offset":9007199254740993,"metadata":"m","commitTimestamp":5,"expireTimestamp":-1}}',
    ],
    [
      '000300200000000000010000000200016d0000000000000005',
      '{"version":3,"data":{"offset":9007199254740993,"leaderEpoch":2,"metadata":"m","commitTimestamp":5}}',
    ],
    [
      '0004002000000000000100000002026d000000000000000500',
      '{"version":4,"data":{"offset":9007199254740993,"leaderEpoch":2,"metadata":"m","commitTimestamp":5}}',
    ],
    [
      '0004002000000000000100000002026d000000000000000501001000000000000000010000000000000002',
      '{"version":4,"data":{"offset":9007199254740993,"leaderEpoch":2,"metadata":"m","commitTimestamp":5,"topicId":"AAAAAAAAAAEAAAAAAAAAAg"}}',
    ],
    [null, 'null'],
  ])('an offset: %s', (value, json) => {
    expect(show(offsets, OFFSET_KEY, value)).toBe(
      `{"key":{"type":1,"data":{"group":"g","topic":"t","partition":2}},"value":${json}}`,
    )
  })

  it.each([
    [
      '00000008636f6e73756d657200000003ffff00016c0000000100016d00016300022f6800000002000000030102ff00000000',
      '0',
      '',
      '',
      '',
    ],
    [
      '00020008636f6e73756d657200000003ffff00016c00000000000000070000000100016d00016300022f680000000100000002000000030102ff00000000',
      '2',
      '"currentStateTimestamp":7,',
      '',
      '"rebalanceTimeout":1,',
    ],
    [
      '000409636f6e73756d65720000000300026c000000000000000702026d000263032f680000000100000002040102ff010000',
      '4',
      '"currentStateTimestamp":7,',
      '"groupInstanceId":null,',
      '"rebalanceTimeout":1,',
    ],
  ])('a group: %s', (value, version, state, instance, rebalance) => {
    expect(show(groups, GROUP_KEY, value)).toBe(
      `{"key":{"type":2,"data":{"group":"g"}},"value":{"version":${version},"data":{"protocolType":"consumer","generation":3,"protocol":null,"leader":"l",${state}` +
        `"members":[{"memberId":"m",${instance}"clientId":"c","clientHost":"/h",${rebalance}"sessionTimeout":2,"subscription":"AQL/","assignment":""}]}}}`,
    )
  })

  it.each([
    [
      '00000000000000000004000100000008020000000100017400000002000000000000000100000000000000050000000000000006',
      '{"version":0,"data":{"producerId":4,"producerEpoch":1,"transactionTimeoutMs":8,"transactionStatus":2,"transactionPartitions":[{"topic":"t","partitionIds":[0,1]}],"transactionLastUpdateTimestampMs":5,"transactionStartTimestampMs":6}}',
    ],
    [
      '000100000000000000040000000000000000000000000000000000000000000000000400080000000000000003010800000000000000090202000203020006',
      '{"version":1,"data":{"producerId":4,"previousProducerId":3,"nextProducerId":9,"producerEpoch":0,"nextProducerEpoch":6,"transactionTimeoutMs":0,"transactionStatus":0,"transactionPartitions":null,"transactionLastUpdateTimestampMs":0,"transactionStartTimestampMs":0,"clientTransactionVersion":2}}',
    ],
  ])('a transaction: %s', (value, json) => {
    expect(show(transactions, TRANSACTION_KEY, value)).toBe(
      `{"key":{"type":0,"data":{"transactionalId":"x"}},"value":${json}}`,
    )
  })

  it('are passed over where they are of another kind', () => {
    expect(show(offsets, GROUP_KEY, null)).toBeUndefined()
    expect(show(groups, OFFSET_KEY, null)).toBeUndefined()
    expect(show(offsets, '0063', '0000')).toBeUndefined()
  })

  it.each([
    ['00', null],
    [OFFSET_KEY, ''],
    [OFFSET_KEY, '0032'],
    [OFFSET_KEY, '000300'],
    [OFFSET_KEY.slice(0, -2), null],
  ])('cannot be read from %s and %s', (key, value) => {
    expect(() => show(offsets, key, value)).toThrow(MalformedError)
  })
})
