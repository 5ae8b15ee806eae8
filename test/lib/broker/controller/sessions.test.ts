import { beforeEach, describe, expect, test } from 'vitest'
import { FakeClock } from '../../../support/fake-clock.ts'
import { directoryOf, TestController, TOPIC_ID, uuid } from './support.ts'

const change = (partitionId: number, fields: object): object => ({
  type: 'PARTITION_CHANGE_RECORD',
  topicId: TOPIC_ID,
  partitionId,
  ...fields,
})
const fencing = (brokerId: number, fenced: number): object =>
  expect.objectContaining({ type: 'BROKER_REGISTRATION_CHANGE_RECORD', brokerId, fenced }) as object

let tested: TestController
beforeEach(() => {
  tested = new TestController({ brokers: [1, 2, 3] })
  tested.records()
})

/** Lets time go on while brokers are heard of every second. */
function live(seconds: number, nodeIds: readonly number[]): void {
  for (let second = 0; second < seconds; second += 1) {
    tested.clock.advance(1000)
    for (const nodeId of nodeIds) tested.heartbeat(nodeId)
  }
}

/** The process stands still for so long, or its clock is set on: no timer runs on the way. */
class StoppedClock extends FakeClock {
  private aheadMs = 0

  override now(): number {
    return super.now() + this.aheadMs
  }

  jump(ms: number): void {
    this.aheadMs += ms
  }
}

describe('a controller that stood still, or whose clock was set', () => {
  test.each([60_000, -3_600_000])('by %s ms takes nobody for dead who is heard of when it goes on', (ms) => {
    const clock = new StoppedClock()
    tested = new TestController({ brokers: [1, 2, 3], clock })
    live(20, [1, 2, 3])
    clock.jump(ms)
    live(20, [1, 2, 3])
    expect([1, 2, 3].filter((nodeId) => tested.cluster.isAlive(nodeId))).toEqual([1, 2, 3])
  })

  test.each([60_000, -3_600_000])('by %s ms fences in time who is not', (ms) => {
    const clock = new StoppedClock()
    tested = new TestController({ brokers: [1, 2], clock })
    live(20, [1, 2])
    clock.jump(ms)
    live(11, [2])
    expect([1, 2].filter((nodeId) => tested.cluster.isAlive(nodeId))).toEqual([2])
  })
})

describe('a broker that is up', () => {
  test('has caught up with its registration, and asked for it', () => {
    tested = new TestController()
    const epoch = tested.register(1)
    const answer = (currentMetadataOffset: bigint, wantFence: boolean) =>
      tested.heartbeat(1, { currentMetadataOffset, wantFence })
    expect(answer(epoch - 1n, false)).toEqual({ isCaughtUp: false, isFenced: true, shouldShutDown: false })
    expect(answer(epoch, true)).toEqual({ isCaughtUp: true, isFenced: true, shouldShutDown: false })
    expect(answer(epoch, false)).toEqual({ isCaughtUp: true, isFenced: false, shouldShutDown: false })
    expect(tested.cluster.isAlive(1)).toBe(true)
  })

  test('writes nothing by being heard of', () => {
    live(60, [1, 2, 3])
    expect(tested.records()).toEqual([])
  })

  test.each([
    ['of another run', 1, 999n],
    ['that is not registered', 7, 1n],
  ])('is not taken for one %s', (_, brokerId, brokerEpoch) => {
    expect(() =>
      tested.controller.heartbeat({
        brokerId,
        brokerEpoch,
        currentMetadataOffset: 0n,
        wantFence: false,
        wantShutDown: false,
        offlineLogDirs: [],
        cordonedLogDirs: null,
      }),
    ).toThrow(expect.objectContaining({ code: 'STALE_BROKER_EPOCH' }))
  })

  test('may ask to be fenced', () => {
    expect(tested.heartbeat(1, { wantFence: true })).toMatchObject({ isFenced: true, shouldShutDown: false })
    expect(tested.heartbeat(2, { wantFence: true, wantShutDown: true })).toMatchObject({ shouldShutDown: true })
  })
})

describe('a broker that is not heard of', () => {
  beforeEach(() => {
    tested.createTopic([{}, { replicas: [2, 1, 3] }, { replicas: [2, 3], isr: [2, 3] }])
    tested.records()
  })

  test('is fenced after its session, looked at eight times in that time', () => {
    live(9, [2, 3])
    expect(tested.records()).toEqual([])
    live(2, [2, 3])
    expect(tested.records()).toEqual([change(0, { leader: 2, isr: [2, 3] }), change(1, { isr: [2, 3] }), fencing(1, 1)])
    expect(tested.lines.at(-1)).toBe('broker 1 is fenced: it was not heard of in time')
  })

  test('with the others each is fenced by itself, and the last partition has nobody', () => {
    tested.clock.advance(60_000)
    const batches = tested.metadata.batches.map((batch) => batch.length)
    expect(batches).toEqual([3, 4, 4])
    expect(tested.partition(0)).toMatchObject({ leader: -1, isr: [], elr: [3], lastKnownElr: [3] })
  })

  test('comes back and leads what has no leader', () => {
    tested.clock.advance(60_000)
    tested.records()
    tested.heartbeat(3)
    expect(tested.records()).toEqual([
      fencing(3, -1),
      change(0, { leader: 3, isr: [3], eligibleLeaderReplicas: [], lastKnownElr: [] }),
      change(1, { leader: 3, isr: [3], eligibleLeaderReplicas: [], lastKnownElr: [] }),
      change(2, { leader: 3, isr: [3], eligibleLeaderReplicas: [], lastKnownElr: [] }),
    ])
  })

  test('is fenced when the disk takes it', () => {
    tested.metadata.isFull = true
    tested.clock.advance(12_000)
    tested.metadata.isFull = false
    expect(tested.cluster.isAlive(1)).toBe(true)
    tested.clock.advance(12_000)
    expect(tested.cluster.isAlive(1)).toBe(false)
  })

  test('and lets go of what it leads uncleanly where the topic allows it', () => {
    tested.cluster.setTopicConfigs('topic', new Map([['unclean.leader.election.enable', 'true']]))
    tested.cluster.commit([{ type: 'PARTITION_CHANGE_RECORD', topicId: TOPIC_ID, partitionId: 2, isr: [2] }])
    tested.records()
    live(11, [1, 3])
    expect(tested.partition(2)).toMatchObject({ leader: 3, isr: [3], leaderRecoveryState: 1, elr: [] })
  })
})

describe('a broken connection', () => {
  test('ends the session after half a second', () => {
    tested.controller.connectionLost(1)
    tested.clock.advance(500)
    expect(tested.cluster.isAlive(1)).toBe(true)
    tested.clock.advance(1)
    expect(tested.cluster.isAlive(1)).toBe(false)
    expect(tested.cluster.isAlive(2)).toBe(true)
    expect(tested.lines.at(-1)).toBe('broker 1 is fenced: its connection broke and its port is closed')
  })

  test('is nothing new of one that has stopped in good order', () => {
    tested.heartbeat(1, { wantFence: true, wantShutDown: true })
    const said = tested.lines.length
    tested.controller.connectionLost(1)
    tested.clock.advance(501)
    expect(tested.lines).toHaveLength(said)
  })

  test('means nothing for one that is heard of by another', () => {
    tested.controller.connectionLost(1)
    tested.heartbeat(1)
    tested.clock.advance(5000)
    expect(tested.cluster.isAlive(1)).toBe(true)
  })
})

describe('a controller that takes over', () => {
  test('waits for brokers that were up, and not for its own', () => {
    const { cluster } = tested
    tested.clock.advance(5000)
    tested.controller.close()
    tested.controller.start()
    tested.clock.advance(8999)
    expect(cluster.brokers()).toHaveLength(3)
    tested.heartbeat(2)
    tested.clock.advance(3000)
    expect(cluster.brokers().map(({ nodeId }) => nodeId)).toEqual([2])
  })

  test('lets a new run in at once where the old one has not been heard of, since its death would be seen', () => {
    tested.controller.start()
    expect(tested.register(1, { incarnationId: uuid(11) })).toBeGreaterThan(0n)
  })
})

describe('a controlled shutdown', () => {
  beforeEach(() => {
    tested.createTopic([{}, { leader: 2 }])
    tested.records()
  })

  test('moves what the broker leads, and ends when the others know', () => {
    const stopping = { wantShutDown: true }
    expect(tested.heartbeat(1, stopping)).toMatchObject({ isFenced: false, shouldShutDown: false })
    expect(tested.records()).toEqual([
      expect.objectContaining({ type: 'BROKER_REGISTRATION_CHANGE_RECORD', brokerId: 1, inControlledShutdown: 1 }),
      change(0, { leader: 2, isr: [2, 3] }),
      change(1, { isr: [2, 3] }),
    ])
    expect(tested.heartbeat(1, stopping)).toMatchObject({ shouldShutDown: false })
    tested.heartbeat(2)
    expect(tested.heartbeat(1, stopping)).toMatchObject({ shouldShutDown: false })
    tested.heartbeat(3)
    expect(tested.heartbeat(1, stopping)).toMatchObject({ isFenced: true, shouldShutDown: true })
    expect(tested.records()).toEqual([fencing(1, 1)])
  })

  test('is over at once for a broker that leads nothing', () => {
    expect(tested.heartbeat(3, { wantShutDown: true })).toMatchObject({ shouldShutDown: true })
  })

  test('of the last one lets it go without a leader', () => {
    tested.clock.advance(6000)
    tested.heartbeat(1)
    tested.clock.advance(6000)
    tested.heartbeat(1, { wantShutDown: true })
    expect(tested.partition(0)).toMatchObject({ leader: -1, isr: [], elr: [1] })
    expect(tested.heartbeat(1, { wantShutDown: true })).toMatchObject({ shouldShutDown: true })
  })
})

test('a directory that fails takes its replicas out of the ISR', () => {
  tested.createTopic([{}])
  tested.records()
  tested.heartbeat(1, { offlineLogDirs: [directoryOf(1), uuid(77)] })
  expect(tested.records()).toEqual([
    change(0, { leader: 2, isr: [2, 3] }),
    expect.objectContaining({ type: 'BROKER_REGISTRATION_CHANGE_RECORD', logDirs: [] }),
  ])
})

test('directories that take no new partitions are noted once', () => {
  for (let time = 0; time < 2; time += 1) tested.heartbeat(1, { cordonedLogDirs: [directoryOf(1)] })
  tested.heartbeat(1, { cordonedLogDirs: null })
  expect(tested.records()).toEqual([expect.objectContaining({ brokerId: 1, cordonedLogDirs: [directoryOf(1)] })])
  expect(tested.cluster.registration(1)!.cordonedDirectories).toEqual([directoryOf(1)])
})

test('many partitions are written in batches', () => {
  const many = Array.from({ length: 12_000 }, () => ({}))
  tested.createTopic(many)
  tested.records()
  tested.heartbeat(1, { wantFence: true })
  expect(tested.metadata.batches.map((batch) => batch.length)).toEqual([10_000, 2001])
})
