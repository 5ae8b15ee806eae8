import { afterEach, describe, expect, test, vi } from 'vitest'
import { startCluster, type RunningCluster } from '../../../src/lib/broker/index.ts'

const opened: RunningCluster[] = []
afterEach(async () => {
  for (const cluster of opened.splice(0)) await cluster.stop()
})

/** Sessions of half a second: nobody waits for Kafka's nine. */
async function open(options: Parameters<typeof startCluster>[0] = {}): Promise<RunningCluster> {
  const cluster = await startCluster({
    topics: [{ name: 'orders', partitions: 3 }],
    ...options,
    properties: { 'broker.session.timeout.ms': 500, 'broker.heartbeat.interval.ms': 100, ...options.properties },
  })
  opened.push(cluster)
  return cluster
}

const until = (isSo: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 15_000, interval: 20 })

const leaders = (cluster: RunningCluster): (number | null)[] =>
  [0, 1, 2].map((each) => cluster.leaderOf('orders', each))

describe('startCluster', () => {
  test('spreads the leaders of a topic over its brokers', async () => {
    const cluster = await open()
    expect(cluster.bootstrapServers).toMatch(/^localhost:\d+,localhost:\d+,localhost:\d+$/)
    expect(leaders(cluster).sort()).toEqual([1, 2, 3])
  })

  test('kill takes the leaderships away, and start brings the broker back', async () => {
    const cluster = await open()
    await cluster.kill(2)
    await until(() => !leaders(cluster).includes(2))
    expect(leaders(cluster)).not.toContain(null)
    await cluster.start(2)
    await expect(cluster.start(2)).rejects.toThrow('broker 2 runs already')
    await cluster.kill(3)
    await until(() => !leaders(cluster).includes(3))
    expect(leaders(cluster)).not.toContain(null)
  })

  test('stop hands them over', async () => {
    const cluster = await open({ properties: { 'broker.session.timeout.ms': 9000 } })
    await cluster.stop(3)
    expect(leaders(cluster)).not.toContain(3)
    await expect(cluster.kill(3)).rejects.toThrow('broker 3 does not run')
  })

  test('isolate cuts a broker off from the others, and lets it back', async () => {
    const cluster = await open()
    cluster.isolate([3])
    await until(() => !leaders(cluster).includes(3))
    cluster.isolate([])
    await cluster.kill(2)
    await until(() => !leaders(cluster).includes(2))
    await until(() => leaders(cluster).every((leader) => leader !== null))
  })

  test('refuses what it does not know', async () => {
    await expect(startCluster({ brokers: 0 })).rejects.toThrow('startCluster: brokers must be')
    await expect(startCluster({ broker: 3 } as never)).rejects.toThrow('did you mean brokers?')
    const cluster = await open({ brokers: 1, topics: [] })
    await expect(cluster.kill(4)).rejects.toThrow('there is no broker 4; there are 1 to 1')
  })
})
