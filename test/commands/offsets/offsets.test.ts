import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { offsets } from '../../../src/commands/offsets/index.ts'
import { partitionFilter } from '../../../src/commands/offsets/select.ts'
import { parseTime } from '../../../src/commands/offsets/time.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { ListOffsets } from '../../../src/lib/protocol/apis/list-offsets.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand } from '../../support/run-command.ts'

describe('partitionFilter', () => {
  const all = ['x', 'y', 'xy'].flatMap((topic) => [0, 1, 2, 3].map((partition) => [topic, partition] as const))
  const picked = (selection: Parameters<typeof partitionFilter>[0]): string[] =>
    all
      .filter(([topic, partition]) => partitionFilter(selection, 'drop-in')(topic, partition))
      .map(([topic, partition]) => `${topic}${partition}`)

  it.each([
    [{}, all.map(([topic, partition]) => `${topic}${partition}`)],
    [{ topic: 'x' }, ['x0', 'x1', 'x2', 'x3']],
    [{ topic: 'x.?', partitions: '1' }, ['x1', 'xy1']],
    [{ partitions: '0,3' }, ['x0', 'x3', 'y0', 'y3', 'xy0', 'xy3']],
    [{ topicPartitions: 'x:1' }, ['x1']],
    [{ topicPartitions: 'x:1-3' }, ['x1', 'x2']],
    [{ topicPartitions: 'x:2-' }, ['x2', 'x3']],
    [{ topicPartitions: 'x:-2' }, ['x0', 'x1']],
    [{ topicPartitions: 'x:-' }, ['x0', 'x1', 'x2', 'x3']],
    [{ topicPartitions: 'x:' }, ['x0', 'x1', 'x2', 'x3']],
    [{ topicPartitions: ':3' }, ['x3', 'y3', 'xy3']],
    [{ topicPartitions: 'y,x:4-,x.:0' }, ['y0', 'y1', 'y2', 'y3', 'xy0']],
  ])('%j', (selection, expected) => expect(picked(selection)).toEqual(expected))

  it.each([
    { partitions: 'a' },
    { partitions: '1,' },
    { topicPartitions: 'x:one' },
    { topicPartitions: 'x:1:2' },
    { topic: '*' },
  ])('refuses %j', (selection) => expect(() => partitionFilter(selection, 'drop-in')).toThrow(UserError))

  it('takes names for names under kts, and no empty ones', () => {
    const names = (topic: string) => ['a.b', 'a-b', 'aXb'].filter((name) => partitionFilter({ topic }, 'kts')(name, 0))
    expect([names('a.b'), names('(a.b)'), names('a.b,aX.?')]).toEqual([['a.b'], ['a.b', 'a-b', 'aXb'], ['a.b', 'aXb']])
    expect(partitionFilter({ topicPartitions: 'a.b:0' }, 'kts')('aXb', 0)).toBe(false)
    expect(() => partitionFilter({ topicPartitions: ':3' }, 'kts')).toThrow(UserError)
  })
})

describe('parseTime', () => {
  it.each([
    ['latest', -1n],
    ['-2', -2n],
    ['max-timestamp', -3n],
    ['earliest-local', -4n],
    ['-5', -5n],
    ['earliest-pending-upload', -6n],
    ['0', 0n],
    ['1700000000000', 1_700_000_000_000n],
  ])('%s is %s', (text, timestamp) => expect(parseTime(text)).toBe(timestamp))

  it('reads dates where it may', () => {
    expect(parseTime('2026-01-31T12:00:00Z', 0)).toBe(1_769_860_800_000n)
    expect(() => parseTime('2026-01-31T12:00:00Z')).toThrow(UserError)
  })

  it.each(['soon', '-9', '-7', '', '1.5', '9223372036854775808', '2026-13-01'])('refuses "%s"', (text) =>
    expect(() => parseTime(text, 0)).toThrow(UserError),
  )
})

describe('kts offsets', () => {
  let broker: FakeBroker

  beforeEach(async () => {
    broker = await FakeBroker.start()
    const partitions = (count: number) =>
      Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, leaderId: 1 }))
    broker.on(Metadata, () =>
      broker.metadata([
        { name: 'x', partitions: partitions(11) },
        { name: 'a', partitions: partitions(1) },
        { name: '__consumer_offsets', isInternal: true, partitions: partitions(1) },
      ]),
    )
    broker.on(ListOffsets, ({ topics }) => ({
      topics: topics.map(({ name, partitions: asked }) => ({
        name,
        partitions: asked.map(({ partitionIndex }) =>
          partitionIndex === 3
            ? { partitionIndex, errorCode: 29 }
            : { partitionIndex, offset: partitionIndex === 4 ? -1n : 7n },
        ),
      })),
    }))
  })
  afterEach(() => broker.stop())

  const run = (style: 'kts' | 'drop-in', ...args: string[]) =>
    runCommand(offsets as unknown as Command, ['--bootstrap-server', broker.address, ...args], { style })

  it("sorts as Apache's tool does, and by number under kts", async () => {
    expect((await run('drop-in', '--topic', 'x', '--partitions', '2,10,0')).text).toBe('x:0:7\nx:10:7\nx:2:7\n')
    expect((await run('kts', '--topic', 'x', '--partitions', '2,10,0')).text).toBe('x:0:7\nx:2:7\nx:10:7\n')
    expect((await run('drop-in', '--exclude-internal-topics', '--partitions', '0')).text).toBe('a:0:7\nx:0:7\n')
  })

  it('takes topics as words', async () => {
    expect((await run('kts', 'x', 'a', '-p', '0')).text).toBe('a:0:7\nx:0:7\n')
    await expect(async () => await run('kts', 'x', '--topic', 'a')).rejects.toThrow('say the same')
  })

  it('asks for the offset at a time', async () => {
    await run('drop-in', '--topic', 'a', '--time', 'earliest')
    expect(broker.requests(ListOffsets)).toMatchObject([
      { request: { topics: [{ name: 'a', partitions: [{ timestamp: -2n }] }] } },
    ])
  })

  it('leaves out what has no such offset, and names what failed', async () => {
    const [apache, own] = [
      await run('drop-in', '--topic', 'x', '--partitions', '3,4,5'),
      await run('kts', '--topic', 'x', '--partitions', '3,4,5'),
    ]
    expect([apache.text, apache.exitCode]).toEqual(['x:5:7\n', 0])
    expect(own).toMatchObject({
      data: [{ topic: 'x', partition: 5, offset: 7n, timestamp: null }],
      exitCode: 1,
      stderr: expect.stringContaining('x-3') as string,
    })
    expect(own.stderr).toContain('TOPIC_AUTHORIZATION_FAILED')
  })

  it('fails when nothing fits, and when both selections are given', async () => {
    await expect(run('drop-in', '--topic', 'none')).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
    await expect(run('drop-in', '--topic-partitions', 'x', '--partitions', '0')).rejects.toThrow(UserError)
  })
})
