import { describe, expect, test } from 'vitest'
import { parseProducerSettings, type ProducerSettings } from '../../../../src/lib/client/producer/index.ts'
import { UserError } from '../../../../src/lib/errors.ts'

const parse = (properties: Record<string, string>): ProducerSettings =>
  parseProducerSettings(new Map(Object.entries(properties))).settings
const warnings = (properties: Record<string, string>): string[] =>
  parseProducerSettings(new Map(Object.entries(properties))).warnings

test('defaults are those of the Java producer, but for the size and the wait of batches', () => {
  expect(parse({})).toEqual({
    acks: -1,
    codec: 0,
    level: undefined,
    isIdempotent: true,
    maxInFlight: 5,
    maxRequestSize: 1_048_576,
    bufferMemory: 33_554_432,
    batchSize: undefined,
    lingerMs: undefined,
    maxBlockMs: 60_000,
    requestTimeoutMs: 30_000,
    deliveryTimeoutMs: 120_000,
    retries: 2_147_483_647,
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1000,
    metadataMaxAgeMs: 300_000,
    partitioner: 'sticky',
    ignoreKeys: false,
    isAdaptive: true,
    availabilityTimeoutMs: 0,
    transactionalId: null,
    transactionTimeoutMs: 60_000,
  })
})

describe('values', () => {
  test.each<[Record<string, string>, Partial<ProducerSettings>]>([
    [{ acks: 'all' }, { acks: -1 }],
    [{ acks: '1' }, { acks: 1, isIdempotent: false }],
    [{ acks: '0' }, { acks: 0, isIdempotent: false }],
    [{ retries: '0' }, { retries: 0, isIdempotent: false }],
    [
      { 'enable.idempotence': ' FALSE ', 'max.in.flight.requests.per.connection': '9' },
      { isIdempotent: false, maxInFlight: 9 },
    ],
    [
      { 'compression.type': 'zstd', 'compression.zstd.level': '9' },
      { codec: 4, level: 9 },
    ],
    [{ 'compression.type': 'zstd', 'compression.zstd.level': '-100000' }, { level: -7 }],
    [
      { 'compression.type': 'gzip', 'compression.gzip.level': '-1' },
      { codec: 1, level: -1 },
    ],
    [
      { 'compression.type': 'gzip', 'compression.zstd.level': '9' },
      { codec: 1, level: undefined },
    ],
    [
      { 'linger.ms': '+5', 'batch.size': '0' },
      { lingerMs: 5, batchSize: 0 },
    ],
    [{ 'retry.backoff.ms': '5000' }, { retryBackoffMs: 5000, retryBackoffMaxMs: 5000 }],
    [{ 'request.timeout.ms': '200000' }, { deliveryTimeoutMs: 200_000 }],
    [{ 'linger.ms': '1000', 'delivery.timeout.ms': '31000' }, { deliveryTimeoutMs: 31_000 }],
    [
      { 'transactional.id': 't', 'transaction.timeout.ms': '5000' },
      { transactionalId: 't', transactionTimeoutMs: 5000, isIdempotent: true },
    ],
    [
      { 'partitioner.class': 'org.apache.kafka.clients.producer.RoundRobinPartitioner' },
      { partitioner: 'round-robin' },
    ],
  ])('%o', (properties, expected) => {
    expect(parse(properties)).toMatchObject(expected)
  })

  test.each<[string, string]>([
    ['acks', 'maybe'],
    ['acks', 'ALL'],
    ['acks', '2'],
    ['batch.size', '-5'],
    ['batch.size', 'big'],
    ['batch.size', '2147483648'],
    ['linger.ms', ''],
    ['enable.idempotence', 'maybe'],
    ['compression.type', 'brotli'],
    ['compression.gzip.level', '0'],
    ['compression.gzip.level', '10'],
    ['compression.lz4.level', '18'],
    ['compression.zstd.level', '-200000'],
    ['max.in.flight.requests.per.connection', '0'],
    ['max.in.flight.requests.per.connection', '6'],
    ['max.request.size', '0x10'],
    ['delivery.timeout.ms', '10'],
    ['partitioner.class', 'com.example.Mine'],
    ['transactional.id', ''],
    ['interceptor.classes', 'com.example.Mine'],
    ['transaction.two.phase.commit.enable', 'true'],
    ['retries', '-1'],
    ['metadata.recovery.strategy', 'never'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(UserError)
    expect(() => parse({ [name]: value })).toThrow(name)
  })

  test.each<Record<string, string>>([{ acks: '1' }, { retries: '0' }])(
    'idempotence that was asked for does not give way to %o',
    (properties) => {
      expect(() => parse({ ...properties, 'enable.idempotence': 'true' })).toThrow(/enable.idempotence needs/)
    },
  )

  test.each<Record<string, string>>([{ acks: '1' }, { retries: '0' }, { 'enable.idempotence': 'false' }])(
    'transactions do not go with %o',
    (properties) => {
      expect(() => parse({ ...properties, 'transactional.id': 't' })).toThrow(
        'transactional.id needs enable.idempotence',
      )
    },
  )

  test('what is set in vain is named', () => {
    expect(warnings({ 'send.buffer.bytes': '1', acks: '1', 'no.such': '1', 'group.id': 'g', 'nor.this': '' })).toEqual([
      expect.stringContaining('send.buffer.bytes has no effect'),
      expect.stringContaining('no.such, nor.this'),
    ])
  })
})
