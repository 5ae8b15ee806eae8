import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeNamed } from '../../../src/commands/produce/line-parser.ts'
import { parseReaderSettings } from '../../../src/commands/produce/reader-settings.ts'
import { Session, type SessionOptions } from '../../../src/commands/produce/session.ts'
import { parseProducerSettings } from '../../../src/lib/client/producer/index.ts'
import type { Context } from '../../../src/lib/command/define.ts'
import { Voice } from '../../../src/lib/output/voice.ts'
import { EnvironmentError } from '../../../src/lib/errors.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeCluster, settle } from '../../lib/client/producer/fake-cluster.ts'
import { advanceUntil } from '../../lib/client/producer/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-produce-'))
afterAll(() => rmSync(folder, { recursive: true }))

class Screen extends Writable {
  text = ''
  isTTY = false
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

interface Given {
  readonly style?: Context['style']
  readonly reader?: Record<string, string>
  readonly settings?: Record<string, string>
  readonly cluster?: FakeCluster
  readonly isTTY?: boolean
  readonly options?: Partial<SessionOptions>
}

function openSession({
  style = 'kts',
  reader = {},
  settings = {},
  cluster = new FakeCluster('t'),
  isTTY = false,
  options = {},
}: Given) {
  const clock = new FakeClock()
  const stdin = Object.assign(new PassThrough(), { isTTY })
  const [stdout, stderr] = [new Screen(), new Screen()]
  stdout.isTTY = stderr.isTTY = isTTY
  const controller = new AbortController()
  const context = {
    style,
    program: 'kts produce',
    stdin,
    stdout,
    stderr,
    env: {},
    cwd: folder,
    clock,
    signal: controller.signal,
    lastWords: () => {},
    startSelf: async () => {},
  } as unknown as Context
  const session = new Session(
    {
      topic: 't',
      client: { bootstrapServers: ['fake:9092'], clientId: 'c', properties: new Map() },
      settings: parseProducerSettings(new Map(Object.entries(settings))).settings,
      text: { reader: parseReaderSettings(new Map(Object.entries(reader))) },
      inputFile: undefined,
      isSync: false,
      showsProgress: false,
      connect: async () => cluster,
      ...options,
    },
    { context, voice: new Voice(context) },
  )
  return { session, cluster, clock, stdin, stdout, stderr, controller }
}

async function produce(input: string | Buffer, given: Given = {}) {
  const opened = openSession(given)
  opened.stdin.end(input)
  const { summary, exitCode } = await advanceUntil(opened.session.run(), opened.clock)
  return { ...opened, summary, exitCode, err: opened.stderr.text, out: opened.stdout.text }
}

describe('lines', () => {
  test('become records; the last needs no end, an empty one is a record', async () => {
    const { cluster, summary, exitCode, err, out } = await produce('a\r\n\nb')
    expect(cluster.values()).toEqual(['a', '', 'b'])
    expect(summary).toEqual({ topic: 't', lines: 3, sent: 3, failed: 0, bytes: 2, seconds: expect.any(Number) })
    expect([exitCode, err, out]).toEqual([0, '', ''])
    expect(cluster.isClosed).toBe(true)
  })

  test.each([
    ['\ufeffa\nb\n', ['a', 'b']],
    ['\ufeff\na', ['', 'a']],
    ['\ufeff', []],
    ['a\n\ufeffb', ['a', '\ufeffb']],
    ['\ufeff\ufeffa', ['\ufeffa']],
  ])('after a byte order mark, %j, begin behind it', async (input, values) => {
    const { cluster, summary } = await produce(input)
    expect(cluster.values()).toEqual(values)
    expect(summary).toMatchObject({ lines: values.length, bytes: Buffer.byteLength(values.join('')) })
  })

  test('after a byte order mark in pieces begin behind it, and under Apache’s name with it', async () => {
    const { session, cluster, clock, stdin } = openSession({})
    const running = session.run()
    for (const byte of Buffer.from('\ufeffa\nb\n')) {
      stdin.write(Buffer.of(byte))
      await settle()
    }
    stdin.end()
    await advanceUntil(running, clock)
    expect(cluster.values()).toEqual(['a', 'b'])
    expect((await produce('\ufeffa\n', { style: 'drop-in' })).cluster.values()).toEqual(['\ufeffa'])
  })

  test('no input asks for no topic', async () => {
    const { cluster, exitCode } = await produce('')
    expect(cluster.asked).toEqual([])
    expect(exitCode).toBe(0)
  })

  test('carry keys, headers and nulls where the reader is told so', async () => {
    const { cluster } = await produce('h:1\tk\tNULL\n', {
      reader: { 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': 'NULL' },
    })
    expect(cluster.logs[0]).toEqual([{ key: 'k', value: null, headers: [{ key: 'h', value: Buffer.from('1') }] }])
  })

  test('that are no UTF-8 pass as they are, and are repaired under the old name', async () => {
    const bytes = Buffer.from('61eda08062c328280a6f6b0a', 'hex')
    const kts = new FakeCluster('t')
    let sent = Buffer.alloc(0)
    kts.whim = () => {
      sent = Buffer.from(kts.requests.at(-1)!.topicData[0]!.partitionData[0]!.records!)
      return undefined
    }
    await produce(bytes, { cluster: kts })
    expect(sent.includes(Buffer.from('61eda08062c32828', 'hex'))).toBe(true)
    const { cluster } = await produce(bytes, { style: 'drop-in' })
    expect(cluster.values()).toEqual(['a�b�((', 'ok'])
  })

  test('are repaired across chunks too', async () => {
    const { session, clock, stdin, cluster } = openSession({ style: 'drop-in' })
    const running = session.run()
    for (const chunk of [
      Buffer.from('61eda0', 'hex'),
      Buffer.from('8062', 'hex'),
      Buffer.from('\nü'),
      Buffer.from('c3', 'hex'),
      Buffer.from('bc0a', 'hex'),
    ]) {
      stdin.write(chunk)
      await settle()
    }
    stdin.end()
    await advanceUntil(running, clock)
    // A surrogate is one malformed sequence to Java and three to Node.
    expect(cluster.values()).toEqual(['a\ufffdb', 'üü'])
  })

  test('come from a file', async () => {
    writeFileSync(join(folder, 'lines.txt'), 'x\ny\n')
    const { cluster } = await produce('not read', { options: { inputFile: 'lines.txt' } })
    expect(cluster.values()).toEqual(['x', 'y'])
    await expect(produce('', { options: { inputFile: 'absent.txt' } })).rejects.toThrow(
      '--input-file absent.txt cannot be read: there is no such file',
    )
  })

  test('in their tens of thousands wait for memory, and none is lost', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
    const { cluster, summary } = await produce(`${lines.join('\n')}\n`, {
      settings: { 'buffer.memory': '20000', 'batch.size': '5000' },
    })
    expect(cluster.values()).toEqual(lines)
    expect(summary.sent).toBe(20_000)
  })
})

describe('records of options', () => {
  test('are sent as they are, and the input is not looked at', async () => {
    const { cluster, summary } = await produce('not read\n', { options: { values: ['\ufeffa\nb', '', 'c'] } })
    expect(cluster.values()).toEqual(['\ufeffa\nb', '', 'c'])
    expect(summary).toMatchObject({ lines: 3, sent: 3, failed: 0, bytes: 7 })
  })

  test('that are too large are named', async () => {
    const { err, exitCode } = await produce('', { options: { values: ['a', 'x'.repeat(2_000_000)] } })
    expect(err).toMatch(/^kts produce: record 2 was not sent: MESSAGE_TOO_LARGE: /)
    expect(exitCode).toBe(1)
  })

  test('and lines have the key and the headers that all have', async () => {
    const headers = encodeNamed(['h=1', 'e=', 'q=a=b'])
    const text = { reader: parseReaderSettings(new Map()), key: Buffer.from('k'), headers }
    for (const values of [['v'], undefined]) {
      const { cluster } = await produce('v\n', { options: { text, values } })
      expect(cluster.logs[0]).toEqual([
        {
          key: 'k',
          value: 'v',
          headers: [
            { key: 'h', value: Buffer.from('1') },
            { key: 'e', value: Buffer.alloc(0) },
            { key: 'q', value: Buffer.from('a=b') },
          ],
        },
      ])
    }
  })

  test('the key that all have goes with headers of each line', async () => {
    const text = { reader: parseReaderSettings(new Map([['parse.headers', 'true']])), key: Buffer.from('k') }
    const { cluster } = await produce('h:1\tv\n', { options: { text } })
    expect(cluster.logs[0]).toEqual([{ key: 'k', value: 'v', headers: [{ key: 'h', value: Buffer.from('1') }] }])
  })
})

describe('documents', () => {
  const documents = (input: string | Buffer, given: Given = {}) =>
    produce(input, { ...given, options: { ignored: [], ...given.options } })

  test('become records; empty lines are none, and the last needs no end', async () => {
    const { cluster, summary, exitCode, err } = await documents('{"value":"a"}\r\n\n \t\n{"key":"k","value":"b"}')
    expect(cluster.logs[0]).toMatchObject([
      { key: null, value: 'a' },
      { key: 'k', value: 'b' },
    ])
    expect([summary.lines, summary.sent, summary.failed, exitCode, err]).toEqual([4, 2, 0, 0, ''])
  })

  test('after a byte order mark are read', async () => {
    expect((await documents('\ufeff{"value":"a"}\n')).cluster.values()).toEqual(['a'])
  })

  test('that cannot be read are named, and those behind them sent', async () => {
    const latin = Buffer.concat([Buffer.from('{"value":"'), Buffer.from([0xe4]), Buffer.from('"}\n')])
    const { cluster, summary, exitCode, err } = await documents(
      Buffer.concat([Buffer.from('{"value":"1"}\n{"value":2}\n'), latin, Buffer.from('{"value":"4"}\n')]),
    )
    expect(cluster.values()).toEqual(['1', '4'])
    expect(err).toMatch(
      /^kts produce: line 2 was not sent: INVALID_RECORD: "value" is no string .*\nkts produce: line 3 was not sent: INVALID_RECORD: no UTF-8\n$/,
    )
    expect([summary.sent, summary.failed, exitCode]).toEqual([2, 2, 1])
  })

  test('go to the partition that they name, or are named themselves', async () => {
    const { cluster, err } = await documents('{"value":"a","partition":1}\n{"value":"b","partition":2}\n', {
      cluster: new FakeCluster('t', [1, 1]),
    })
    expect([cluster.values(0), cluster.values(1)]).toEqual([[], ['a']])
    expect(err).toBe(
      'kts produce: line 2 was not sent: topic t has no partition 2, only 0 to 1 (UNKNOWN_TOPIC_OR_PARTITION); --ignore partition lets keys choose\n',
    )
  })

  test('too long for a record are refused unread', async () => {
    const { session, stdin, clock, cluster, stderr } = openSession({
      settings: { 'max.request.size': '1000', 'batch.size': '500' },
      options: { ignored: [] },
    })
    const running = session.run()
    for (const part of ['{"value":"', 'x'.repeat(100_000), '"}\n{"value":"b"}']) {
      stdin.write(part)
      await settle()
    }
    stdin.end()
    await advanceUntil(running, clock)
    expect(cluster.values()).toEqual(['b'])
    expect(stderr.text).toBe(
      'kts produce: line 1 was not sent: MESSAGE_TOO_LARGE: 100012 bytes are more than a record of max.request.size (1000) can take\n',
    )
  })

  test('name their topics where there is no other; one that is refused takes nobody along, and is asked for once', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push('INVALID_TOPIC_EXCEPTION')
    const input = '{"topic":"t/t","value":"1"}\n{"topic":"t/t","value":"2"}\n{"topic":"t","value":"3"}\n{"value":"4"}\n'
    const { err, summary } = await documents(input, { cluster, options: { topic: undefined } })
    expect(cluster.values()).toEqual(['3'])
    expect(cluster.asked.map(({ topics }) => topics)).toEqual([['t/t'], ['t']])
    expect(err).toBe(
      'kts produce: line 1 was not sent: topic t/t: INVALID_TOPIC_EXCEPTION\nkts produce: line 2 was not sent: topic t/t: INVALID_TOPIC_EXCEPTION\n' +
        'kts produce: line 4 was not sent: INVALID_RECORD: "topic" is missing, and so is --topic\n',
    )
    expect(summary).toMatchObject({ topic: null, sent: 1, failed: 3 })
  })

  test('wait for memory, and none is lost', async () => {
    const values = Array.from({ length: 5000 }, (_, index) => `value ${index}`)
    const { cluster } = await documents(values.map((value) => JSON.stringify({ value })).join('\n'), {
      settings: { 'buffer.memory': '20000', 'batch.size': '5000' },
    })
    expect(cluster.values()).toEqual(values)
  })
})

describe('failures', () => {
  const refused = (): FakeCluster => {
    const cluster = new FakeCluster('t')
    cluster.whim = ({ records }) =>
      records.some(({ value }) => value === 'bad') ? { error: 'POLICY_VIOLATION', message: 'not here' } : undefined
    return cluster
  }
  const alone = { 'batch.size': '0' }

  test('are named, and make the exit code 1 under kts', async () => {
    const { cluster, exitCode, err, summary } = await produce('a\nbad\nb\n', { cluster: refused(), settings: alone })
    expect(cluster.values()).toEqual(['a', 'b'])
    expect(err).toBe('kts produce: line 2 was not sent: POLICY_VIOLATION: not here\n')
    expect([exitCode, summary.sent, summary.failed]).toEqual([1, 2, 1])
  })

  test('of many lines that went together are named as well', async () => {
    const { err } = await produce('a\nbad\nb\nc\n', { cluster: refused(), settings: { 'linger.ms': '1000' } })
    expect(err).toBe('kts produce: lines 1 to 4 were not sent: POLICY_VIOLATION: not here\n')
  })

  test('are forgiven under the old name, unless --sync', async () => {
    expect((await produce('a\nbad\nb\n', { style: 'drop-in', cluster: refused(), settings: alone })).exitCode).toBe(0)
    const sync = await produce('a\nbad\nb\n', { style: 'drop-in', cluster: refused(), options: { isSync: true } })
    expect(sync.exitCode).toBe(1)
    expect(sync.cluster.values()).toEqual(['a'])
    expect(sync.cluster.sent.map(({ records }) => records.length)).toEqual([1, 1])
  })

  test('of size are found before anything is sent', async () => {
    const { cluster, err, exitCode } = await produce(`a\n${'x'.repeat(2_000_000)}\nb\n`)
    expect(cluster.values()).toEqual(['a', 'b'])
    expect(err).toMatch(/^kts produce: line 2 was not sent: MESSAGE_TOO_LARGE: .*max.request.size \(1048576\)\n$/)
    expect(exitCode).toBe(1)
  })

  test('of a line beyond all measure are told without keeping it', async () => {
    const { session, clock, stdin, cluster, stderr } = openSession({ settings: { 'max.request.size': '1000' } })
    const running = session.run()
    for (let i = 0; i < 10; i += 1) {
      stdin.write('x'.repeat(100_000))
      await settle()
    }
    stdin.end('\nok\n')
    await advanceUntil(running, clock)
    expect(cluster.values()).toEqual(['ok'])
    expect(stderr.text).toContain(
      'line 1 was not sent: MESSAGE_TOO_LARGE: 1000000 bytes are more than max.request.size (1000)',
    )
  })

  test.each(['kts', 'drop-in'] as const)('to read a line end it, what came before is sent (%s)', async (style) => {
    const { cluster, err, exitCode } = await produce('k\tv\nbare\nk\tw\n', { style, reader: { 'parse.key': 'true' } })
    expect(cluster.values()).toEqual(['v'])
    expect(err).toContain('line 2 was not sent: INVALID_RECORD: no key separator')
    expect(exitCode).toBe(1)
  })
})

describe('a cluster out of reach', () => {
  const unreachable = { connect: async () => Promise.reject(new EnvironmentError('Cannot reach it')) }

  test('ends it at once under kts', async () => {
    await expect(produce('a\n', { options: unreachable })).rejects.toThrow('Cannot reach it')
  })

  test('is tried for max.block.ms under the old name, then the lines fail', async () => {
    let tries = 0
    const connect = async () => ((tries += 1), Promise.reject(new EnvironmentError('Cannot reach it')))
    const { exitCode, err } = await produce('a\nb\n', {
      style: 'drop-in',
      settings: { 'max.block.ms': '1000' },
      options: { connect },
    })
    expect(err).toContain('lines 1 to 2 were not sent: NETWORK_EXCEPTION: Cannot reach it')
    expect(exitCode).toBe(0)
    expect(tries).toBeGreaterThan(2)
    expect(
      (
        await produce('a\n', {
          style: 'drop-in',
          settings: { 'max.block.ms': '1000' },
          options: { connect, isSync: true },
        })
      ).exitCode,
    ).toBe(1)
  })

  test('ends the wait for the first line as well under kts', async () => {
    const { session, clock } = openSession({ options: unreachable })
    await expect(advanceUntil(session.run(), clock)).rejects.toThrow('Cannot reach it')
  })

  test('does not matter under the old name when there is nothing to send', async () => {
    expect((await produce('', { style: 'drop-in', options: unreachable })).exitCode).toBe(0)
    await expect(produce('', { options: unreachable })).rejects.toThrow('Cannot reach it')
  })

  test('a topic that is refused fails every line under the old name', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push('INVALID_TOPIC_EXCEPTION')
    const { err, exitCode } = await produce('a\n', { style: 'drop-in', cluster })
    expect(err).toContain('line 1 was not sent: topic t: INVALID_TOPIC_EXCEPTION')
    expect(exitCode).toBe(0)
  })
})

test('--progress says on stderr how far it is', async () => {
  const { err, out } = await produce('a\nb\n', { options: { showsProgress: true } })
  expect(err).toMatch(/^2 lines produced, /)
  expect(out).toBe('')
})

describe('at a terminal', () => {
  test('Apache’s name asks on stdout for each line', async () => {
    const result = await produce('a\nb\n', { style: 'drop-in', isTTY: true })
    expect([result.out, result.err]).toEqual(['>>>', ''])
  })

  test('kts says where lines go, and takes keys and pastes for what they are', async () => {
    const typed = 'ab\u001b[D\u007fc\r\u001b[A!\r\u001b[200~one\rtwo\tx\rthr\u001b[201~ee\r\u001cq\u001b[15~\r'
    const { cluster, err, out, summary } = await produce(typed, { isTTY: true })
    expect(cluster.values()).toEqual(['cb', 'cb!', 'one', 'two\tx', 'three', 'q'])
    expect(summary.lines).toBe(6)
    expect(out).toBe('')
    expect(err).toMatch(/^lines to t; Ctrl-D ends\n[^]*\n$/)
  })

  test('a line that was not ended by Enter is one when the terminal goes', async () => {
    expect((await produce('a\rb', { isTTY: true })).cluster.values()).toEqual(['a', 'b'])
  })

  test('--json by hand needs no topic', async () => {
    const { err } = await produce('', { isTTY: true, options: { topic: undefined, ignored: [] } })
    expect(err).toContain('lines to the topics that they name; Ctrl-D ends\n')
  })

  test('an interruption sends what has been read, without the unfinished line', async () => {
    const { session, cluster, clock, stdin, controller } = openSession({ settings: { 'linger.ms': '60000' } })
    const running = session.run()
    stdin.write('a\nb\nunfin')
    await settle()
    expect(cluster.values()).toEqual([])
    controller.abort('SIGINT')
    const { summary } = await advanceUntil(running, clock)
    expect(cluster.values()).toEqual(['a', 'b'])
    expect(summary.sent).toBe(2)
  })

  test('an interruption while the topic is waited for names the lines', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push(...Array.from({ length: 1000 }, () => 'UNKNOWN_TOPIC_OR_PARTITION' as const))
    const { session, clock, stdin, stderr, controller } = openSession({ cluster })
    const running = session.run()
    stdin.write('a\n')
    await settle()
    controller.abort('SIGINT')
    expect((await advanceUntil(running, clock)).exitCode).toBe(1)
    expect(stderr.text).toContain('line 1 was not sent: NETWORK_EXCEPTION: interrupted')
  })
})
