import { afterEach, expect, test } from 'vitest'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import { randomNumbers } from '../../../support/random.ts'
import { TestCluster, type TestNode } from './support.ts'

const IDS = [1, 2, 3]
const STEPS = 60
const SEEDS = Number(process.env['SEEDS'] ?? 20)
const FIRST_SEED = Number(process.env['SEED'] ?? 1)

let cluster: TestCluster

afterEach(() => cluster.close())

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
  'what was acknowledged survives whoever dies, and all replicas become one (seed %i)',
  async (seed) => {
    const random = randomNumbers(seed)
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
    cluster = await TestCluster.start(IDS, { 'replica.lag.time.max.ms': '1000' })
    cluster.createTopic(IDS, { 'min.insync.replicas': pick(['1', '2']) })
    const acknowledged: string[] = []
    const under: Promise<void>[] = []
    let written = 0
    const produce = (node: TestNode): void => {
      const value = `v${(written += 1)}`
      const acks = pick([-1, -1, -1, 1])
      const onAnswer = ({ errorCode }: { errorCode: number }): void => {
        if (acks === -1 && errorCode === 0) acknowledged.push(value)
      }
      under.push(node.produce([value], { acks, timeoutMs: 2000 }).then(onAnswer, () => {}))
    }
    const seen: (string | undefined)[] = []
    /** What somebody has read is there for ever, at the same place. */
    const consume = (node: TestNode): void => {
      if (!node.isUp) return
      const onRead = (values: readonly string[]): void =>
        values.forEach((value, offset) => expect((seen[offset] ??= value)).toBe(value))
      under.push(
        node.consume().then(onRead, (error: unknown) => void (error instanceof EnvironmentError || bugs.push(error))),
      )
    }
    const bugs: unknown[] = []
    const actions: (() => Promise<void> | void)[] = [
      ...Array.from({ length: 8 }, () => () => produce(cluster.node(pick(IDS)))),
      ...Array.from({ length: 8 }, () => () => {
        if (cluster.registration.leader > 0) produce(cluster.node(cluster.registration.leader))
      }),
      ...IDS.map((id) => () => consume(cluster.node(id))),
      () => {
        const up = IDS.filter((id) => cluster.node(id).isUp)
        if (up.length > 1) cluster.kill(pick(up))
      },
      async () => {
        const down = IDS.filter((id) => !cluster.node(id).isUp)
        if (down.length > 0) await cluster.revive(pick(down))
      },
      () => cluster.network.cut(cluster.node(pick(IDS)).port),
      () => void (cluster.node(pick(IDS)).isInformed = false),
      () => {
        for (const id of IDS) if (cluster.node(id).isUp && !cluster.node(id).isInformed) cluster.inform(id)
      },
      () => {
        const { isr, leader } = cluster.registration
        const others = isr.filter((id) => id !== leader && cluster.node(id).isUp)
        if (others.length > 0) cluster.change({ leader: pick(others) })
      },
    ]
    for (let step = 0; step < STEPS; step += 1) {
      await pick(actions)()
      await cluster.run(pick([0, 10, 10, 50, 300, 1500]))
    }
    for (const id of IDS) {
      cluster.node(id).isInformed = true
      if (cluster.node(id).isUp) cluster.inform(id)
      else await cluster.revive(id)
    }
    await cluster.finish(Promise.all(under))
    await cluster.until(() => cluster.registration.isr.length === IDS.length, 60_000)
    const leader = cluster.node(cluster.registration.leader)
    expect((await cluster.finish(leader.produce(['last']))).errorCode).toBe(0)
    await cluster.run(2000)
    const read = await cluster.finish(leader.consume())
    expect(read.at(-1)).toBe('last')
    expect(acknowledged.filter((value) => !read.includes(value))).toEqual([])
    expect(bugs).toEqual([])
    expect(seen).toEqual(read.slice(0, seen.length))
    for (const id of IDS) {
      expect(cluster.node(id).logBytes).toEqual(leader.logBytes)
      expect(cluster.node(id).partition.highWatermark).toBe(leader.partition.log.logEndOffset)
    }
  },
)
