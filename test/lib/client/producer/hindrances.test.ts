import { describe, expect, test } from 'vitest'
import { KafkaError } from '../../../../src/lib/errors.ts'
import { FakeCluster, settle } from './fake-cluster.ts'
import { advanceUntil, startProducer } from './harness.ts'

const QUICK = { 'delivery.timeout.ms': '5000', 'request.timeout.ms': '4000' }

describe('a producer that waits', () => {
  test('for a broker that is lost says so at once and once, and names it with what is lost', async () => {
    const { cluster, clock, producer, failures, said, send } = await startProducer(QUICK)
    cluster.whim = () => ({ lost: true, error: 'REQUEST_TIMED_OUT' })
    send('a')
    producer.drain()
    await settle()
    expect(said).toEqual(['Lost the broker; trying again'])
    await advanceUntil(producer.flush(), clock)
    expect(said).toHaveLength(1)
    expect(failures).toMatchObject([
      { code: 'REQUEST_TIMED_OUT', message: 'not delivered within 5000 ms (delivery.timeout.ms): lost the broker' },
    ])
  })

  test('for replicas says so after two seconds, not for a moment of it', async () => {
    const { cluster, clock, producer, said, failures, send } = await startProducer(QUICK)
    let refusals = 3
    cluster.whim = () => (refusals-- > 0 ? { error: 'NOT_ENOUGH_REPLICAS' } : undefined)
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect([said, failures]).toEqual([[], []])
    refusals = Infinity
    send('b')
    await advanceUntil(producer.flush(), clock)
    expect(said).toEqual(['t-0: NOT_ENOUGH_REPLICAS; trying again'])
    expect(failures).toMatchObject([
      {
        numbers: [2],
        code: 'REQUEST_TIMED_OUT',
        message: expect.stringMatching(/delivery\.timeout\.ms\): t-0: NOT_ENOUGH_REPLICAS/),
      },
    ])
  })

  test('for a producer id says why it has none', async () => {
    const cluster = new FakeCluster('t')
    cluster.producerIdErrors.push(...Array.from({ length: 100 }, () => 'COORDINATOR_LOAD_IN_PROGRESS' as const))
    const { clock, producer, said, failures, send } = await startProducer(QUICK, cluster)
    send('a')
    await advanceUntil(producer.flush(), clock)
    const cause = 'o producer id was given out, which enable.idempotence needs (COORDINATOR_LOAD_IN_PROGRESS)'
    expect(said).toEqual([`N${cause}; trying again`])
    expect(failures).toMatchObject([{ message: `not delivered within 5000 ms (delivery.timeout.ms): n${cause}` }])
  })

  test('for a leader says which partition has none', async () => {
    const { cluster, clock, producer, said, failures, send } = await startProducer(QUICK)
    cluster.leaders = [-1]
    cluster.whim = () => ({ error: 'NOT_LEADER_OR_FOLLOWER' })
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect(said).toContain('t-0 has no leader at the moment; trying again')
    expect(failures[0]!.message).toMatch(/has no leader at the moment|NOT_LEADER_OR_FOLLOWER/)
  })

  test('for memory says why there is none', async () => {
    const { cluster, clock, producer, send } = await startProducer({
      ...QUICK,
      'max.block.ms': '1000',
      'buffer.memory': '1000',
      'batch.size': '1000',
    })
    cluster.whim = () => ({ lost: true })
    expect(send('a'.repeat(600))).toBe(true)
    producer.drain()
    await settle()
    expect(send('b'.repeat(600))).toBe(false)
    expect(await advanceUntil(producer.room(), clock)).toBe(false)
    expect(producer.roomError()).toMatchObject({
      code: 'REQUEST_TIMED_OUT',
      message: 'no memory came free within 1000 ms (max.block.ms): lost the broker',
    })
  })

  test('gives everything up when it is told to, under way or not, with the reason', async () => {
    const { cluster, clock, producer, failures, send } = await startProducer({
      'max.in.flight.requests.per.connection': '1',
    })
    cluster.holds = true
    send('a')
    producer.drain()
    await settle()
    send('b')
    expect([producer.waitingRecords, [...producer.waiting()].sort()]).toEqual([2, [1, 2]])
    producer.giveUp(new KafkaError('REQUEST_TIMED_OUT', 'given up'))
    cluster.whim = () => ({ lost: true })
    await cluster.close()
    cluster.breakHeld()
    await advanceUntil(producer.flush(), clock)
    expect(failures.flatMap(({ numbers, message }) => [[...numbers], message])).toEqual([
      [2],
      'given up',
      [1],
      'given up',
    ])
  })
})
