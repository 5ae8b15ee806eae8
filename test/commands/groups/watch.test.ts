import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments, type Document } from 'yaml'
import { groups } from '../../../src/commands/groups/index.ts'
import { RateWindow } from '../../../src/lib/overview/rates.ts'
import { watchLines } from '../../../src/commands/groups/watch-view.ts'
import type { GroupLag, PartitionLag } from '../../../src/lib/overview/group-lag.ts'
import type { Timer } from '../../../src/lib/clock.ts'
import { createContext } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { Cluster } from './cluster.ts'
import { startCommand, readValues } from '../../support/run-command.ts'

const partition = (number: number, currentOffset: number | null, logEndOffset: number): PartitionLag => ({
  topic: 'retail',
  partition: number,
  leaderEpoch: null,
  member: null,
  logEndOffset: BigInt(logEndOffset),
  currentOffset: currentOffset === null ? null : BigInt(currentOffset),
  lag: currentOffset === null ? null : BigInt(logEndOffset - currentOffset),
})

const group = (...partitions: PartitionLag[]): GroupLag => ({
  groupId: 'shop',
  error: null,
  partitions,
  described: {
    groupId: 'shop',
    error: null,
    coordinator: null,
    description: {
      groupId: 'shop',
      type: 'Classic',
      state: 'Empty',
      assignor: '',
      groupEpoch: null,
      assignmentEpoch: null,
      members: [],
    },
  },
})

describe('rates', () => {
  it('are not known at first, and then those of the last half minute', () => {
    const window = new RateWindow()
    expect(window.add(0, [group(partition(0, 0, 1000))])[0]).toMatchObject({
      lag: 1000n,
      consumedPerSecond: null,
      secondsToCatchUp: null,
    })
    expect(window.add(10_000, [group(partition(0, 500, 1200))])[0]).toMatchObject({
      lag: 700n,
      consumedPerSecond: 50,
      producedPerSecond: 20,
      secondsToCatchUp: 700 / 30,
    })
    // The first sample is too old by now.
    expect(window.add(35_000, [group(partition(0, 500, 1200))])[0]!.partitions[0]).toMatchObject({
      consumedPerSecond: 0,
      producedPerSecond: 0,
      secondsToCatchUp: null,
    })
  })

  it('add up over the partitions', () => {
    const window = new RateWindow()
    window.add(0, [group(partition(0, 0, 100), partition(1, 100, 100), partition(2, null, 5))])
    const [seen] = window.add(10_000, [group(partition(0, 50, 100), partition(1, 150, 200), partition(2, null, 5))])
    expect(seen).toMatchObject({ lag: 100n, consumedPerSecond: 10, producedPerSecond: 10, secondsToCatchUp: null })
    expect(seen!.partitions.map(({ secondsToCatchUp }) => secondsToCatchUp)).toEqual([10, null, null])
  })

  it('begin anew after a jump back', () => {
    const window = new RateWindow()
    window.add(0, [group(partition(0, 100, 100))])
    expect(window.add(1000, [group(partition(0, 0, 100))])[0]!.partitions[0]).toMatchObject({ consumedPerSecond: null })
    expect(window.add(2000, [group(partition(0, 40, 100))])[0]!.partitions[0]).toMatchObject({
      consumedPerSecond: 40,
      secondsToCatchUp: 1.5,
    })
  })

  it('say that there is nothing to catch up with, whatever the pace', () => {
    expect(new RateWindow().add(0, [group(partition(0, 7, 7))])[0]).toMatchObject({
      secondsToCatchUp: 0,
      consumedPerSecond: null,
    })
  })
})

describe('the table', () => {
  const seen = (seconds: number, before: PartitionLag[], after: PartitionLag[], most?: number): string[] => {
    const window = new RateWindow()
    window.add(0, [group(...before)])
    return watchLines(window.add(seconds * 1000, [group(...after)]), most)
  }

  it.each([
    [90, 0, 100, 10, 100, '13 min 30 s'],
    [1, 0, 10, 9, 10, '1 s'],
    [10, 0, 1e6, 100, 1e6, '1 d 3 h'],
    [10, 0, 1e5, 100, 1e5, '2 h 46 min'],
    [10, 0, 100, 10, 200, 'growing'],
    [10, 5, 100, 5, 100, 'standing'],
    [10, 0, 5, 5, 5, '0 s'],
  ])('after %d s from %d of %d to %d of %d says %s', (seconds, from, fromEnd, to, toEnd, expected) => {
    expect(seen(seconds, [partition(0, from, fromEnd)], [partition(0, to, toEnd)])[1]).toMatch(
      new RegExp(` ${expected}$`),
    )
  })

  it('leaves out the least lag where there is no room for all', () => {
    const partitions = [partition(0, 0, 1), partition(1, 0, 30), partition(2, 0, 20), partition(3, 0, 2)]
    const lines = seen(1, partitions, partitions, 5)
    expect(lines).toHaveLength(5)
    expect(lines.slice(1).map((line) => line.split(/ +/)[2])).toEqual(['1', '2', '53', 'more'])
  })
})

describe('--watch', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await Cluster.start()
    await cluster.createTopic('retail', [100])
    await cluster.commit('shop', { 'retail-0': 0 })
  })
  afterAll(() => cluster.stop())

  /** Knows when the watch waits for its next turn, which is every 7 seconds here. */
  class TurnClock extends FakeClock {
    turns = 0
    override after(delayMs: number, action: () => void): Timer {
      if (delayMs === 7000) this.turns += 1
      return super.after(delayMs, action)
    }
  }

  function start(args: readonly string[], options: { isTTY?: boolean; env?: Record<string, string> } = {}) {
    const clock = new TurnClock()
    const world = createContext({ clock, program: 'kts groups', ...options })
    const line = ['--describe', '--bootstrap-server', cluster.broker.bootstrapServers, ...args]
    const ended = startCommand(groups, line, world.context)
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve))
    }
    const lines = (): number => world.stdout().split('\n').length - 1
    /** Lets the next turn begin once this one is over, and the one after it be waited for. */
    const turn = async (): Promise<void> => {
      const { turns } = clock
      clock.advance(7000)
      await until(() => clock.turns > turns)
    }
    return { ...world, ended, until, lines, turn, begun: () => until(() => clock.turns === 1) }
  }

  it('writes a line of JSON a group and turn, until the signal', async () => {
    const watch = start(['--group', 'shop', '--watch', '7', '--json'])
    await watch.begun()
    await cluster.commit('shop', { 'retail-0': 70 })
    await watch.turn()
    watch.abort('SIGINT')
    expect(await watch.ended).toBe(0)
    const [first, second] = watch
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first).toMatchObject({
      time: '2023-11-14T22:13:20.000Z',
      group: 'shop',
      state: 'Empty',
      members: 0,
      lag: 100,
      consumedPerSecond: null,
      partitions: [{ topic: 'retail', lag: 100 }],
    })
    expect(second).toMatchObject({
      time: '2023-11-14T22:13:27.000Z',
      lag: 30,
      consumedPerSecond: 10,
      producedPerSecond: 0,
      secondsToCatchUp: 3,
      partitions: [{ currentOffset: 70, secondsToCatchUp: 3 }],
    })
    expect([watch.stderr(), watch.lines()]).toEqual(['', 2])
  })

  it('writes a document of YAML a group and turn', async () => {
    const watch = start(['--group', 'shop', '--watch', '7', '--output', 'yaml'])
    await watch.begun()
    await watch.turn()
    watch.abort('SIGINT')
    await watch.ended
    const documents = parseAllDocuments(watch.stdout()) as Document[]
    expect(documents.map((document) => (document.toJS() as { time: string }).time)).toEqual([
      '2023-11-14T22:13:20.000Z',
      '2023-11-14T22:13:27.000Z',
    ])
  })

  it('draws over what it drew before on a terminal', async () => {
    const watch = start(['--group', 'shop', '--watch', '7'], { isTTY: true })
    await watch.begun()
    await watch.turn()
    watch.abort('SIGINT')
    await watch.ended
    const [first, second] = watch.stdout().split('\u001b[J\u001b[?7h') as [string, string]
    expect(first).toMatch(
      /^\u001b\[\?7l\r2023-11-14T22:13:20.000Z, every 7 s; Ctrl-C ends\u001b\[K\n\rGROUP +TOPIC .* CATCH UP +CLIENT/,
    )
    expect(first).toContain(' total ')
    expect(second.startsWith('\u001b[4A\u001b[?7l\r2023-11-14T22:13:27.000Z')).toBe(true)
  })

  it.each([[{}], [{ isTTY: true, env: { TERM: 'dumb' } }]])(
    'writes one table below the other where nothing can be redrawn %j',
    async (options) => {
      const watch = start(['--group', 'shop', '--watch', '7'], options)
      await watch.begun()
      await watch.turn()
      watch.abort('SIGINT')
      await watch.ended
      expect(watch.stdout()).not.toContain('\u001b')
      expect(watch.lines()).toBe(10)
    },
  )

  it('is an error when none of the groups is there', async () => {
    const watch = start(['--group', 'nobody', '--watch'])
    expect(await watch.ended).toBe(1)
    expect(watch.stderr()).toContain('Cannot watch group nobody')
  })

  it('goes on while the broker is away, and says so', async () => {
    const watch = start(['--group', 'shop', '--watch', '7', '--json'])
    await watch.begun()
    await cluster.restart(watch.turn)
    expect(watch.stderr()).toMatch(/^kts groups: .*; trying again\n$/)
    expect(watch.lines()).toBe(1)
    await watch.turn()
    watch.abort('SIGINT')
    expect(await watch.ended).toBe(0)
    expect(watch.lines()).toBe(2)
  })

  it.each([
    ['--watch', '0'],
    ['--watch', '--members'],
    ['--watch', '--state'],
  ])('refuses %s %s', (...args) => {
    expect(() => readValues(groups, ['--describe', '--group', 'g', ...args])).toThrow(/--watch/)
  })
})
