import { beforeEach, describe, expect, it, test } from 'vitest'
import { outcome, TransactionNode } from './transaction-node.ts'

let node: TransactionNode
beforeEach(() => {
  node = new TransactionNode()
})

const COMMIT = true
const ABORT = false

describe('a producer', () => {
  it('gets an id and epoch 0 the first time, and the next epoch each time after that', () => {
    expect([node.init(), node.init(), node.init()]).toEqual(
      [0, 1, 2].map((producerEpoch) => ({ producerId: 1000n, producerEpoch })),
    )
    expect(node.statuses()).toEqual(['Empty', 'Empty', 'Empty'])
  })

  it('is shut out by the one that comes after it', () => {
    const first = node.init()
    const second = node.init()
    expect(outcome(() => node.add(first))).toBe('PRODUCER_FENCED')
    expect(outcome(() => node.end(first, COMMIT))).toBe('PRODUCER_FENCED')
    expect(outcome(() => node.add(second))).toBeUndefined()
  })

  it('that comes while a transaction is open has it aborted, and is to ask again', () => {
    const first = node.init()
    node.add(first)
    expect(outcome(() => node.init())).toBe('CONCURRENT_TRANSACTIONS')
    expect(node.transaction).toMatchObject({ status: 'CompleteAbort', producerEpoch: 1 })
    expect(node.markers).toMatchObject([{ partition: 't-0', committed: false, producerEpoch: 1, producerId: 1000n }])
    expect(node.init()).toEqual({ producerId: 1000n, producerEpoch: 2 })
    expect(outcome(() => node.end(first, COMMIT))).toBe('PRODUCER_FENCED')
  })

  it('may ask for as long a transaction as transaction.max.timeout.ms, and has to ask for some time', () => {
    expect(outcome(() => node.init({}, 900_001))).toBe('INVALID_TRANSACTION_TIMEOUT')
    expect(outcome(() => node.init({}, 0))).toBe('INVALID_TRANSACTION_TIMEOUT')
    expect(node.init({}, 900_000)).toEqual({ producerId: 1000n, producerEpoch: 0 })
  })

  it('that names itself goes on with the next epoch, also when it asks twice (KIP-360)', () => {
    const first = node.init()
    expect(node.init(first)).toEqual({ ...first, producerEpoch: 1 })
    expect(node.init(first)).toEqual({ ...first, producerEpoch: 1 })
    expect(node.init({ ...first, producerEpoch: 1 })).toEqual({ ...first, producerEpoch: 2 })
    expect(outcome(() => node.init(first))).toBe('PRODUCER_FENCED')
    expect(outcome(() => node.init({ producerId: 5n, producerEpoch: 2 }))).toBe('PRODUCER_FENCED')
  })

  it('that names itself is shut out by one that came new', () => {
    const first = node.init()
    node.init()
    expect(outcome(() => node.init(first))).toBe('PRODUCER_FENCED')
  })

  it('gets another id when its epochs are used up', () => {
    const { producerId } = node.init()
    node.overwrite({ producerEpoch: 32_766 })
    expect(node.init()).toEqual({ producerId: producerId + 1n, producerEpoch: 0 })
    expect(node.transaction.previousProducerId).toBe(producerId)
  })

  it('that did not hear of its other id may ask again', () => {
    const { producerId } = node.init()
    node.overwrite({ producerEpoch: 32_766 })
    const exhausted = { producerId, producerEpoch: 32_766 }
    expect(node.init(exhausted)).toEqual({ producerId: producerId + 1n, producerEpoch: 0 })
    expect(node.init(exhausted)).toEqual({ producerId: producerId + 1n, producerEpoch: 0 })
  })
})

describe('a transaction', () => {
  it('begins with its first partition, and is written before it is true', () => {
    const producer = node.init()
    node.clock.advance(5)
    node.add(producer, 't', [0, 1])
    expect(node.transaction).toMatchObject({ status: 'Ongoing', startTimestamp: node.clock.now(), clientVersion: 2 })
    node.clock.advance(5)
    node.add(producer, 'u', [2])
    expect(node.transaction.startTimestamp).toBe(node.clock.now() - 5)
    expect([...node.transaction.partitions]).toEqual([
      ['t', 0],
      ['t', 1],
      ['u', 2],
    ])
    const written = node.statuses().length
    node.add(producer, 't', [1])
    expect(node.statuses().length).toBe(written)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    expect(outcome(() => node.add(producer, 'v', [0]))).toBe('KAFKA_STORAGE_ERROR')
    expect(node.transaction.partitions.has('v', 0)).toBe(false)
  })

  it.each([
    [COMMIT, 'Commit'],
    [ABORT, 'Abort'],
  ])('ends (commit: %s) with a marker in each partition, and raises the epoch (KIP-890)', (committed, name) => {
    const producer = node.init()
    node.add(producer, 't', [0, 1])
    expect(node.end(producer, committed)).toEqual({ ...producer, producerEpoch: 1 })
    expect(node.statuses().slice(-2)).toEqual([`Prepare${name}`, `Complete${name}`])
    const marker = { producerId: 1000n, producerEpoch: 1, committed, coordinatorEpoch: 0, transactionVersion: 2 }
    expect(node.markers).toEqual([
      { partition: 't-0', ...marker },
      { partition: 't-1', ...marker },
    ])
    expect(node.transaction).toMatchObject({ lastProducerEpoch: 0, startTimestamp: node.clock.now() })
    expect(node.transaction.partitions.isEmpty).toBe(true)
  })

  it('of an older client keeps its epoch', () => {
    const producer = node.init()
    node.add(producer, 't', [0], 0)
    expect(node.end(producer, COMMIT, 0)).toEqual(producer)
    expect(node.markers).toMatchObject([{ producerEpoch: 0, transactionVersion: 0 }])
    expect(node.end(producer, COMMIT, 0)).toEqual(producer)
    expect(outcome(() => node.end(producer, ABORT, 0))).toBe('INVALID_TXN_STATE')
    node.add(producer, 't', [1], 0)
    expect(node.transaction.status).toBe('Ongoing')
  })

  it('ends once, however often it is asked for', () => {
    const producer = node.init()
    node.add(producer)
    const next = node.end(producer, COMMIT)
    expect(node.end(producer, COMMIT)).toEqual(next)
    expect(node.markers.length).toBe(1)
    expect(outcome(() => node.end(producer, ABORT))).toBe('INVALID_TXN_STATE')
  })

  it('without partitions can be aborted, which raises the epoch, but not committed', () => {
    const producer = node.init()
    expect(outcome(() => node.end(producer, COMMIT))).toBe('INVALID_TXN_STATE')
    const next = node.end(producer, ABORT)
    expect(next.producerEpoch).toBe(1)
    expect(node.transaction).toMatchObject({ status: 'CompleteAbort', startTimestamp: node.clock.now() })
    expect(outcome(() => node.end(next, COMMIT))).toBe('INVALID_TXN_STATE')
    expect(outcome(() => node.end(node.init(), ABORT, 0))).toBe('INVALID_TXN_STATE')
  })

  it('with the last epoch of an id gives its producer another id', () => {
    const { producerId } = node.init()
    node.overwrite({ producerEpoch: 32_766 })
    const last = { producerId, producerEpoch: 32_766 }
    node.add(last)
    expect(node.end(last, COMMIT)).toEqual({ producerId: producerId + 1n, producerEpoch: 0 })
    expect(node.markers).toMatchObject([{ producerId, producerEpoch: 32_767 }])
    expect(node.end(last, COMMIT)).toEqual({ producerId: producerId + 1n, producerEpoch: 0 })
    expect(node.transaction).toMatchObject({
      producerId: producerId + 1n,
      producerEpoch: 0,
      previousProducerId: producerId,
      nextProducerId: -1n,
    })
  })

  it('of an id that nobody has is refused', () => {
    const producer = { producerId: 1000n, producerEpoch: 0 }
    expect([outcome(() => node.add(producer)), outcome(() => node.end(producer, COMMIT))]).toEqual(
      Array(2).fill('INVALID_PRODUCER_ID_MAPPING'),
    )
  })

  it('of another producer id is refused', () => {
    const producer = node.init()
    const other = { ...producer, producerId: 7n }
    expect([
      outcome(() => node.add(other)),
      outcome(() => node.end(other, COMMIT)),
      outcome(() => node.end(other, COMMIT, 0)),
    ]).toEqual(Array(3).fill('INVALID_PRODUCER_ID_MAPPING'))
  })

  it('tells which partitions are not part of it', () => {
    const producer = node.init()
    node.add(producer, 't', [0])
    const missing = (epoch: number) =>
      outcome(() =>
        node.coordinator.missingPartitions({
          transactionalId: 'id',
          ...producer,
          producerEpoch: epoch,
          partitions: node.transaction.partitions.with([
            ['t', [0, 1]],
            ['u', [0]],
          ]),
        }),
      )
    expect(missing(0)).toEqual([
      ['t', 1],
      ['u', 0],
    ])
    expect(missing(1)).toBe('PRODUCER_FENCED')
    const next = node.end(producer, COMMIT)
    expect(
      outcome(() =>
        node.coordinator.missingPartitions({
          transactionalId: 'id',
          ...next,
          partitions: node.transaction.partitions.with([['t', [0]]]),
        }),
      ),
    ).toEqual([['t', 0]])
  })
})

describe('an ending transaction', () => {
  it('goes on until each partition has its marker; its producer waits', () => {
    const producer = node.init()
    node.add(producer, 't', [0, 1, 2])
    node.refusals.set('t-1', 'KAFKA_STORAGE_ERROR')
    const next = node.end(producer, COMMIT)
    expect(node.transaction.status).toBe('PrepareCommit')
    expect(node.markers.map(({ partition }) => partition)).toEqual(['t-0', 't-2'])
    expect([
      outcome(() => node.add(next)),
      outcome(() => node.end(producer, COMMIT)),
      outcome(() => node.init()),
    ]).toEqual(Array(3).fill('CONCURRENT_TRANSACTIONS'))
    expect(outcome(() => node.end(producer, ABORT))).toBe('INVALID_TXN_STATE')
    expect(outcome(() => node.end(next, COMMIT))).toBe('PRODUCER_FENCED')
    node.clock.advance(1_000)
    expect(node.transaction.status).toBe('PrepareCommit')
    node.refusals.clear()
    node.clock.advance(100)
    expect(node.markers.map(({ partition }) => partition)).toEqual(['t-0', 't-2', 't-1'])
    expect(node.transaction.status).toBe('CompleteCommit')
    expect(outcome(() => node.add(next))).toBeUndefined()
  })

  it.each(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_PRODUCER_EPOCH'] as const)(
    'lets a partition be that is gone or has gone on: %s',
    (refusal) => {
      const producer = node.init()
      node.add(producer, 't', [0, 1])
      node.refusals.set('t-0', refusal)
      node.end(producer, ABORT)
      expect(node.transaction.status).toBe('CompleteAbort')
      expect(node.markers.map(({ partition }) => partition)).toEqual(['t-1'])
    },
  )

  it('whose end cannot be written is not ended', () => {
    const producer = node.init()
    node.add(producer)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    expect(outcome(() => node.end(producer, COMMIT))).toBe('KAFKA_STORAGE_ERROR')
    expect([node.transaction.status, node.markers]).toEqual(['Ongoing', []])
    node.stateTopic.refusal = null
    expect(node.end(producer, ABORT).producerEpoch).toBe(1)
    expect(node.markers).toMatchObject([{ committed: false }])
  })

  it.each([
    { what: 'for good', isBack: false, markers: [] },
    { what: 'for a moment', isBack: true, markers: ['t-0'] },
  ])('is let go where another node leads when the decision is committed: $what', async ({ isBack, markers }) => {
    const producer = node.init()
    node.add(producer)
    node.stateTopic.commit = () => Promise.resolve()
    node.end(producer, COMMIT)
    node.stateTopic.commit = null
    node.stateTopic.move(false)
    if (isBack) node.stateTopic.move(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(node.markers.map(({ partition }) => partition)).toEqual(markers)
  })

  test.each([[COMMIT], [ABORT]])(
    'interrupted by a crash at any step is brought to the same end (commit: %s)',
    (committed) => {
      const steps = node.init()
      node.add(steps, 't', [0, 1])
      const before = node.stateTopic.partitions.map((entries) => entries.length)
      node.end(steps, committed)
      const prepared = before.map((length, index) =>
        node.stateTopic.partitions[index]!.length > length ? length + 1 : length,
      )
      for (const marked of [0, 1, 2]) {
        node.markers.length = 0
        prepared.forEach((length, index) => node.stateTopic.partitions[index]!.splice(length))
        ;['t-0', 't-1'].slice(marked).forEach((name) => node.refusals.set(name, 'KAFKA_STORAGE_ERROR'))
        node.start()
        node.refusals.clear()
        node.start()
        expect(node.transaction.status).toBe(committed ? 'CompleteCommit' : 'CompleteAbort')
        expect(new Set(node.markers.map(({ partition }) => partition))).toEqual(new Set(['t-0', 't-1']))
        expect(node.markers.every((marker) => marker.committed === committed && marker.producerEpoch === 1)).toBe(true)
        expect(node.end(steps, committed)).toEqual({ ...steps, producerEpoch: 1 })
      }
    },
  )
})

describe('time', () => {
  it('aborts a transaction that is open for longer than its producer asked for, and shuts the producer out', () => {
    const producer = node.init({}, 30_000)
    node.add(producer)
    node.clock.advance(30_000)
    expect(node.transaction.status).toBe('Ongoing')
    node.clock.advance(10_000)
    expect(node.transaction).toMatchObject({ status: 'CompleteAbort', producerEpoch: 1 })
    expect(node.markers).toMatchObject([{ committed: false, producerEpoch: 1 }])
    expect(outcome(() => node.add(producer))).toBe('PRODUCER_FENCED')
    expect(outcome(() => node.end(producer, COMMIT))).toBe('INVALID_TXN_STATE')
    expect(outcome(() => node.end(producer, COMMIT, 0))).toBe('PRODUCER_FENCED')
  })

  it('aborts also one that the disk kept from being aborted at first, and one from before a restart', () => {
    const producer = node.init({}, 1_000)
    node.add(producer)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    node.clock.advance(20_000)
    node.stateTopic.refusal = null
    expect(node.transaction.status).toBe('Ongoing')
    node.start()
    node.clock.advance(10_000)
    expect(node.transaction.status).toBe('CompleteAbort')
  })

  it('makes ids forgotten that nobody uses, but none with an open transaction', () => {
    node = new TransactionNode({ idExpirationMs: 1_000_000, maxTimeoutMs: 2_000_000_000 })
    node.add(node.init({}, 2_000_000_000))
    node.coordinator.initProducerId({ transactionalId: 'idle', timeoutMs: 1000, producerId: -1n, producerEpoch: -1 })
    node.clock.advance(3_600_000)
    expect(outcome(() => node.coordinator.describe('idle'))).toBe('TRANSACTIONAL_ID_NOT_FOUND')
    expect(node.transaction.status).toBe('Ongoing')
    expect(node.statuses()).toContain(null)
    node.start()
    expect(outcome(() => node.coordinator.describe('idle'))).toBe('TRANSACTIONAL_ID_NOT_FOUND')
  })
})

describe('the coordinator', () => {
  it('takes up after a restart what it was told before', () => {
    const producer = node.init()
    node.add(producer, 't', [0, 1])
    node.start()
    expect([...node.transaction.partitions]).toEqual([
      ['t', 0],
      ['t', 1],
    ])
    expect(node.end(producer, COMMIT)).toEqual({ ...producer, producerEpoch: 1 })
  })

  it('is not asked for ids that others coordinate, for none, or when it is closed', () => {
    node.init()
    expect(outcome(() => node.coordinator.describe(''))).toBe('INVALID_REQUEST')
    node.stateTopic.move(false)
    expect([outcome(() => node.init()), outcome(() => node.coordinator.describe('id'))]).toEqual([
      'NOT_COORDINATOR',
      'NOT_COORDINATOR',
    ])
    node.stateTopic.move(true)
    node.coordinator.close()
    expect([outcome(() => node.init()), outcome(() => node.coordinator.partitionFor('id'))]).toEqual([
      'COORDINATOR_NOT_AVAILABLE',
      'COORDINATOR_NOT_AVAILABLE',
    ])
  })

  it('lists transactions by state, producer, age and pattern of the id', () => {
    const init = (transactionalId: string) =>
      node.coordinator.initProducerId({ transactionalId, timeoutMs: 60_000, producerId: -1n, producerEpoch: -1 })
    init('app-1')
    init('app-2')
    node.add(node.init())
    node.clock.advance(1_000)
    const ids = (filter: Partial<Parameters<typeof node.coordinator.list>[0]>) =>
      outcome(() =>
        node.coordinator
          .list({ states: [], producerIds: [], durationMs: -1n, idPattern: null, ...filter })
          .transactions.map(({ transactionalId }) => transactionalId)
          .sort(),
      )
    expect(ids({})).toEqual(['app-1', 'app-2', 'id'])
    expect(ids({ states: ['Ongoing'] })).toEqual(['id'])
    expect(ids({ producerIds: [1001n] })).toEqual(['app-2'])
    expect(ids({ states: ['Ongoing'], durationMs: 999n })).toEqual(['id'])
    expect(ids({ states: ['Ongoing'], durationMs: 1_000n })).toEqual([])
    expect(ids({ idPattern: 'app-.*' })).toEqual(['app-1', 'app-2'])
    expect(ids({ idPattern: 'app' })).toEqual([])
    expect(ids({ idPattern: '(' })).toBe('INVALID_REGULAR_EXPRESSION')
    expect(
      node.coordinator.list({ states: ['Ongoing', 'Lost'], producerIds: [], durationMs: -1n, idPattern: '' })
        .unknownStates,
    ).toEqual(['Lost'])
  })
})

test('each end of a transaction is told, with its partitions', () => {
  const first = node.init()
  node.add(first, 't', [1, 0])
  const next = node.end(first, COMMIT)
  node.add(next, 'u')
  node.refusals.set('u-0', 'KAFKA_STORAGE_ERROR')
  node.end(next, ABORT)
  expect(node.told).toEqual(['transaction id committed: t-0,1'])
  node.refusals.clear()
  node.clock.advance(100)
  expect(node.told).toEqual(['transaction id committed: t-0,1', 'transaction id aborted: u-0'])
})
