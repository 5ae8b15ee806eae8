import { describe, expect, it } from 'vitest'
import type { Window } from '../../../../src/commands/perf/produce/latencies.ts'
import { Failures, Load, type LoadOptions } from '../../../../src/commands/perf/produce/load.ts'
import { MonotonicPayloads } from '../../../../src/commands/perf/produce/payloads.ts'
import { parseProducerSettings, Producer } from '../../../../src/lib/client/producer/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { FakeCluster, settle } from '../../../lib/client/producer/fake-cluster.ts'
import { advanceUntil } from '../../../lib/client/producer/harness.ts'

async function open(options: Partial<LoadOptions> = {}, properties: Record<string, string> = {}) {
  const clock = new FakeClock()
  const cluster = new FakeCluster('t')
  const controller = new AbortController()
  const windows: (Window & { begins: boolean })[] = []
  const failures = new Failures(() => {})
  const load = new Load({
    records: 100,
    warmupRecords: 0,
    perSecond: -1,
    reportingIntervalMs: 5000,
    transactionDurationMs: 3000,
    clock,
    failures,
    signal: controller.signal,
    onWindow: (window, begins) => windows.push({ ...window, begins }),
    ...options,
  })
  const { settings } = parseProducerSettings(new Map(Object.entries(properties)))
  const producer = new Producer(cluster, settings, { ...load.events, clock, random: () => 0.5 })
  const writer = await producer.topic('t')
  const send = (records: number) => load.send(producer, writer, records, new MonotonicPayloads(0, 1))
  return { clock, cluster, controller, windows, failures, load, send }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))

describe('a load', () => {
  it('sends every record once, and knows how many bytes they were', async () => {
    const { clock, cluster, load, send } = await open()
    await advanceUntil(send(100), clock)
    expect(cluster.values()).toEqual(numbers(100))
    expect(load.totals().all).toMatchObject({ records: 100, bytes: 190 })
  })

  it('measures from the hand-over to the answer', async () => {
    const { clock, cluster, load, send } = await open({ records: 2 })
    cluster.holds = true
    const sending = send(2)
    await settle()
    clock.advance(30)
    cluster.release()
    await advanceUntil(sending, clock)
    expect(load.totals().all).toMatchObject({
      records: 2,
      totalLatencyMs: 60,
      maxLatencyMs: 30,
      percentilesMs: [30, 30, 30, 30],
    })
  })

  it('counts for the first record the time since the start, in which a connection was made', async () => {
    const { clock, load, send } = await open({ records: 2 })
    clock.advance(200)
    await advanceUntil(send(2), clock)
    expect(load.totals().all).toMatchObject({ totalLatencyMs: 200, maxLatencyMs: 200 })
  })

  it('counts the time that a record waits for memory', async () => {
    const { clock, cluster, load, send } = await open({ records: 3 }, { 'batch.size': '0', 'buffer.memory': '80' })
    cluster.holds = true
    const sending = send(3)
    await settle()
    clock.advance(40)
    cluster.release()
    await advanceUntil(sending, clock)
    expect(cluster.values()).toEqual(numbers(3))
    expect(load.totals().all).toMatchObject({ records: 3, totalLatencyMs: 80, maxLatencyMs: 40 })
  })

  it('keeps to a rate', async () => {
    const { clock, cluster, send } = await open({ perSecond: 100 })
    const sending = send(100)
    await settle()
    expect(cluster.values()).toHaveLength(1)
    for (let step = 0; step < 10; step += 1) {
      clock.advance(50)
      await settle()
    }
    expect(cluster.values().length).toBeGreaterThanOrEqual(48)
    expect(cluster.values().length).toBeLessThanOrEqual(51)
    await advanceUntil(sending, clock)
    expect(cluster.values()).toHaveLength(100)
  })

  it('leaves the warm-up out of the steady state, whose windows take the place of the others', async () => {
    const { clock, windows, load, send } = await open({ warmupRecords: 60, perSecond: 100, reportingIntervalMs: 250 })
    await advanceUntil(send(100), clock, 10)
    const { all, steady } = load.totals()
    expect([all.records, all.bytes]).toEqual([100, 190])
    expect([steady!.records, steady!.bytes]).toEqual([40, 80])
    expect(windows.map(({ begins }) => begins)).toEqual([false, false, true])
    expect(windows[2]!.records).toBeGreaterThanOrEqual(24)
  })

  it('counts failures apart', async () => {
    const { clock, cluster, failures, load, send } = await open({ records: 3 }, { 'batch.size': '0' })
    cluster.whim = ({ records }) => (records[0]!.value === '1' ? { error: 'POLICY_VIOLATION' } : undefined)
    await advanceUntil(send(3), clock)
    expect([load.totals().all.records, failures.count]).toEqual([2, 1])
  })

  it('ends when it is told to, with what has been sent', async () => {
    const { clock, cluster, controller, load, send } = await open({ perSecond: 10 })
    const sending = send(100)
    await settle()
    clock.advance(150)
    await settle()
    controller.abort()
    await advanceUntil(sending, clock)
    expect(cluster.values()).toEqual(['0', '1'])
    expect(load.totals().all.records).toBe(2)
  })
})
