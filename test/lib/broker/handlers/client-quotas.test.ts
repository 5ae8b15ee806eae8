import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AlterClientQuotas } from '../../../../src/lib/protocol/apis/alter-client-quotas.ts'
import { DescribeClientQuotas } from '../../../../src/lib/protocol/apis/describe-client-quotas.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { TestBroker } from '../../../support/broker.ts'

type Part = readonly [type: string, name: string | null]
type Operation = readonly [key: string, value: number | null]

const [EXACT, DEFAULT, SPECIFIED] = [0, 1, 2]
const { NONE, INVALID_REQUEST, UNSUPPORTED_VERSION } = ERRORS

/** As Kafka tells the parts of an entity, whatever the order they were sent in. */
const ORDER = ['client-id', 'user', 'ip', 'planet']
const inOrder = (a: { entityType: string }, b: { entityType: string }): number =>
  ORDER.indexOf(a.entityType) - ORDER.indexOf(b.entityType)

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

async function alter(parts: readonly Part[], operations: readonly Operation[], validateOnly = false) {
  const entity = parts.map(([entityType, entityName]) => ({ entityType, entityName }))
  const ops = operations.map(([key, value]) => ({ key, value: value ?? 0, remove: value === null }))
  const { entries } = await broker.send(AlterClientQuotas, { entries: [{ entity, ops }], validateOnly })
  expect(entries[0]!.entity).toEqual([...entity].sort(inOrder))
  return [entries[0]!.errorCode, entries[0]!.errorMessage]
}

async function describeQuotas(
  components: readonly (readonly [type: string, matchType: number, match: string | null])[] = [],
  strict = false,
) {
  const response = await broker.send(DescribeClientQuotas, {
    components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
    strict,
  })
  if (response.errorCode) return [response.errorCode, response.errorMessage]
  return response.entries!.map(({ entity, values }) => [
    entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(),
    Object.fromEntries(values.map(({ key, value }) => [key, value])),
  ])
}

describe('AlterClientQuotas', () => {
  test('sets and removes limits, which outlive the broker', async () => {
    expect(
      await alter(
        [['client-id', 'c']],
        [
          ['producer_byte_rate', 1024],
          ['consumer_byte_rate', 2048],
        ],
      ),
    ).toEqual([NONE, null])
    expect(
      await alter(
        [
          ['user', 'u'],
          ['client-id', null],
        ],
        [['request_percentage', 12.5]],
      ),
    ).toEqual([NONE, null])
    expect(await alter([['ip', '10.0.0.1']], [['connection_creation_rate', 5]])).toEqual([NONE, null])
    expect(
      await alter(
        [['client-id', 'c']],
        [
          ['producer_byte_rate', null],
          ['controller_mutation_rate', null],
        ],
      ),
    ).toEqual([NONE, null])
    broker.close()
    broker = new TestBroker({ fileSystem: broker.fileSystem })
    expect(await describeQuotas()).toEqual([
      ['client-id=c', { consumer_byte_rate: 2048 }],
      ['client-id=null,user=u', { request_percentage: 12.5 }],
      ['ip=10.0.0.1', { connection_creation_rate: 5 }],
    ])
    expect(await alter([['client-id', 'c']], [['consumer_byte_rate', null]])).toEqual([NONE, null])
    expect(await describeQuotas([['client-id', EXACT, 'c']])).toEqual([])
  })

  test('takes the last name of a kind that is named twice', async () => {
    const twice = [
      { entityType: 'user', entityName: 'x' },
      { entityType: 'user', entityName: 'y' },
    ]
    const ops = [{ key: 'producer_byte_rate', value: 1, remove: false }]
    const { entries } = await broker.send(AlterClientQuotas, { entries: [{ entity: twice, ops }] })
    expect(entries).toMatchObject([{ errorCode: NONE, entity: [{ entityType: 'user', entityName: 'y' }] }])
    expect(await describeQuotas()).toEqual([['user=y', { producer_byte_rate: 1 }]])
  })

  test('only looks when it is told to', async () => {
    expect(await alter([['user', 'u']], [['producer_byte_rate', 1]], true)).toEqual([NONE, null])
    expect(await alter([['user', 'u']], [['producer_byte_rate', 0]], true)).toEqual([
      INVALID_REQUEST,
      'Quota producer_byte_rate must be greater than 0',
    ])
    expect(await describeQuotas()).toEqual([])
  })

  test.each<[string, readonly Part[], readonly Operation[], string]>([
    ['no entity', [], [], 'Invalid empty client quota entity'],
    ['an unknown kind', [['planet', 'x']], [], 'Unhandled client quota entity type: planet'],
    [
      'an unknown kind beside others',
      [
        ['planet', 'x'],
        ['user', 'u'],
        ['client-id', 'c'],
      ],
      [],
      'Unhandled client quota entity type: planet',
    ],
    ['an empty name', [['user', '']], [], 'Empty user not supported'],
    [
      'an address with a user',
      [
        ['ip', '::1'],
        ['user', 'u'],
      ],
      [],
      'Invalid quota entity combination, IP entity should not be combined with User or ClientId',
    ],
    ['what is no address', [['ip', '1.2.3']], [], '1.2.3 is not a valid IP or resolvable host.'],
    [
      'an unknown limit',
      [['user', 'u']],
      [['connection_creation_rate', 1]],
      'Invalid configuration key connection_creation_rate',
    ],
    [
      'a limit of clients for an address',
      [['ip', '::1']],
      [['producer_byte_rate', 1]],
      'Invalid configuration key producer_byte_rate',
    ],
    [
      'a negative limit',
      [['user', 'u']],
      [['request_percentage', -1]],
      'Quota request_percentage must be greater than 0',
    ],
    ['no number', [['user', 'u']], [['request_percentage', NaN]], 'Quota request_percentage must be greater than 0'],
    ['half a byte', [['user', 'u']], [['producer_byte_rate', 1.5]], 'producer_byte_rate cannot be a fractional value.'],
    [
      'too much',
      [['ip', '::1']],
      [['connection_creation_rate', 3e9]],
      'Proposed value for connection_creation_rate is too large for a INT.',
    ],
    [
      'a limit twice',
      [['user', 'u']],
      [
        ['producer_byte_rate', 1],
        ['producer_byte_rate', 2],
      ],
      'Duplicate quota key producer_byte_rate not updating quota for this entity',
    ],
  ])('refuses %s', async (_, parts, operations, message) => {
    expect(await alter(parts, operations)).toEqual([INVALID_REQUEST, message])
    expect(await describeQuotas()).toEqual([])
  })
})

describe('DescribeClientQuotas', () => {
  beforeEach(async () => {
    for (const parts of [
      [['user', 'u']],
      [['user', null]],
      [
        ['user', 'u'],
        ['client-id', 'c'],
      ],
      [['client-id', 'c']],
    ] as Part[][]) {
      await alter(parts, [['producer_byte_rate', 1]])
    }
  })

  test.each<[string, Parameters<typeof describeQuotas>, string[]]>([
    ['everything', [], ['user=u', 'user=null', 'client-id=c,user=u', 'client-id=c']],
    ['a name', [[['user', EXACT, 'u']]], ['user=u', 'client-id=c,user=u']],
    ['a name and nothing else', [[['user', EXACT, 'u']], true], ['user=u']],
    ['a default', [[['user', DEFAULT, null]], true], ['user=null']],
    ['any name or default', [[['user', SPECIFIED, null]], true], ['user=u', 'user=null']],
    [
      'two kinds',
      [
        [
          ['client-id', SPECIFIED, null],
          ['user', EXACT, 'u'],
        ],
        true,
      ],
      ['client-id=c,user=u'],
    ],
  ])('finds %s', async (_, [components, strict], expected) => {
    expect((await describeQuotas(components, strict)).map((entry) => (entry as unknown[])[0])).toEqual(expected)
  })

  test.each<[Parameters<typeof describeQuotas>[0], number, string]>([
    [[['', EXACT, 'x']], INVALID_REQUEST, 'Invalid empty entity type.'],
    [[['planet', EXACT, 'x']], UNSUPPORTED_VERSION, 'Unsupported entity type planet'],
    [
      [
        ['user', EXACT, 'x'],
        ['user', DEFAULT, null],
      ],
      INVALID_REQUEST,
      'Entity type user cannot appear more than once in the filter.',
    ],
    [[['user', EXACT, null]], INVALID_REQUEST, 'Request specified MATCH_TYPE_EXACT, but set match string to null.'],
    [
      [['user', DEFAULT, 'x']],
      INVALID_REQUEST,
      'Request specified MATCH_TYPE_DEFAULT, but also specified a match string.',
    ],
    [[['user', 9, null]], INVALID_REQUEST, 'Unknown match type 9'],
    [
      [
        ['ip', SPECIFIED, null],
        ['user', EXACT, 'u'],
      ],
      INVALID_REQUEST,
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    ],
  ])('refuses %j', async (components, errorCode, message) => {
    expect(await describeQuotas(components)).toEqual([errorCode, message])
  })
})

describe('a bandwidth quota', () => {
  beforeEach(() => broker.createTopic('t'))
  const bytes = (count: number): string => 'x'.repeat(count)

  test('keeps a producer waiting until its rate over the window is within the quota', async () => {
    await alter([['client-id', 'test']], [['producer_byte_rate', 1000]])
    await broker.produce('t', [bytes(9000)])
    expect(broker.muted).toEqual([])
    await broker.produce('t', [bytes(9000)])
    const [first] = broker.muted
    // 18 KB and two frames of overhead, in a window that counts as 10 s: 8.2 to 8.5 s too early.
    expect(first).toBeGreaterThan(8100)
    expect(first).toBeLessThan(8500)
  })

  test('holds a producer that never stops to its rate', async () => {
    await alter([['client-id', 'test']], [['producer_byte_rate', 1000]])
    const start = broker.clock.now()
    for (let i = 0; i < 100; i += 1) {
      const before = broker.muted.length
      await broker.produce('t', [bytes(900)])
      if (broker.muted.length > before) broker.clock.advance(broker.muted.at(-1)!)
    }
    // 100 requests of about 1 KB, less the 10 s that the first window is ahead.
    const seconds = (broker.clock.now() - start) / 1000
    expect(seconds).toBeGreaterThan(85)
    expect(seconds).toBeLessThan(115)
  })

  test('does not touch other clients, nor a client whose quota is gone', async () => {
    await alter([['client-id', 'other']], [['producer_byte_rate', 1]])
    await broker.produce('t', [bytes(9000)])
    await alter([['client-id', 'test']], [['producer_byte_rate', 1]])
    await broker.produce('t', ['x'])
    expect(broker.muted).toHaveLength(1)
    await alter([['client-id', 'test']], [['producer_byte_rate', null]])
    await broker.produce('t', [bytes(9000)])
    expect(broker.muted).toHaveLength(1)
  })

  test("is measured over the window that the broker's settings name", async () => {
    broker.close()
    broker = new TestBroker({ properties: { 'quota.window.num': '2', 'quota.window.size.seconds': '3' } })
    await broker.createTopic('t')
    await alter([['client-id', 'test']], [['producer_byte_rate', 1000]])
    await broker.produce('t', [bytes(6000)])
    expect(broker.muted[0]).toBeGreaterThan(3000)
    expect(broker.muted[0]).toBeLessThan(3300)
  })

  test('gives a consumer over it nothing, and does not count that', async () => {
    for (let i = 0; i < 4; i += 1) await broker.produce('t', [bytes(4000)])
    await alter([['user', 'ANONYMOUS']], [['consumer_byte_rate', 1000]])
    const read = (offset: bigint) => broker.fetchRaw('t', offset, { partitionMaxBytes: 4200 })
    expect((await read(0n)).responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(4000)
    expect((await read(1n)).throttleTimeMs).toBe(0)
    const third = await read(2n)
    expect(third.responses).toEqual([])
    expect(third.throttleTimeMs).toBeGreaterThan(2000)
    expect(broker.muted).toEqual([third.throttleTimeMs])
    broker.clock.advance(13_000)
    expect((await read(2n)).responses).toHaveLength(1)
  })

  test('never lets more be read at once than its whole window holds', async () => {
    for (let i = 0; i < 4; i += 1) await broker.produce('t', [bytes(4000)])
    await alter([['user', 'ANONYMOUS']], [['consumer_byte_rate', 1000]])
    const { values } = await broker.fetch('t', 0n)
    expect(values).toHaveLength(2)
  })
})

describe('users that have shown who they are', () => {
  const alice = { principal: 'User:alice' }
  const bob = { principal: 'User:bob' }

  /** For how long a batch of so many bytes mutes a user. */
  async function produceAs(client: { principal: string }, bytes = 10_000): Promise<number> {
    const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(bytes) }])
    const topicData = [{ name: 'x', partitionData: [{ index: 0, records }] }]
    return (await broker.sendAs(client, Produce, { acks: 1, topicData }, 12)).throttleTimeMs
  }

  beforeEach(() => broker.createTopic('x'))

  test('have the quota of their name, and not that of another', async () => {
    await alter([['user', 'alice']], [['producer_byte_rate', 10]])
    expect(await produceAs(bob)).toBe(0)
    expect(await produceAs(alice)).toBeGreaterThan(0)
  })

  test('have the quota of any user where there is none of their name', async () => {
    await alter([['user', null]], [['producer_byte_rate', 10]])
    await alter([['user', 'alice']], [['producer_byte_rate', 1e9]])
    expect(await produceAs(alice)).toBe(0)
    expect(await produceAs(bob)).toBeGreaterThan(0)
  })

  test('have that of their name and client before all others', async () => {
    await alter([['user', 'alice']], [['producer_byte_rate', 10]])
    await alter(
      [
        ['user', 'alice'],
        ['client-id', 'test'],
      ],
      [['producer_byte_rate', 1e9]],
    )
    expect(await produceAs(alice)).toBe(0)
    await alter(
      [
        ['user', 'alice'],
        ['client-id', 'test'],
      ],
      [['producer_byte_rate', null]],
    )
    expect(await produceAs(alice)).toBeGreaterThan(0)
  })
})
