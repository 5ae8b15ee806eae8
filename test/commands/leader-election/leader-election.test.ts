import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leaderElection } from '../../../src/commands/leader-election/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { ElectLeaders } from '../../../src/lib/protocol/apis/elect-leaders.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-leader-election-'))
afterAll(() => rmSync(folder, { recursive: true }))

let broker: FakeBroker
beforeEach(async () => {
  broker = await FakeBroker.start()
  broker.on(ElectLeaders, () => ({
    replicaElectionResults: [
      {
        topic: 'x',
        partitionResult: [
          { partitionId: 0 },
          { partitionId: 1, errorCode: ERRORS.ELECTION_NOT_NEEDED },
          { partitionId: 2 },
        ],
      },
      {
        topic: 'y',
        partitionResult: [
          { partitionId: 7, errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: 'No such partition as y-7' },
        ],
      },
    ],
  }))
})
afterEach(() => broker.stop())

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(leaderElection as unknown as Command, ['--bootstrap-server', broker.address, ...args], {
    style,
    program: 'kts leader-election',
    cwd: folder,
  })
const request = () => broker.requests(ElectLeaders)[0]!.request

describe('kts leader-election', () => {
  it('tells elected, kept and failed partitions apart, and exits 1 when one failed', async () => {
    const { data, text, table, stderr, exitCode } = await run(
      'kts',
      '--election-type',
      'preferred',
      '--all-topic-partitions',
    )
    expect(request()).toMatchObject({ electionType: 0, topicPartitions: null })
    expect(data).toEqual([
      { topic: 'x', partition: 0, outcome: 'elected' },
      { topic: 'x', partition: 1, outcome: 'not needed' },
      { topic: 'x', partition: 2, outcome: 'elected' },
      {
        topic: 'y',
        partition: 7,
        outcome: 'failed',
        error: { code: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'No such partition as y-7' },
      },
    ])
    expect(text).toBe(
      'Successfully completed leader election (PREFERRED) for partitions x-0, x-2\nValid replica already elected for partitions x-1\n',
    )
    expect(table!.split('\n')[4]!.trim()).toMatch(/^y +7 +failed$/)
    expect(stderr).toBe(
      'kts leader-election: Cannot elect a leader of y-7: No such partition as y-7 (UNKNOWN_TOPIC_OR_PARTITION)\n',
    )
    expect(exitCode).toBe(1)
  })

  it("shows failures on stdout under Apache's name", async () => {
    const { text, stderr, exitCode } = await run(
      'drop-in',
      '--election-type',
      'UNCLEAN',
      '--topic',
      'y',
      '--partition',
      '7',
    )
    expect(request()).toMatchObject({ electionType: 1, topicPartitions: [{ topic: 'y', partitions: [7] }] })
    expect(text.split('\n').at(-2)).toBe(
      'Error completing leader election (UNCLEAN) for partition: y-7: ' +
        'org.apache.kafka.common.errors.UnknownTopicOrPartitionException: No such partition as y-7',
    )
    expect([stderr, exitCode]).toEqual(['', 1])
  })

  it('reads the partitions from a file', async () => {
    writeFileSync(
      join(folder, 'p.json'),
      '{"partitions":[{"topic":"x","partition":0},{"topic":"y","partition":1},{"topic":"x","partition":2}]}',
    )
    await run('kts', '--election-type', 'preferred', '--path-to-json-file', 'p.json')
    expect(request()).toMatchObject({
      topicPartitions: [
        { topic: 'x', partitions: [0, 2] },
        { topic: 'y', partitions: [1] },
      ],
    })
  })

  it('says what the controller says when nothing was tried, and that there was nothing to do', async () => {
    broker.on(ElectLeaders, () => ({ replicaElectionResults: [] }))
    const { text, table, exitCode } = await run('kts', '--election-type', 'preferred', '--all-topic-partitions')
    expect([text, table, exitCode]).toEqual(['', 'No partition needs an election.\n', 0])
    broker.on(ElectLeaders, () => ({ errorCode: ERRORS.CLUSTER_AUTHORIZATION_FAILED }))
    await expect(run('kts', '--election-type', 'preferred', '--all-topic-partitions')).rejects.toThrow(KafkaError)
  })

  it('takes a topic as a word, and lets the first replica lead unless something else is said', async () => {
    await run('kts', 'x', '-p', '0')
    expect(request()).toMatchObject({ electionType: 0, topicPartitions: [{ topic: 'x', partitions: [0] }] })
    await expect(async () => await run('drop-in', '--all-topic-partitions')).rejects.toThrow(
      '--election-type is missing',
    )
  })

  it.each([
    [['--election-type', 'random', '--all-topic-partitions'], '--election-type is preferred or unclean, not "random"'],
    [['--election-type', 'preferred'], 'give one of'],
    [['--election-type', 'preferred', '--partition', '0'], 'give one of'],
    [['--election-type', 'preferred', '--topic', 'x'], 'go together'],
    [['--election-type', 'preferred', '--all-topic-partitions', '--partition', '0'], 'go together'],
    [['--election-type', 'preferred', '--all-topic-partitions', '--topic', 'x', '--partition', '0'], 'give one of'],
    [
      ['--election-type', 'preferred', '--path-to-json-file', 'none.json'],
      'none.json cannot be read: there is no such file',
    ],
  ])('refuses %j', async (args, message) => {
    const refused = run('kts', ...args)
    await expect(refused).rejects.toThrow(UserError)
    await expect(refused).rejects.toThrow(message)
  })
})
