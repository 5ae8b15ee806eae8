import { beforeEach, expect, test } from 'vitest'
import { ClientQuotas, type QuotaEntity } from '../../../../../src/lib/broker/state/cluster/client-quotas.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecordOf,
} from '../../../../../src/lib/protocol/internal-records/index.ts'
import { LATEST_LEVEL } from '../../../../../src/lib/protocol/metadata-version.ts'
import { findQuotaLimit } from '../../../../../src/lib/broker/state/quotas/quota-limit.ts'

/** From the most specific on. */
const ENTITIES: readonly QuotaEntity[] = [
  { user: 'u', 'client-id': 'c' },
  { user: 'u', 'client-id': null },
  { user: 'u' },
  { user: null, 'client-id': 'c' },
  { user: null, 'client-id': null },
  { user: null },
  { 'client-id': 'c' },
  { 'client-id': null },
]

let quotas: ClientQuotas
beforeEach(() => {
  quotas = new ClientQuotas((records) => {
    for (const record of records)
      quotas.apply(
        decodeMetadataRecord(encodeMetadataRecord(record, LATEST_LEVEL)) as MetadataRecordOf<'CLIENT_QUOTA_RECORD'>,
      )
  })
})
const set = (entity: QuotaEntity, limit: number): void => quotas.set(entity, new Map([['producer_byte_rate', limit]]))
const find = (user: string, clientId: string) => findQuotaLimit(quotas, 'producer_byte_rate', user, clientId)

test('the most specific quota counts', () => {
  expect(find('u', 'c')).toBeNull()
  for (const [index, entity] of [...ENTITIES.entries()].reverse()) {
    set(entity, index + 1)
    expect(find('u', 'c')!.limit).toBe(index + 1)
  }
})

test('a quota of something else, or of another name, does not count', () => {
  set({ user: 'other' }, 1)
  set({ user: 'u', 'client-id': 'other' }, 1)
  set({ ip: '127.0.0.1' }, 1)
  quotas.set({ user: 'u' }, new Map([['consumer_byte_rate', 1]]))
  expect(find('u', 'c')).toBeNull()
})

test.each<[string, QuotaEntity, boolean]>([
  ['of a user is shared by the clients', { user: 'u' }, true],
  ['of users in general too', { user: null }, true],
  ["of user and client is the client's own", { user: 'u', 'client-id': null }, false],
  ["of clients in general is each client's own", { 'client-id': null }, false],
])('a quota %s', (_, entity, isShared) => {
  set(entity, 5)
  expect(find('u', 'c')!.bucket === find('u', 'd')!.bucket).toBe(isShared)
})

test('a quota of a client id is shared by users, one of user and client is not', () => {
  set({ 'client-id': 'c' }, 5)
  expect(find('u', 'c')!.bucket).toBe(find('v', 'c')!.bucket)
  set({ user: null, 'client-id': null }, 5)
  expect(find('u', 'c')!.bucket).not.toBe(find('v', 'c')!.bucket)
})
