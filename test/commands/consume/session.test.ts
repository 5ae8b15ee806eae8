import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { makeFormatter } from '../../../src/commands/consume/formatters/index.ts'
import { printRecords, type Session } from '../../../src/commands/consume/session.ts'
import {
  consumerSettings,
  DirectAssignment,
  EARLIEST,
  topicsNamed,
  type Assignment,
} from '../../../src/lib/client/consumer/index.ts'
import type { Context } from '../../../src/lib/command/define.ts'
import { EnvironmentError } from '../../../src/lib/errors.ts'
import { Voice } from '../../../src/lib/output/voice.ts'
import { createContext } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeCluster } from '../../lib/client/consumer/fake-cluster.ts'
import { keepTime } from '../../lib/client/consumer/reading.ts'

const LONG = 'org.apache.kafka.common.serialization.LongDeserializer'

function prepare(
  cluster: FakeCluster,
  options: Partial<Session> & {
    style?: Context['style']
    properties?: Record<string, string>
    stdout?: Writable
    isTTY?: boolean
  } = {},
) {
  const clock = new FakeClock()
  cluster.clock = clock
  const { context, stdout, stderr, abort } = createContext({
    style: options.style ?? 'kts',
    program: 'consume',
    clock,
    isTTY: options.isTTY ?? false,
  })
  const closed: boolean[] = []
  const session: Session = {
    client: cluster,
    settings: consumerSettings(new Map()),
    maxRecords: Infinity,
    idleMs: Infinity,
    skipsBadRecords: false,
    announcesEnd: false,
    waitsForTopics: true,
    filter: undefined,
    isRaw: false,
    showsProgress: false,
    formatter: makeFormatter('org.apache.kafka.tools.consumer.DefaultMessageFormatter', {
      properties: new Map(Object.entries(options.properties ?? {})),
      log() {},
    }),
    assign(parts) {
      const direct = new DirectAssignment(parts, {
        subscription: topicsNamed(['t']),
        partitions: undefined,
        start: EARLIEST,
        autoOffsetReset: 'latest',
      })
      return Object.assign(direct, { close: async (isPrinted: boolean) => void closed.push(isPrinted) }) as Assignment
    },
    ...options,
  }
  const all: Context = options.stdout ? { ...context, stdout: options.stdout } : context
  async function run(): Promise<number> {
    const stopTime = keepTime(clock)
    return printRecords(session, all, new Voice(all)).finally(stopTime)
  }
  return { run, stdout, stderr, abort, closed, clock }
}

function topic(...values: string[]): FakeCluster {
  const cluster = new FakeCluster().addTopic('t')
  return values.length === 0 ? cluster : cluster.append('t', 0, values)
}

describe('printing records', () => {
  it('ends at the limit, and counts on stderr', async () => {
    const { run, stdout, stderr, closed } = prepare(topic('a', 'b', 'c'), { maxRecords: 2 })
    expect(await run()).toBe(0)
    expect(stdout()).toBe('a\nb\n')
    expect(stderr()).toBe('Processed a total of 2 messages\n')
    expect(closed).toEqual([true])
  })

  it('tells a terminal how far it is, unless the records go there too', async () => {
    const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
    const waits = { idleMs: 1000, isTTY: true, maxRecords: 4 }
    const beside = prepare(topic('a', 'b'), { ...waits, stdout: nowhere() })
    await beside.run()
    expect(beside.stderr()).toMatch(
      /^(\r.*2 records consumed, .* left.*)+\r\u001b\[KProcessed a total of 2 messages\n$/,
    )
    const [among, asApache] = [
      prepare(topic('a', 'b'), waits),
      prepare(topic('a', 'b'), { ...waits, style: 'drop-in', stdout: nowhere() }),
    ]
    for (const { run } of [among, asApache]) await run()
    expect([among.stderr(), asApache.stderr()]).toEqual([
      'Processed a total of 2 messages\n',
      'Processed a total of 2 messages\n',
    ])
  })

  it('prints nothing with a limit of 0', async () => {
    const { run, stdout, stderr } = prepare(topic('a'), { maxRecords: 0 })
    expect(await run()).toBe(0)
    expect(stdout() + stderr()).toBe('Processed a total of 0 messages\n')
  })

  it('ends when nothing has come for a while, counted from the last record', async () => {
    const cluster = topic('a')
    const { run, stdout, clock } = prepare(cluster, { idleMs: 1000 })
    const startedAt = clock.now()
    clock.after(800, () => cluster.append('t', 0, ['b']))
    expect(await run()).toBe(0)
    expect(stdout()).toBe('a\nb\n')
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(1800)
  })

  it('prints what there is before it waits for more', async () => {
    const { run, stdout, abort } = prepare(topic('a'))
    const running = run()
    while (stdout() === '') await new Promise(setImmediate)
    expect(stdout()).toBe('a\n')
    abort('SIGINT')
    expect(await running).toBe(0)
  })

  it("announces its end where Kafka's system tests ask for it", async () => {
    const { run, stdout } = prepare(topic('a'), { maxRecords: 1, announcesEnd: true })
    await run()
    expect(stdout()).toBe('a\nshutdown_complete\n')
  })
})

describe('an end before its time', () => {
  it('is prompt after a signal', async () => {
    const { run, abort, closed } = prepare(topic())
    const running = run()
    await new Promise(setImmediate)
    abort('SIGINT')
    expect(await running).toBe(0)
    expect(closed).toEqual([true])
  })

  it('waits only a moment for a reader that stands still, and then commits nothing', async () => {
    const stdout = new Writable({ write() {} })
    const { run, abort, closed, clock } = prepare(topic('a'), { stdout })
    const running = run()
    while (stdout.writableLength === 0) await new Promise(setImmediate)
    const abortedAt = clock.now()
    abort('SIGTERM')
    await running
    expect(clock.now() - abortedAt).toBeLessThan(1000)
    expect(closed).toEqual([false])
  })

  it('is quiet when the reader has gone', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })),
    })
    const { run, stderr, closed } = prepare(topic('a'), { stdout })
    expect(await run()).toBe(0)
    expect(stderr()).toBe('Processed a total of 1 messages\n')
    expect(closed).toEqual([false])
  })

  it('names a record that cannot be shown, and prints those before it', async () => {
    const { run, stdout, stderr } = prepare(topic('8 bytes!', 'no'), { properties: { 'value.deserializer': LONG } })
    await expect(run()).rejects.toThrow(
      new EnvironmentError('The record at offset 1 of t-0 cannot be shown: LongDeserializer wants 8 bytes, not 2'),
    )
    expect(stdout()).toBe('4044340739162075937\n')
    expect(stderr()).toBe('Processed a total of 2 messages\n')
  })

  it('does not come for such a record with --skip-message-on-error', async () => {
    const { run, stdout, stderr } = prepare(topic('no', '8 bytes!'), {
      properties: { 'value.deserializer': LONG },
      skipsBadRecords: true,
      maxRecords: 2,
    })
    expect(await run()).toBe(0)
    expect(stdout()).toBe('4044340739162075937\n')
    expect(stderr()).toContain('consume: The record at offset 0 of t-0 cannot be shown')
  })
})

describe('an error of the consumer', () => {
  const broken = (): FakeCluster => {
    const cluster = topic('a')
    cluster.partition('t').fetchErrors.push('TOPIC_AUTHORIZATION_FAILED')
    return cluster
  }

  it('is one under kts', async () => {
    await expect(prepare(broken()).run()).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
  })

  it("ends Apache's tool well, with a line on stderr", async () => {
    const { run, stdout, stderr } = prepare(broken(), { style: 'drop-in' })
    expect(await run()).toBe(0)
    expect(stdout()).toBe('')
    expect(stderr()).toMatch(/^consume: .*TOPIC_AUTHORIZATION_FAILED\nProcessed a total of 0 messages\n$/)
  })
})
