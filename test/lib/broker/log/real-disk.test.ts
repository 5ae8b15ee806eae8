import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import {
  Disk,
  isDeletedFolder,
  type LogConfig,
  logFolder,
  openLog,
  type PartitionLog,
  partitionOfFolder,
  readPartitionMetadata,
} from '../../../../src/lib/broker/log/index.ts'
import { batches, buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { CLIENT, DEFAULTS, readAll, TOPIC_ID, valuesOf } from './support.ts'

const CONFIG: LogConfig = {
  ...DEFAULTS,
  segmentBytes: 300,
  indexIntervalBytes: 80,
  fileDeleteDelayMs: 10,
  cleanupPolicy: new Set(['compact', 'delete']),
  minCleanableDirtyRatio: 0,
}
const PARTITIONS = [0, 1, 2, 3]

const root = mkdtempSync(join(tmpdir(), 'kts-log-'))
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('logs that share fewer open files than they have do all they do, on a real disk', async () => {
  const clock = new FakeClock()
  const disk = new Disk(3)
  const openAll = (cleanShutdown: boolean): PartitionLog[] =>
    PARTITIONS.map((partition) =>
      openLog({
        fileSystem: disk,
        directory: join(root, logFolder('retail', partition)),
        topic: 'retail',
        partition,
        topicId: TOPIC_ID,
        config: CONFIG,
        clock,
        onWarning: (message) => expect.unreachable(message),
        cleanShutdown,
      }),
    )
  let logs = openAll(false)
  const append = (key: string, value: string): void => {
    clock.advance(1)
    for (const log of logs) {
      log.append(
        Buffer.from(buildBatch([{ timestamp: BigInt(clock.now()), key: Buffer.from(key), value: Buffer.from(value) }])),
        CLIENT,
      )
    }
  }
  for (let n = 0; n < 30; n += 1) append(`${n % 4}`, `${n}`)
  for (const log of logs) {
    expect(await log.compact(clock.now())).toBe(true)
    log.deleteRecordsBefore(3n)
    clock.advance(20)
  }
  const before = logs.map(valuesOf)
  expect(new Set(before.map(String)).size).toBe(1)
  expect(before[0]!.slice(-5)).toEqual(['25', '26', '27', '28', '29'])
  for (const cleanShutdown of [true, false]) {
    if (cleanShutdown) for (const log of logs) log.close()
    logs = openAll(cleanShutdown)
    expect(logs.map(valuesOf)).toEqual(before)
    expect(logs[0]!.offsetForTimestamp(BigInt(clock.now() - 100))?.offset).toBeDefined()
  }
  for (const log of logs) {
    const all = readAll(log)
    const { at } = [...batches(all)].find(({ header }) => header.baseOffset >= 28n)!
    log.truncateTo(28n)
    expect(valuesOf(log).at(-1)).toBe('27')
    log.appendAsFollower(all.subarray(at))
  }
  expect(logs.map(valuesOf)).toEqual(before)
  clock.advance(20)
  append('new', '30')
  clock.advance(CONFIG.retentionMs * 2)
  for (const log of logs) log.applyRetention(clock.now())
  expect(logs.map((log) => [log.logStartOffset, log.sizeInBytes])).toEqual(PARTITIONS.map(() => [31n, 0]))
  expect(disk.list(root).map(partitionOfFolder)).toContainEqual({ topic: 'retail', partition: 3 })
  expect(readPartitionMetadata(disk, join(root, 'retail-3'))).toBe(TOPIC_ID)
  for (const log of logs) log.restartAt(50n)
  logs = openAll(false)
  expect(logs.map((log) => [log.logStartOffset, log.logEndOffset])).toEqual(PARTITIONS.map(() => [50n, 50n]))
  await Promise.all(logs.map((log) => log.delete()))
  expect(disk.list(root)).toEqual([])
})

it('folders of partitions are told from others', () => {
  const names = [
    'retail-0',
    'web-log-12',
    'retail',
    'retail-x',
    'retail-0.0123456789abcdef0123456789abcdef-delete',
    'meta.properties',
  ]
  expect(names.map(partitionOfFolder)).toEqual([
    { topic: 'retail', partition: 0 },
    { topic: 'web-log', partition: 12 },
    null,
    null,
    null,
    null,
  ])
  expect(names.filter(isDeletedFolder)).toEqual(['retail-0.0123456789abcdef0123456789abcdef-delete'])
})
