import { afterEach, describe, expect, test } from 'vitest'
import { CONTROLLER, LifeCluster } from './support/cluster.ts'
import type { Direction } from './support/gate.ts'
import { Ledger } from './support/ledger.ts'

/** Short, so that what a minute does to a cluster as it is shows in seconds. */
const SETTINGS = {
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '400',
  'replica.lag.time.max.ms': '3000',
  'replica.socket.timeout.ms': '1500',
}
const NO_CONTROLLER = /no active controller answers at \S+: still trying$/
const CONTROLLER_AGAIN = /the active controller at \S+ answers again$/
const FENCED = 'kts broker start: broker 1 is fenced: it was not heard of in time'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function started(): Promise<{ cluster: LifeCluster; ledger: Ledger }> {
  const cluster = await LifeCluster.start(2, SETTINGS)
  closing.push(() => cluster.close())
  await cluster.createTopic('retail', [[1, 2]])
  const ledger = await Ledger.open(cluster, 'retail')
  closing.push(() => ledger.close())
  await ledger.more(5)
  return { cluster, ledger }
}

const lines = (...patterns: readonly (string | RegExp)[]): unknown[] =>
  patterns.map((pattern) => expect.stringMatching(pattern) as unknown)

describe('a network that is cut in one direction', () => {
  test.each<Direction>(['requests', 'answers'])('between a follower and its leader (%s)', async (direction) => {
    const { cluster, ledger } = await started()
    cluster.node(1).fromOthers.block(direction)
    await cluster.until('retail', 2, { leaderId: 1, isrNodes: [1] })
    await ledger.more(5)
    cluster.node(1).fromOthers.unblock()
    await cluster.until('retail', 2, { leaderId: 1, isrNodes: [1, 2] })
    await ledger.check(1)
    expect(cluster.said(2)).toEqual(
      lines(/cannot copy from broker 1: \S+ did not answer \w+ within \d+ ms$/, /copies from broker 1 again$/),
    )
    expect([...cluster.said(1), ...cluster.said(CONTROLLER)]).toEqual([])
  })

  test.each<Direction>(['requests', 'answers'])('between a leader and the controller (%s)', async (direction) => {
    const { cluster, ledger } = await started()
    cluster.node(1).toController.block(direction)
    await cluster.until('retail', 2, { leaderId: 2, isrNodes: [2] })
    await ledger.more(5)
    await cluster.node(1).broker.running.warned(/no active controller/)
    cluster.node(1).toController.unblock()
    await cluster.until('retail', 1, { leaderId: 2, isrNodes: [1, 2] })
    await ledger.check(2)
    expect(cluster.said(CONTROLLER)).toEqual([FENCED])
    expect(cluster.said(1)).toEqual(lines(NO_CONTROLLER, CONTROLLER_AGAIN))
    expect(cluster.said(2)).toEqual([])
  })
})

describe('a process that stands still for longer than a session lasts', () => {
  test('is no leader any more when it goes on', async () => {
    const { cluster, ledger } = await started()
    cluster.node(1).broker.pause()
    await cluster.until('retail', 2, { leaderId: 2, isrNodes: [2] })
    await ledger.more(5)
    cluster.node(1).broker.resume()
    await cluster.until('retail', 1, { leaderId: 2, isrNodes: [1, 2] })
    await ledger.check(2)
    expect(cluster.said(CONTROLLER)).toEqual([FENCED])
    expect(cluster.said(2)).toEqual(lines(/cannot copy from broker 1: \S+ did not answer Fetch within 1500 ms$/))
  })

  test('costs no broker its place if it is the controller', async () => {
    const { cluster, ledger } = await started()
    cluster.controller.pause()
    for (const id of [1, 2]) await cluster.node(id).broker.running.warned(/no active controller/)
    await ledger.more(5)
    cluster.controller.resume()
    for (const id of [1, 2]) await cluster.node(id).broker.running.warned(/answers again/)
    await ledger.more(5)
    await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1, 2] })
    await ledger.check(1)
    expect(cluster.said(CONTROLLER)).toEqual([])
    for (const id of [1, 2]) expect(cluster.said(id)).toEqual(lines(NO_CONTROLLER, CONTROLLER_AGAIN))
  })
})

test('clocks that differ by days change nothing of who leads and who follows', async () => {
  const cluster = await LifeCluster.start(1, SETTINGS)
  closing.push(() => cluster.close())
  await cluster.add(2, { env: { NODE_OPTIONS: clockOff(3) } })
  await cluster.add(3, { env: { NODE_OPTIONS: clockOff(-3) } })
  await cluster.createTopic('retail', [[2, 1, 3]], { 'message.timestamp.type': 'LogAppendTime' })
  const ledger = await Ledger.open(cluster, 'retail')
  closing.push(() => ledger.close())
  await ledger.more(20)
  await cluster.until('retail', 1, { leaderId: 2, isrNodes: [1, 2, 3] })
  await cluster.node(2).broker.end('SIGKILL')
  await cluster.until('retail', 1, { leaderId: 1, isrNodes: [1, 3] })
  await ledger.more(20)
  await ledger.check(1)
})

/** Node with another time of the day. */
const clockOff = (days: number): string =>
  `--import=data:text/javascript,const%20now=Date.now;Date.now=()=>now()+${days * 86_400_000}`
