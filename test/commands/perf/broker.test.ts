import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dispatch } from '../../../src/dispatch.ts'
import { startBrokerProcess, type BrokerProcess } from '../../support/broker-process.ts'
import { createContext } from '../../support/context.ts'

/** The three tools against the bundled broker, each under both names where that makes a difference. */
let broker: BrokerProcess
beforeAll(async () => void (broker = await startBrokerProcess('--in-memory')))
afterAll(() => broker.stop())

async function run(tool: string, ...args: string[]) {
  const world = createContext()
  const code = await dispatch(tool, [...args, '--bootstrap-server', broker.bootstrap], (style, program, words) => ({
    ...world.context,
    style,
    program,
    args: words,
  }))
  return { code, out: world.stdout(), err: world.stderr() }
}

describe('perf produce and perf consume', () => {
  it('share the work among producers, and read back what they sent', async () => {
    await run('kts', 'topics', '--create', '--topic', 'shared', '--partitions', '3')
    const produced = await run(
      'kts',
      'perf',
      'produce',
      '-t',
      'shared',
      '-n',
      '1000',
      '--payload-monotonic',
      '--producers',
      '7',
      '--json',
      '--print-metrics',
    )
    expect([produced.code, produced.err]).toEqual([0, ''])
    const report = JSON.parse(produced.out) as {
      all: { records: number }
      failed: number
      producers: number
      metrics: Record<string, number>
    }
    expect(report).toMatchObject({ topic: 'shared', producers: 7, failed: 0, all: { records: 1000 } })
    expect(Object.entries(report.metrics)).toContainEqual([
      expect.stringMatching(/^producer-topic-metrics:record-send-total:\{client-id=kts\/[^,]+, topic=shared\}$/),
      1000,
    ])
    const consumed = await run('kts', 'perf', 'consume', '-t', 'shared', '-n', '1000', '--json')
    expect(consumed.code).toBe(0)
    // 0 … 9, 10 … 99, 100 … 999
    expect(JSON.parse(consumed.out)).toMatchObject({ records: 1000, bytes: 10 + 180 + 2700, rebalanceMs: 0 })
    const lines = (await run('kts', 'consume', '--topic', 'shared', '--from-beginning', '--max-messages', '1000')).out
      .trim()
      .split('\n')
    expect(lines.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
  })

  it('send in transactions, each producer in its own', async () => {
    await run('kts', 'topics', '--create', '--topic', 'committed')
    const args = ['-t', 'committed', '-n', '600', '--payload-monotonic', '--producers', '3', '--throughput', '600']
    const produced = await run(
      'kts',
      'perf',
      'produce',
      ...args,
      '--transactional-id',
      'load',
      '--transaction-duration-ms',
      '20',
      '--json',
    )
    expect([produced.code, produced.err, (JSON.parse(produced.out) as { failed: number }).failed]).toEqual([0, '', 0])
    const committed = await run(
      'kts',
      'consume',
      '--topic',
      'committed',
      '--from-beginning',
      '--isolation-level',
      'read_committed',
      '--max-messages',
      '600',
      '--json',
    )
    const offsets = committed.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { offset: number }).offset)
    // Markers take offsets too: more than the three at the very end.
    expect([offsets.length, offsets.at(-1)! > 602]).toEqual([600, true])
  })

  it('say on stderr what fails, and make the exit code 1 under kts alone', async () => {
    const args = [
      '--topic',
      'refused',
      '--num-records',
      '3',
      '--record-size',
      '2000',
      '--throughput',
      '-1',
      '--command-property',
      'max.request.size=1000',
    ]
    const kts = await run('kts', 'perf', 'produce', ...args)
    expect(kts.code).toBe(1)
    expect(kts.err).toMatch(/records are not sent: MESSAGE_TOO_LARGE: .*\n.*3 records were not sent/)
    const dropIn = await run('kafka-producer-perf-test', ...args)
    expect(dropIn.code).toBe(0)
    expect(dropIn.out).toMatch(
      /^0 records sent, 0\.000000 records\/sec \(0\.00 MB\/sec\), NaN ms avg latency, 0\.00 ms max latency, 0 ms 50th/,
    )
  })

  it("take a topic that cannot be for records that fail, under Apache's name", async () => {
    const args = ['--topic', 'no topic!', '--num-records', '3', '--record-size', '5', '--throughput', '-1']
    expect(await run('kafka-producer-perf-test', ...args)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 records sent, /),
    })
    expect(await run('kts', 'perf', 'produce', ...args)).toMatchObject({ code: 1, out: '' })
  })

  it('read all that there is where nobody says how much', async () => {
    await run('kts', 'topics', 'create', 'whole', '-p', '3')
    await run('kts', 'perf', 'produce', 'whole', '-n', '500')
    const { code, out, err } = await run('kts', 'perf', 'consume', 'whole', '--json')
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({ records: 500 })
    const member = await run('kts', 'perf', 'consume', 'whole', '-g', 'measuring', '--timeout', '2000', '--json')
    const { records, startMs, endMs } = JSON.parse(member.out) as Record<string, number>
    expect([member.code, records, endMs! - startMs! < 1900]).toEqual([0, 500, true])
    expect(await run('kts', 'perf', 'consume', 'wohle')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/wohle.*did you mean whole\?/) as string,
    })
    expect(await run('kts', 'perf', 'consume', 'whole', '--from-latest')).toMatchObject({ code: 2 })
  })

  it('report intervals, and that too little came', async () => {
    await run('kts', 'topics', '--create', '--topic', 'few')
    await run(
      'kts',
      'perf',
      'produce',
      '-t',
      'few',
      '-n',
      '30',
      '--record-size',
      '10',
      '--command-property',
      'batch.size=100',
    )
    const args = [
      '--topic',
      'few',
      '--num-records',
      '31',
      '--timeout',
      '1500',
      '--show-detailed-stats',
      '--reporting-interval',
      '1',
    ]
    const dropIn = await run('kafka-consumer-perf-test', ...args)
    expect(dropIn.code).toBe(0)
    expect(dropIn.out).toMatch(
      /^time, threadId, .*\n\d{4}-\S+ \S+, 0, 0\.0000, \S+, \d+, .*\n(.*\n)*WARNING: Exiting before .* timeout \(1500 ms\) exceeded\..*\n$/,
    )
    const kts = await run('kts', 'perf', 'consume', ...args)
    expect(kts.code).toBe(1)
    expect(kts.out).toMatch(/^start\.time, .*\n.*, 0\.0003, \S+, 30, .*\n$/)
    expect(kts.err).toMatch(/WARNING: Exiting before/)
  })
})

describe('perf e2e', () => {
  it('makes its topic, and sees every record come back', async () => {
    const { code, out } = await run(
      'kafka-e2e-latency',
      '--topic',
      'round',
      '--num-records',
      '20',
      '--producer-acks',
      'all',
      '--record-size',
      '10',
      '--num-headers',
      '2',
      '--record-header-size',
      '-1',
    )
    expect(code).toBe(0)
    expect(out).toMatch(
      /^Topic "round" does not exist\. Will create topic with 1 partition\(s\) and replication factor = 1\n0\t\d+\.\d+\nAvg latency: \d+\.\d{4} ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n$/,
    )
  })

  it('answers in JSON, over several partitions', async () => {
    await run('kts', 'topics', '--create', '--topic', 'wide', '--partitions', '4')
    const { code, out, err } = await run('kts', 'perf', 'e2e', 'wide', '-n', '20', '--json')
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({ topic: 'wide', records: 20, latencyMs: { average: expect.any(Number) } })
  })

  it('says when the topic cannot be made', async () => {
    const { code, out, err } = await run(
      'kafka-e2e-latency',
      '--topic',
      'no topic!',
      '--num-records',
      '1',
      '--producer-acks',
      '1',
      '--record-size',
      '1',
    )
    expect(code).toBe(1)
    expect(out).toMatch(/Creation of topic no topic! failed\n$/)
    expect(err).toMatch(/INVALID_TOPIC_EXCEPTION/)
  })
})
