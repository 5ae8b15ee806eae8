import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runTool, startTool, type Running } from '../support/kts.ts'
import { freePort, LifeBroker } from './support/broker.ts'
import { Gate } from './support/gate.ts'
import { KEYS, Screen } from './support/screen.ts'

const started = new Set<Running>()
afterEach(() => {
  for (const { child } of started) child.kill('SIGKILL')
  started.clear()
})
const start = (...args: Parameters<typeof startTool>): Running => {
  const running = startTool(...args)
  started.add(running)
  return running
}

/** Three seconds are the promise; a machine under load takes as long again to start a process. */
const SOON_MS = 10_000

/** What was written to stderr once it fits; rejects when that takes longer than anybody waits without a word. */
async function warnedSoon(running: Running, pattern: RegExp): Promise<string> {
  const since = Date.now()
  const text = await running.warned(pattern)
  expect(Date.now() - since).toBeLessThan(SOON_MS)
  return text
}

const count = (text: string, pattern: RegExp): number => text.match(new RegExp(pattern, 'g'))?.length ?? 0

describe('a broker whose advertised address', () => {
  let gate: Gate
  let broker: LifeBroker
  let gatePort: number
  beforeAll(async () => {
    const port = await freePort()
    gate = await Gate.open(port)
    broker = await LifeBroker.start({
      port,
      settings: { listeners: `PLAINTEXT://127.0.0.1:${port}`, 'advertised.listeners': `PLAINTEXT://${gate.address}` },
    })
    expect(await runTool('kts', ['topics', '--create', '--topic', 't', '-b', broker.bootstrap])).toMatchObject({
      code: 0,
    })
    gatePort = gate.port
  })
  afterAll(async () => {
    await broker.close()
    await gate.close()
  })

  const commands: [string, string[], string?][] = [
    ['kts', ['produce', '--topic', 't', '-b']],
    ['kts', ['produce', '--topic', 't', '--transactional-id', 'x', '-b']],
    ['kafka-console-producer', ['--topic', 't', '--bootstrap-server']],
    ['kts', ['perf', 'produce', '-t', 't', '-n', '3', '--record-size', '10', '-b']],
    [
      'kafka-producer-perf-test',
      ['--topic', 't', '--num-records', '3', '--throughput', '-1', '--record-size', '10', '--bootstrap-server'],
    ],
    ['kts', ['pipe', '--from', 't', '--to', 'u', '-g', 'g', '--transactional-id', 'p', '-b']],
  ]

  describe('refuses', () => {
    beforeAll(() => gate.refuse())
    afterAll(() => gate.reopen(gatePort))

    test.each(commands)(
      '%s %o says so once, with the address, and gives up five seconds after SIGTERM',
      async (tool, args) => {
        const running = start(tool, [...args, broker.bootstrap])
        running.child.stdin.end('a\n')
        await warnedSoon(
          running,
          new RegExp(`Cannot reach broker 1 at 127\\.0\\.0\\.1:${gatePort}, .*advertised\\.listeners.*; trying again`),
        )
        running.child.kill('SIGTERM')
        expect(await running.warned(/gives up after 5 s/)).toMatch(
          new RegExp(`: waiting for .*\\(cannot reach broker 1 at 127\\.0\\.0\\.1:${gatePort}`),
        )
        const { code, stderr } = await running.finished
        expect(code).toBe(143)
        expect(stderr).toMatch(
          new RegExp(`given up 5 s after SIGTERM: cannot reach broker 1 at 127\\.0\\.0\\.1:${gatePort}`),
        )
        expect(count(stderr, /trying again/)).toBe(1)
      },
    )

    test('what is lost in the end is named with the reason', async () => {
      const args = [
        'produce',
        '--topic',
        't',
        '-b',
        broker.bootstrap,
        '--command-property',
        'delivery.timeout.ms=1500',
        '--command-property',
        'request.timeout.ms=1000',
      ]
      const { code, stderr } = await runTool('kts', args, { input: 'a\nb\n' })
      expect(code).toBe(1)
      expect(stderr).toMatch(
        new RegExp(
          `lines 1 to 2 were not sent: REQUEST_TIMED_OUT: not delivered within 1500 ms .*: cannot reach broker 1 at 127\\.0\\.0\\.1:${gatePort}`,
        ),
      )
    })

    test.each([
      ['kts', ['produce', '--topic', 't', '-b'], 'kts produce: '],
      ['kafka-console-producer', ['--topic', 't', '--bootstrap-server'], 'kafka-console-producer: '],
    ])('a second signal ends %s at once, and the lines that are lost are named', async (tool, args, prefix) => {
      const running = start(tool, [...args, broker.bootstrap])
      running.child.stdin.write('a\nb\n')
      await running.warned(/2 lines wait/)
      running.child.kill('SIGINT')
      await running.warned(/waiting for 2 lines .*Ctrl-C again gives up/)
      running.child.kill('SIGINT')
      const { code, stderr } = await running.finished
      expect(code).toBe(130)
      expect(stderr).toContain(
        `${prefix}lines 1 to 2 were not sent: REQUEST_TIMED_OUT: interrupted by a second signal: cannot reach broker 1 at 127.0.0.1:${gatePort}`,
      )
    })
  })

  describe('is silent', () => {
    beforeAll(() => gate.block())
    afterAll(() => gate.unblock())

    const silent = () =>
      new RegExp(
        `Cannot reach broker 1 at 127\\.0\\.0\\.1:${gatePort}, .*advertised\\.listeners.*: no answer yet; waiting`,
      )

    test.each(commands)('%s %o says so', async (tool, args) => {
      const running = start(tool, [...args, broker.bootstrap])
      running.child.stdin.end('a\n')
      await warnedSoon(running, silent())
      running.child.kill('SIGTERM')
      running.child.kill('SIGTERM')
    })

    test('is told once, however often it is tried again', async () => {
      const running = start('kts', [
        'produce',
        '--topic',
        't',
        '-b',
        broker.bootstrap,
        '--command-property',
        'delivery.timeout.ms=9000',
        '--command-property',
        'request.timeout.ms=2000',
      ])
      running.child.stdin.end('a\n')
      const { code, stderr } = await running.finished
      expect(code).toBe(1)
      expect(count(stderr, silent())).toBe(1)
      expect(count(stderr, /trying again/)).toBe(1)
    })
  })
})

describe('a broker that goes away', () => {
  let broker: LifeBroker
  beforeAll(async () => {
    broker = await LifeBroker.start()
  })
  afterAll(() => broker.close())

  test('while lines come: what waits is said at once, sent when it is back, and said again when it goes another time', async () => {
    const topic = 'comes-back'
    await runTool('kts', ['topics', '--create', '--topic', topic, '-b', broker.bootstrap])
    const running = start('kts', ['produce', '--topic', topic, '-b', broker.bootstrap])
    const reader = start('kts', ['consume', '--topic', topic, '--from-beginning', '-b', broker.bootstrap])
    running.child.stdin.write('one\n')
    await reader.said(/one/)
    await broker.end('SIGKILL')
    running.child.stdin.write('two\n')
    await warnedSoon(running, new RegExp(`(Lost|Cannot reach).*:${broker.port}.*; trying again, 1 line waits`))
    await broker.start()
    await reader.said(/two/)
    running.child.stdin.end('three\n')
    expect(await running.finished).toMatchObject({ code: 0, stdout: '' })
    await reader.said(/three/)
  })

  test.each([
    ['Produce', 'hangs', []],
    ['AddPartitionsToTxn|Produce|EndTxn', 'hangs-too', ['--transactional-id', 'hangs', '--transaction-size', '1']],
  ])('in its sleep: %s is waited for, and that is said', async (api, topic, options) => {
    await runTool('kts', ['topics', '--create', '--topic', topic, '-b', broker.bootstrap])
    const reader = start('kts', ['consume', '--topic', topic, '--from-beginning', '-b', broker.bootstrap])
    const running = start('kts', ['produce', '--topic', topic, ...options, '-b', broker.bootstrap])
    running.child.stdin.write('one\n')
    // What comes after it finds everything settled, and the broker asleep.
    await reader.said(/one/)
    broker.pause()
    try {
      running.child.stdin.end('two\n')
      await warnedSoon(
        running,
        new RegExp(`The broker at .*:${broker.port} has not answered (${api}) yet; waiting up to \\d+ s`),
      )
      running.child.kill('SIGTERM')
      const since = Date.now()
      const { code, stderr } = await running.finished
      expect(code).toBe(143)
      expect(stderr).toMatch(/given up 5 s after SIGTERM: the broker at .* has not answered/)
      expect(Date.now() - since).toBeLessThan(15_000)
    } finally {
      broker.resume()
    }
  })

  test('at a terminal: told above the line that is typed, with Ctrl-D too, and the last Ctrl-C names the line', async () => {
    const screen = new Screen({ columns: 400 })
    try {
      await runTool('kts', ['topics', '--create', '--topic', 'typed', '-b', broker.bootstrap])
      screen.enter(`kts produce -t typed -b ${broker.bootstrap}; echo code $?`)
      await screen.until(/^>$/m)
      screen.enter('one')
      await screen.until(/^> one\n>$/m)
      await runTool('kts', ['consume', '--topic', 'typed', '--from-beginning', '-c', '1', '-b', broker.bootstrap])
      await broker.end('SIGKILL')
      screen.enter('two')
      await screen.until(/^kts produce: (Lost|Cannot reach).*; trying again, 1 line waits\n>$/m)
      screen.type(KEYS.ctrlD)
      await screen.until(
        /^kts produce: waiting for 1 line \(.*\), up to 120 s \(delivery\.timeout\.ms\); Ctrl-C gives up$/m,
      )
      screen.type(KEYS.ctrlC)
      await screen.until(/kts produce: waiting for 1 line \(.*\); gives up after 5 s, Ctrl-C again gives up at once$/m)
      screen.type(KEYS.ctrlC)
      expect(await screen.until(/code \d+$/m)).toMatch(
        /line 2 was not sent: REQUEST_TIMED_OUT: interrupted by a second signal: .*\n(.*\n)?code 130/,
      )
    } finally {
      await screen.close()
      await broker.start()
    }
  })

  test('in a pipe with many lines: what was not read yet is named with the rest', async () => {
    await broker.end('SIGKILL')
    try {
      const running = start('kafka-console-producer', ['--topic', 'many', '--bootstrap-server', broker.bootstrap])
      running.child.stdin.write('a\nb\nc\n')
      await warnedSoon(
        running,
        new RegExp(
          `Cannot reach the bootstrap server 127\\.0\\.0\\.1:${broker.port}: connection refused; trying for 60 s`,
        ),
      )
      running.child.kill('SIGINT')
      const { code, stdout, stderr } = await running.finished
      expect([code, stdout]).toEqual([130, ''])
      expect(stderr).toMatch(
        /lines 1 to 3 were not sent: NETWORK_EXCEPTION: interrupted before the topic was reached: cannot reach/,
      )
    } finally {
      await broker.start()
    }
  })
})

describe('nobody at the address', () => {
  test('kafka-console-producer says so before the first line, goes on trying, and fails as Apache’s does', async () => {
    const port = await freePort()
    const running = start('kafka-console-producer', [
      '--bootstrap-server',
      `localhost:${port}`,
      '--topic',
      't',
      '--max-block-ms',
      '2500',
    ])
    await warnedSoon(
      running,
      new RegExp(`Cannot reach the bootstrap server localhost:${port}: connection refused; trying for 2\\.5 s`),
    )
    running.child.stdin.end('a\n')
    const { code, stdout, stderr } = await running.finished
    expect([code, stdout, count(stderr, /trying for/)]).toEqual([0, '', 1])
    expect(stderr).toMatch(/line 1 was not sent: NETWORK_EXCEPTION: Cannot reach/)
  })
})
