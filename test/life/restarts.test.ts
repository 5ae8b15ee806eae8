import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

const ROUND = 5
const IMPATIENT = ['--command-property', 'request.timeout.ms=2000']

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterAll(() => broker.close())

const started = new Set<Running>()
afterEach(() => {
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
})
const start = (tool: string, args: readonly string[]): Running => {
  const running = startTool(tool, [...args, '--bootstrap-server', broker.bootstrap])
  started.add(running)
  return running
}
const run = (...args: readonly string[]) => runTool('kts', [...args, '-b', broker.bootstrap])

async function makeTopic(topic: string): Promise<void> {
  expect(await run('topics', '--create', '--topic', topic)).toMatchObject({ code: 0 })
}

/** Records `1`, `2`, … of a round each. */
async function produce(topic: string, round: number): Promise<void> {
  const input = Array.from({ length: ROUND }, (_, index) => `${(round - 1) * ROUND + index + 1}\n`).join('')
  expect(await runTool('kts', ['produce', '-t', topic, '-b', broker.bootstrap], { input })).toMatchObject({ code: 0 })
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

/** What becomes of a broker, as far as those see that read from it. */
const TROUBLES: readonly (readonly [name: string, trouble: () => Promise<void>])[] = [
  ['SIGTERM', () => broker.restart('SIGTERM')],
  ['SIGINT', () => broker.restart('SIGINT')],
  ['SIGKILL', () => broker.restart('SIGKILL')],
]

const valuesOf = (stdout: string): number[] =>
  stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.startsWith('{') ? (JSON.parse(line) as { value: string }).value : line))

describe('whatever reads outlives restarts and hangs of its broker, and loses nothing', () => {
  test('consumers of every kind', { timeout: 120_000 }, async () => {
    await makeTopic('pin')
    const consumers = new Map(
      Object.entries({
        plain: start('kts', ['consume', '-t', 'pin', '--from-beginning', ...IMPATIENT]),
        json: start('kts', ['consume', '-t', 'pin', '--from-beginning', '--json', ...IMPATIENT]),
        include: start('kts', ['consume', '--include', 'pi.', '--from-beginning', ...IMPATIENT]),
        partition: start('kts', ['consume', '-t', 'pin', '-p', '0', '-o', '0', ...IMPATIENT]),
        classic: start('kts', ['consume', '-t', 'pin', '-g', 'classic', '--from-beginning', ...IMPATIENT]),
        consumer: start('kts', [
          'consume',
          '-t',
          'pin',
          '-g',
          'new',
          '--from-beginning',
          '--command-property',
          'group.protocol=consumer',
          ...IMPATIENT,
        ]),
        dropIn: start('kafka-console-consumer', [
          '--topic',
          'pin',
          '--from-beginning',
          '--timeout-ms',
          '90000',
          ...IMPATIENT,
        ]),
        dropInGroup: start('kafka-console-consumer', [
          '--topic',
          'pin',
          '--from-beginning',
          '--group',
          'old',
          ...IMPATIENT,
        ]),
      }),
    )
    const counted = start('kts', ['consume', '-t', 'pin', '--from-beginning', '-c', String(5 * ROUND), ...IMPATIENT])
    await produce('pin', 1)
    const have = (count: number): Promise<unknown> =>
      Promise.all([...consumers.values()].map(({ said }) => said(new RegExp(`(^|\\D)${count}(\\D|$)`))))
    await have(ROUND)
    let round = 1
    for (const [, trouble] of TROUBLES) {
      await trouble()
      await produce('pin', (round += 1))
      await have(round * ROUND)
    }
    broker.pause()
    await Promise.all(
      [...consumers.values()].map(({ warned }) => warned(/has not answered (.|\n)*has not answered .* within/)),
    )
    broker.resume()
    await produce('pin', (round += 1))
    await have(round * ROUND)
    expect(await counted.finished).toMatchObject({
      code: 0,
      stdout: upTo(round * ROUND)
        .map((value) => `${value}\n`)
        .join(''),
    })
    for (const [name, { child, finished }] of consumers) {
      child.kill('SIGINT')
      const { stdout, stderr, code } = await finished
      expect([name, code]).toEqual([name, 130])
      expect(stderr).toMatch(/(Lost the broker at|Cannot reach) (.|\n)*reading on/)
      // A member of a group may be told to begin again at its last commit; whoever reads alone is not.
      const isMember = /classic|consumer|Group/.test(name)
      expect(isMember ? [...new Set(valuesOf(stdout))] : valuesOf(stdout)).toEqual(upTo(round * ROUND))
    }
  })

  test('kts pipe, whose copy is exact', { timeout: 120_000 }, async () => {
    await makeTopic('from')
    await makeTopic('to')
    const pipe = start('kts', ['pipe', '--from', 'from', '--to', 'to', '--group', 'p', '--transactional-id', 'p'])
    const reader = start('kts', ['consume', '-t', 'to', '--from-beginning', '--isolation-level', 'read_committed'])
    let round = 0
    for (const [, trouble] of [['none', async () => {}] as const, ...TROUBLES]) {
      await trouble()
      await produce('from', (round += 1))
      await reader.said(new RegExp(`(^|\\n)${round * ROUND}\\n`))
    }
    pipe.child.kill('SIGTERM')
    expect(await pipe.finished).toMatchObject({
      code: 143,
      stderr: expect.stringMatching(/(Lost the broker at|Cannot reach) /),
    })
    const { stdout } = await run('consume', '-t', 'to', '--to-end', '--isolation-level', 'read_committed')
    expect(valuesOf(stdout)).toEqual(upTo(round * ROUND))
  })

  test('measurements, and those end where they have their count', { timeout: 120_000 }, async () => {
    await makeTopic('perf')
    const tests = [
      start('kts', ['perf', 'consume', '-t', 'perf', '-n', String(3 * ROUND), '--timeout', '60000']),
      start('kafka-consumer-perf-test', ['--topic', 'perf', '--num-records', String(3 * ROUND), '--timeout', '60000']),
    ]
    // Under Apache's name it says how far it is.
    const options = ['--topic', 'e2e', '--num-records', '10000000', '--producer-acks', '1', '--record-size', '10']
    const probe = start('kafka-e2e-latency', options)
    await probe.said(/^0\t/m)
    await produce('perf', 1)
    for (const round of [2, 3]) {
      await broker.restart('SIGKILL')
      await produce('perf', round)
    }
    for (const { finished } of tests)
      expect(await finished).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`\\b${3 * ROUND}\\b`)) })
    const before = probe.output().stdout.length
    await probe.said(new RegExp(`^[^]{${before},}\\n\\d+000\\t`))
    probe.child.kill('SIGINT')
    expect(await probe.finished).toMatchObject({ code: 130 })
  })

  test('kts groups --describe --watch, which says once what is wrong', { timeout: 60_000 }, async () => {
    const consumer = start('kts', ['consume', '-t', 'pin', '-g', 'watched', '--from-beginning'])
    await consumer.said(/1\n/)
    const watch = start('kts', ['groups', '--describe', '--group', 'watched', '--watch', '1', '--json'])
    await watch.said(/"watched"/)
    await broker.end('SIGKILL')
    await watch.warned(/trying again/)
    await broker.start()
    const { length } = watch.output().stdout
    await watch.said(new RegExp(`^[^]{${length},}"watched"`))
    const lines = watch.output().stderr.trim().split('\n')
    expect(new Set(lines).size).toBe(lines.length)
    watch.child.kill('SIGINT')
    expect(await watch.finished).toMatchObject({ code: 130 })
  })
})
