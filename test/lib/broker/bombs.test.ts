import { afterEach, describe, expect, test, vi } from 'vitest'
import { ClientConnection } from '../../../src/lib/broker/connection.ts'
import { BROKER_HANDLERS } from '../../../src/lib/broker/handlers/index.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { DescribeConfigs } from '../../../src/lib/protocol/apis/describe-configs.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { OffsetFetch } from '../../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { encodeRequest } from '../../../src/lib/protocol/frame.ts'
import { CODECS, buildBatch } from '../../../src/lib/protocol/records/index.ts'
import { bombOf, listsOf } from '../../support/array-bombs.ts'
import { connection, TestBroker } from '../../support/broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { Wire } from '../../support/wire.ts'

/**
 * A clock by which a look at it takes a hundredth of a millisecond: a turn has two hundred of them, on every machine.
 */
class LookedAtClock extends FakeClock {
  looks = 0
  override now(): number {
    this.looks += 1
    return Math.floor(super.now() + this.looks / 100)
  }
}

const LOOKS_IN_A_TURN = 200
const NO_TOPICS = { 'auto.create.topics.enable': 'false' }
const AUTHORIZED = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}

let broker: TestBroker
afterEach(() => broker.close())

/** The most looks at the clock between two turns of the event loop while something is answered. */
async function mostLooks(clock: LookedAtClock, reply: () => unknown): Promise<number> {
  let [most, before, isDone] = [0, clock.looks, false]
  const tick = (): void => {
    most = Math.max(most, clock.looks - before)
    before = clock.looks
    if (!isDone) setImmediate(tick)
  }
  setImmediate(tick)
  await Promise.resolve()
    .then(reply)
    .catch(() => undefined)
    .finally(() => {
      isDone = true
    })
  return Math.max(most, clock.looks - before)
}

const bombs = BROKER_HANDLERS.flatMap(({ api, maxVersion }) =>
  listsOf(api.fields.request, maxVersion).map((path) => ({
    name: `${api.name} ${path.join('.')}`,
    api,
    version: maxVersion,
    path,
  })),
)
/** Those that wait for others to join; a bomb may be a request that makes sense. */
const WAITING = ['JoinGroup', 'SyncGroup']

describe('a list of nothing', () => {
  test.each(bombs)('of hundreds of thousands of items is refused: $name', async ({ api, version, path }) => {
    broker = new TestBroker()
    const frame = bombOf(api, version, path, 260_000)
    await expect(async () => broker.dispatcher.dispatch(frame, connection)).rejects.toThrow(
      'lists of more items than one message may hold',
    )
  })

  test.each(bombs.filter(({ api }) => !WAITING.includes(api.name)))(
    'of five thousand lets others go: $name',
    async ({ api, version, path }) => {
      const clock = new LookedAtClock()
      broker = new TestBroker({ clock, properties: { ...NO_TOPICS, ...AUTHORIZED } })
      const frame = bombOf(api, version, path, 5000)
      expect(await mostLooks(clock, () => broker.dispatcher.dispatch(frame, connection))).toBeLessThan(
        LOOKS_IN_A_TURN + 1000,
      )
    },
  )

  test('of tags is refused as well', async () => {
    broker = new TestBroker()
    const head = Buffer.from('001200030000000700000000'.slice(0, 20), 'hex')
    const tags = Buffer.concat([Buffer.from([0xc0, 0x84, 0x3d]), Buffer.alloc(2_000_000)]) // a million of them
    await expect(async () => broker.dispatcher.dispatch(Buffer.concat([head, tags]), connection)).rejects.toThrow(
      'lists of more items',
    )
  })
})

describe('ten thousand topics', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `topic-with-a-name-of-some-length-${index}`)

  test('can be asked for, and others are answered meanwhile', async () => {
    const clock = new LookedAtClock()
    broker = new TestBroker({ clock, properties: NO_TOPICS })
    const [hog, other] = [new Wire(), new Wire()]
    for (const wire of [hog, other])
      new ClientConnection(wire, {
        connection,
        dispatcher: broker.dispatcher,
        clock: broker.clock,
        maxRequestBytes: 1e8,
        refused() {},
        warn() {},
      })
    let hogFrames = -1
    const write = other._write.bind(other)
    other._write = (...args) => {
      hogFrames = hog.frames.length
      write(...args)
    }
    hog.push(Buffer.concat(encodeRequest(Metadata, 12, 1, 'hog', { topics: names.map((name) => ({ name })) })))
    other.push(
      Buffer.concat(encodeRequest(ApiVersions, 4, 2, 'other', { clientSoftwareName: 'a', clientSoftwareVersion: '1' })),
    )
    await vi.waitFor(() => expect(other.frames).toHaveLength(1))
    expect(hogFrames).toBe(0)
    await vi.waitFor(() => expect(hog.frames).toHaveLength(1))
  })

  test.each([
    ['Metadata', async () => (await broker.send(Metadata, { topics: names.map((name) => ({ name })) })).topics],
    [
      'DescribeConfigs',
      async () =>
        (
          await broker.send(DescribeConfigs, {
            resources: names.map((resourceName) => ({ resourceType: 2, resourceName, configurationKeys: null })),
          })
        ).results,
    ],
    [
      'OffsetFetch',
      async () =>
        (
          await broker.send(
            OffsetFetch,
            { groups: [{ groupId: 'g', topics: names.map((name) => ({ name, partitionIndexes: [0, 1, 2] })) }] },
            9,
          )
        ).groups[0]!.topics!,
    ],
  ])('of %s are all answered', async (_, ask) => {
    broker = new TestBroker({ properties: NO_TOPICS })
    expect(await ask()).toHaveLength(names.length)
  })
})

describe('what is asked for again and again', () => {
  test('is answered once', async () => {
    broker = new TestBroker()
    await broker.createTopic('t', { partitions: 50 })
    const many = <T>(item: T): T[] => new Array<T>(1000).fill(item)
    expect((await broker.send(Metadata, { topics: many({ name: 't' }) })).topics).toHaveLength(1)
    expect(
      (
        await broker.send(DescribeConfigs, {
          resources: many({ resourceType: 2, resourceName: 't', configurationKeys: null }),
          includeDocumentation: true,
        })
      ).results,
    ).toHaveLength(1)
    expect((await broker.send(OffsetFetch, { groups: many({ groupId: 'g', topics: null }) }, 9)).groups).toHaveLength(1)
  })
})

describe('a request of more than 16 MiB', () => {
  const start = (apiKey: number, length: number): Buffer => {
    const head = Buffer.alloc(8)
    head.writeInt32BE(length)
    head.writeInt16BE(apiKey, 4)
    return head
  }

  test('is refused before it has come, unless it is Produce', async () => {
    broker = new TestBroker()
    const warnings: string[] = []
    const open = (): Wire => {
      const wire = new Wire()
      new ClientConnection(wire, {
        connection,
        dispatcher: broker.dispatcher,
        clock: broker.clock,
        maxRequestBytes: 100e6,
        refused: (reason) => warnings.push(reason),
        warn: (line) => warnings.push(line),
      })
      return wire
    }
    const [asking, producing] = [open(), open()]
    producing.push(start(Produce.key, 50e6))
    asking.push(start(Metadata.key, 50e6))
    await vi.waitFor(() => expect(asking.destroyed).toBe(true))
    expect(warnings).toEqual(['a Metadata request of 50000000 bytes, the limit is 16777216 for all but Produce'])
    expect(producing.destroyed).toBe(false)
  })
})

describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('batches of %s that unpack to much', (name) => {
  const value = Buffer.alloc(24 * 1024 * 1024)
  const batch = (): Buffer => buildBatch([{ timestamp: 0n, key: null, value }], { codec: CODECS[name] })
  const settings = { configs: { 'max.message.bytes': '20000000' }, partitions: 30 }

  test('are written, with others let go meanwhile', async () => {
    const clock = new LookedAtClock()
    broker = new TestBroker({ clock })
    await broker.createTopic('t', settings)
    const partitionData = [0, 1].map((index) => ({ index, records: batch() }))
    let answer: unknown
    const looks = await mostLooks(clock, async () => {
      answer = await broker.send(Produce, { acks: -1, topicData: [{ name: 't', partitionData }] }, 12)
    })
    expect(answer).toMatchObject({
      responses: [
        {
          partitionResponses: [
            { errorCode: 0, baseOffset: 0n },
            { errorCode: 0, baseOffset: 0n },
          ],
        },
      ],
    })
    expect(looks).toBeLessThan(LOOKS_IN_A_TURN + 1000)
  })

  test('are summed up over their request', async () => {
    broker = new TestBroker()
    await broker.createTopic('t', settings)
    const small = buildBatch([{ timestamp: 0n, key: null, value: value.subarray(0, 7 * 1024 * 1024) }], {
      codec: CODECS[name],
    })
    const partitionData = Array.from({ length: 30 }, (_, index) => ({ index, records: Buffer.from(small) }))
    const { responses } = await broker.send(Produce, { acks: -1, topicData: [{ name: 't', partitionData }] }, 12)
    const codes = responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)
    const room = 100 * 1024 * 1024 + 32 * 30 * small.length
    const written = Math.min(30, Math.floor(room / (7 * 1024 * 1024)))
    // MESSAGE_TOO_LARGE makes a producer split its batches. Snappy does not shrink so far that it would be a bomb.
    const wanted = codes.map((_, index) => (index < written ? 0 : 10))
    expect(codes).toEqual(wanted)
  })

  test('beyond the limit are refused alone', async () => {
    broker = new TestBroker()
    await broker.createTopic('t', settings)
    const bomb = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(101 * 1024 * 1024) }], {
      codec: CODECS[name],
    })
    const partitionData = [
      { index: 0, records: bomb },
      { index: 1, records: buildBatch([{ timestamp: 0n, key: null, value: Buffer.from('v') }]) },
    ]
    const { responses } = await broker.send(Produce, { acks: -1, topicData: [{ name: 't', partitionData }] }, 12)
    expect(responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([87, 0])
  })
})

test('a batch whose records are all faulty lists a thousand of them', async () => {
  broker = new TestBroker()
  await broker.createTopic('t', { configs: { 'cleanup.policy': 'compact' } })
  const records = buildBatch(
    Array.from({ length: 5000 }, () => ({ timestamp: 0n, key: null, value: null })),
    { codec: CODECS.gzip },
  )
  const { responses } = await broker.send(
    Produce,
    { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
    12,
  )
  const [answer] = responses[0]!.partitionResponses
  expect(answer!.errorMessage).toBe('5000 records refused; record 0: t-0 is compacted: a record needs a key')
  expect(answer!.recordErrors).toHaveLength(1000)
})
