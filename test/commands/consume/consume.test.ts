import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consume } from '../../../src/commands/consume/index.ts'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import type { Context } from '../../../src/lib/command/define.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'
import { createContext } from '../../support/context.ts'
import { startCommand } from '../../support/run-command.ts'

let broker: RunningBroker
let client: KafkaClient

beforeAll(async () => {
  broker = await startBroker()
  client = await connectClient({
    bootstrapServers: [broker.bootstrapServers],
    origin: 'test',
    clientId: 'test',
    properties: new Map(),
  })
})

afterAll(async () => {
  await client?.close()
  await broker?.stop()
})

async function makeTopic(name: string, partitions: readonly (readonly string[])[]): Promise<void> {
  const created = await client.send(CreateTopics, {
    topics: [{ name, numPartitions: partitions.length, replicationFactor: 1 }],
    timeoutMs: 5000,
  })
  expect(created.topics[0]!.errorMessage).toBeNull()
  for (const [index, values] of partitions.entries())
    if (values.length > 0) await produce(name, index, values, created.topics[0]!.topicId)
}

async function produce(
  name: string,
  index: number,
  values: readonly string[],
  topicId: string,
  timestamp = 1000n,
): Promise<void> {
  const records = buildBatch(
    values.map((value, at) => ({
      timestamp: timestamp + BigInt(at),
      key: Buffer.from(`k${at}`),
      value: Buffer.from(value),
    })),
  )
  const { responses } = await client.send(Produce, {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name, topicId, partitionData: [{ index, records }] }],
  })
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
}

interface Run {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly abort: (reason: string) => void
  readonly ended: Promise<number>
}

function start(line: string, style: Context['style'] = 'kts', isTTY = false): Run {
  const { context, ...rest } = createContext({ style, program: 'consume', isTTY })
  const args = ['--bootstrap-server', broker.bootstrapServers, ...line.split(' ')]
  return { ...rest, ended: startCommand(consume, args, context) as Promise<number> }
}

async function read(line: string, style: Context['style'] = 'kts'): Promise<string> {
  const { ended, stdout } = start(line, style)
  expect(await ended).toBe(0)
  return stdout()
}

describe('kts consume, against the bundled broker', () => {
  it('reads from the beginning, from an offset, some partitions, a time', async () => {
    await makeTopic('starts', [['a0', 'a1', 'a2'], ['b0'], ['c0', 'c1']])
    expect((await read('-t starts --from-beginning -c 6')).split('\n').sort()).toEqual([
      '',
      'a0',
      'a1',
      'a2',
      'b0',
      'c0',
      'c1',
    ])
    expect(await read('-t starts -p 0 -o 1 -c 2')).toBe('a1\na2\n')
    expect((await read('-t starts -p 1,2 -o earliest -c 3')).split('\n').sort()).toEqual(['', 'b0', 'c0', 'c1'])
    expect((await read('-t starts -o 1 -c 3')).split('\n').sort()).toEqual(['', 'a1', 'a2', 'c1'])
    expect((await read('-t starts --since 1001 -c 3')).split('\n').sort()).toEqual(['', 'a1', 'a2', 'c1'])
  })

  it('ends at the end of what is there, or at a time, by itself', async () => {
    await makeTopic('ends', [['a0', 'a1', 'a2'], [], ['c0']])
    expect((await read('-t ends --to-end')).split('\n').sort()).toEqual(['', 'a0', 'a1', 'a2', 'c0'])
    expect(await read('-t ends -p 0 --to-end --grep [12]')).toBe('a1\na2\n')
    expect(await read('-t ends -o latest --to-end --json')).toBe('')
    expect((await read('-t ends --until 1001')).split('\n').sort()).toEqual(['', 'a0', 'c0'])
    expect(await read('-t ends --since 1001 --until 1002')).toBe('a1\n')
    expect(await read('-t ends --since 1001 --until now')).toBe('a1\na2\n')
    expect(await read('--include ends|no-such --to-end -c 1 -o 2')).toBe('a2\n')
    await expect(start('-t no-such-topic --to-end').ended).rejects.toThrow('Topic "no-such-topic" does not exist')
    expect((await client.metadata(['no-such-topic'])).topics[0]!.errorCode).not.toBe(0)
  })

  it('prints and counts only what is asked for', async () => {
    await makeTopic('mixed', [['ok 1', 'error 1', 'ok 2', 'error 2', 'ok 3', 'error 3']])
    expect(await read('-t mixed --from-beginning --grep ^error -c 2')).toBe('error 1\nerror 2\n')
    expect(await read('-t mixed --from-beginning --key [45] --grep \\d -c 2')).toBe('ok 3\nerror 3\n')
    expect(await read('-t mixed -g picky --from-beginning --grep error -c 1')).toBe('error 1\n')
    expect(await read('-t mixed -g picky -c 1')).toBe('ok 2\n')
  })

  it('takes topics as words, and begins so many records before the end', async () => {
    await makeTopic('word-a', [['a0', 'a1', 'a2'], ['b0']])
    await makeTopic('word-b', [['c0', 'c1', 'c2']])
    expect((await read('word-a word-b --from-beginning -n 7')).split('\n').sort()).toEqual([
      '',
      'a0',
      'a1',
      'a2',
      'b0',
      'c0',
      'c1',
      'c2',
    ])
    expect((await read('word-a,word-b -o -2 -n 5')).split('\n').sort()).toEqual(['', 'a1', 'a2', 'b0', 'c1', 'c2'])
    expect(await read('word-b -o -2 --to-end --isolation-level read_committed')).toBe('c1\nc2\n')
    expect(await read('word-b -o beginning --to-end -n 1')).toBe('c0\n')
    expect(await read('word-b -o end --to-end')).toBe('')
    await expect(start('word-a word-bb --to-end').ended).rejects.toThrow(
      'Topic "word-bb" does not exist (UNKNOWN_TOPIC_OR_PARTITION); did you mean word-b?',
    )
  })

  it('prints the parts that are asked for', async () => {
    await makeTopic('parts', [['{"n": 12345678901234567890}', 'text']])
    const all = 'parts --from-beginning --to-end'
    expect(await read(`${all} --print timestamp,key,offset --separator |`)).toBe(
      '1970-01-01T00:00:01.000Z|k0|0\n1970-01-01T00:00:01.001Z|k1|1\n',
    )
    expect(await read(`${all} -f %o:%T\\n`)).toBe('0:1000\n1:1001\n')
    const { ended, stdout, stderr } = start(`${all} --json --value json`)
    expect(await ended).toBe(0)
    expect(stdout()).toContain('"value":{"n":12345678901234567890},')
    expect(stdout()).toContain('"value":"text",')
    expect(stderr()).toContain('the value at offset 1 of parts-0 is not JSON; such text is shown as a string\n')
    expect(await read(`parts --last 1 --print key,value`)).toBe('k1\ttext\n')
  })

  it('says at a terminal what is older than the end, and nowhere else', async () => {
    await makeTopic('older', [['a0', 'a1'], ['b0'], []])
    const isTold = /consume: at the end of 3 partitions, 3 older records \(--from-beginning, --last 10\); Ctrl-C ends\n/
    const [told, piped, asApache, whole] = [
      start('older', 'kts', true),
      start('older'),
      start('--topic older', 'drop-in', true),
      start('older --from-beginning', 'kts', true),
    ]
    await expect.poll(told.stderr).toMatch(isTold)
    for (const { abort, ended } of [told, piped, asApache, whole]) {
      abort('SIGINT')
      await ended
    }
    for (const { stderr } of [piped, asApache, whole]) expect(stderr()).not.toContain('older')
  })

  it('prints JSON', async () => {
    await makeTopic('json', [['v']])
    expect(JSON.parse(await read('-t json --from-beginning -c 1 --json'))).toEqual({
      topic: 'json',
      partition: 0,
      offset: 0,
      timestamp: 1000,
      key: 'k0',
      value: 'v',
      headers: [],
    })
  })

  it('reads the topics that a pattern picks', async () => {
    await makeTopic('pick-a', [['a']])
    await makeTopic('pick-b', [['b']])
    await makeTopic('other-pick', [['no']])
    expect((await read('--include pick-[a-z] --from-beginning -c 2')).split('\n').sort()).toEqual(['', 'a', 'b'])
  })

  it('waits for what comes, until it is interrupted', async () => {
    // Under kts a reader makes no topic unless it is told to.
    const { ended, stdout, stderr, abort } = start(
      '-t made-on-the-fly --command-property allow.auto.create.topics=true',
    )
    while (!(await client.metadata(['made-on-the-fly'])).topics[0]!.partitions.length) await new Promise(setImmediate)
    const { topicId } = (await client.metadata(['made-on-the-fly'])).topics[0]!
    await produce('made-on-the-fly', 0, ['late'], topicId)
    while (stdout() === '') await new Promise(setImmediate)
    abort('SIGINT')
    expect(await ended).toBe(0)
    expect(stdout()).toBe('late\n')
    expect(stderr()).toMatch(/Processed a total of 1 messages\n$/)
  })

  it('names settings that are wrong, unknown or made in vain', async () => {
    const { ended, stderr } = start(
      '-t starts --from-beginning -c 1 --command-property no.such=1 --command-property max.poll.records=5',
    )
    await ended
    expect(stderr()).toContain('no.such')
    expect(stderr()).toContain('max.poll.records has no effect')
    await expect(start('-t starts --command-property fetch.min.bytes=x').ended).rejects.toThrow('fetch.min.bytes')
    await expect(start('-t starts --command-property group.protocol=new -g g').ended).rejects.toThrow('group.protocol')
  })
})

describe('kts consume in a group, against the bundled broker', () => {
  it('speaks the consumer protocol when it is told to (KIP-848), and goes on where it stopped', async () => {
    await makeTopic('new', [['n0', 'n1', 'n2']])
    const options = '-t new -g next --command-property group.protocol=consumer'
    expect(await read(`${options} --from-beginning -c 2`)).toBe('n0\nn1\n')
    expect(await read(`${options} -c 1`, 'drop-in')).toBe('n2\n')
  })

  it('commits exactly what was printed, and goes on there', async () => {
    await makeTopic('shared', [['m0', 'm1', 'm2', 'm3', 'm4']])
    expect(await read('-t shared -g resume --from-beginning -c 2')).toBe('m0\nm1\n')
    expect(await read('-t shared -g resume -c 2', 'drop-in')).toBe('m2\nm3\n')
    expect(await read('-t shared -g resume --from-beginning -c 1')).toBe('m4\n')
  })

  it.each(['classic', 'consumer'])('says at a terminal which partitions a member has (%s)', async (protocol) => {
    const topic = `told-${protocol}`
    await makeTopic(topic, [[], []])
    const line = `${topic} -g tell-${protocol} --command-property group.protocol=${protocol}`
    const alone = start(line, 'kts', true)
    await expect.poll(alone.stderr).toContain(`consume: assigned ${topic}-0,1\n`)
    const others = [start(line, 'kts', true), start(line, 'kts', true)]
    const members = [alone, ...others]
    const told = (): string[] => members.map(({ stderr }) => stderr().trim().split('\n').at(-1)!).sort()
    await expect
      .poll(told, { timeout: 15_000 })
      .toEqual([
        `consume: assigned ${topic}-0`,
        `consume: assigned ${topic}-1`,
        'consume: idle: 2 partitions, 3 members',
      ])
    expect(alone.stderr()).toContain(`consume: revoked ${topic}-`)
    for (const { abort } of members) abort('SIGINT')
    await Promise.all(members.map(({ ended }) => ended))
  })

  it('shares partitions among its members', async () => {
    await makeTopic('split', [[], []])
    const members = [start('-t split -g sharing --from-beginning'), start('-t split -g sharing --from-beginning')]
    const { topicId } = (await client.metadata(['split'])).topics[0]!
    for (let count = 0; members.some(({ stdout }) => stdout() === ''); count += 1) {
      for (const partition of [0, 1]) await produce('split', partition, [`${partition}-${count}`], topicId)
      await new Promise(setImmediate)
    }
    for (const { abort } of members) abort('SIGINT')
    expect(await Promise.all(members.map(({ ended }) => ended))).toEqual([0, 0])
    const lines = members.flatMap(({ stdout }) => stdout().trim().split('\n'))
    expect(new Set(lines).size).toBe(lines.length)
  })
})
