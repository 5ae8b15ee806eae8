import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logDirs } from '../../../src/commands/log-dirs/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { KafkaError, UserError } from '../../../src/lib/errors.ts'
import { DescribeLogDirs } from '../../../src/lib/protocol/apis/describe-log-dirs.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand, type Outcome } from '../../support/run-command.ts'

const GIB = 1024n ** 3n

let brokers: FakeBroker[]
beforeEach(async () => {
  brokers = [await FakeBroker.start(), await FakeBroker.start({ nodeId: 2 })]
  brokers[0]!.on(Metadata, () => brokers[0]!.metadata([], brokers.slice(1)))
  brokers[0]!.on(DescribeLogDirs, () => ({
    results: [
      {
        logDir: '/a',
        totalBytes: 4n * GIB,
        usableBytes: 3n * GIB,
        topics: [
          { name: 'y', partitions: [{ partitionIndex: 0, partitionSize: 2048n }] },
          {
            name: 'x',
            partitions: [
              { partitionIndex: 10, partitionSize: 10n },
              { partitionIndex: 2, partitionSize: 20n, offsetLag: 7n, isFutureKey: true },
            ],
          },
        ],
      },
    ],
  }))
  brokers[1]!.on(DescribeLogDirs, () => ({ results: [{ logDir: '/b', errorCode: 56 }] }))
})
afterEach(() => Promise.all(brokers.map((broker) => broker.stop())))

const run = (style: 'kts' | 'drop-in', ...args: string[]): Promise<Outcome> =>
  runCommand(logDirs as unknown as Command, ['--bootstrap-server', brokers[0]!.address, ...args], {
    style,
    program: 'kts log-dirs',
  })

describe('kts log-dirs', () => {
  it("asks every broker, and writes Apache's JSON", async () => {
    const { text, exitCode } = await run('drop-in', '--describe')
    const [first, second, document, ...rest] = text.split('\n')
    expect([first, second, rest]).toEqual([
      'Querying brokers for log directories information',
      'Received log directory information from brokers 1,2',
      [''],
    ])
    expect(document).toBe(
      '{"brokers":[{"broker":1,"logDirs":[{"partitions":[' +
        '{"partition":"x-2","size":20,"offsetLag":7,"isFuture":true},{"partition":"x-10","size":10,"offsetLag":0,"isFuture":false},' +
        '{"partition":"y-0","size":2048,"offsetLag":0,"isFuture":false}],"error":null,"logDir":"/a"}]},' +
        '{"broker":2,"logDirs":[{"partitions":[],"error":"org.apache.kafka.common.errors.KafkaStorageException","logDir":"/b"}]}],"version":1}',
    )
    expect(exitCode).toBe(0)
  })

  it('shows chosen topics on chosen brokers', async () => {
    const { data, exitCode } = await run('kts', '--topic-list', 'y,none', '--broker-list', '1,1')
    expect(data).toEqual([
      {
        broker: 1,
        logDirs: [
          {
            path: '/a',
            error: null,
            totalBytes: 4n * GIB,
            usableBytes: 3n * GIB,
            replicas: [{ topic: 'y', partition: 0, sizeInBytes: 2048n, offsetLag: 0n, isFuture: false }],
          },
        ],
      },
    ])
    expect(exitCode).toBe(0)
    expect(brokers[1]!.requests(DescribeLogDirs)).toEqual([])
    expect((await run('kts', 'y', 'none', '--broker-list', '1')).data).toEqual(data)
  })

  it('has a table of folders and one of replicas, and names folders that fail', async () => {
    const { table, stderr, exitCode } = await run('kts')
    expect(table!.split('\n').map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
      'BROKER DIRECTORY REPLICAS SIZE FREE STATE',
      '1 /a 3 2.0 KiB 3.0 GiB ok',
      '2 /b 0 0 B KAFKA_STORAGE_ERROR',
      '',
      'TOPIC PARTITION SIZE LAG BROKER DIRECTORY',
      'x 2 20 B 7 1 /a (on its way)',
      'x 10 10 B 0 1 /a',
      'y 0 2.0 KiB 0 1 /a',
      '',
    ])
    expect(stderr).toBe('kts log-dirs: broker 2 cannot use /b: KAFKA_STORAGE_ERROR (KAFKA_STORAGE_ERROR)\n')
    expect(exitCode).toBe(1)
  })

  it('takes an empty answer, from brokers before 3.2, for a refusal', async () => {
    brokers[1]!.on(DescribeLogDirs, () => ({ results: [] }))
    await expect(run('kts', '--broker-list', '2')).rejects.toThrow(KafkaError)
  })

  it('refuses what it cannot ask', async () => {
    await expect(run('kts', '--broker-list', '1,7')).rejects.toThrow(
      '--broker-list: there is no broker 7; there are 1, 2',
    )
    await expect(run('kts', '--broker-list', 'one')).rejects.toThrow(UserError)
    await expect(run('drop-in')).rejects.toThrow('say what to do: --describe')
  })
})
