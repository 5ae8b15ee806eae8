import { describe, expect, test } from 'vitest'
import { MemoryDisk, type PartitionLog } from '../../../../src/lib/broker/log/index.ts'
import { UNASSIGNED_DIRECTORY } from '../../../../src/lib/broker/state/cluster/directory-ids.ts'
import { LogDirectories } from '../../../../src/lib/broker/state/storage/log-directories.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { DEFAULTS, TOPIC_ID, batchOf, settle } from '../log/support.ts'

const MARK = '.kafka_cleanshutdown'
const WATERMARKS = '/data/replication-offset-checkpoint'

class Folders {
  readonly disk = new MemoryDisk()
  readonly warnings: string[] = []

  constructor() {
    this.disk.makeDirectory('/data')
    this.disk.syncDirectory('/')
  }

  open(paths = ['/data']): LogDirectories {
    return new LogDirectories({
      paths,
      metadataDirectory: paths[0]!,
      fileSystem: this.disk,
      nodeId: 1,
      clock: new FakeClock(),
      // Nobody holds a folder that was not given back: a process that was killed.
      processes: { pid: 1, identity: () => null },
      producerIdExpirationMs: 1000,
      warn: (line) => this.warnings.push(line),
    })
  }

  text(path: string): string | undefined {
    return this.disk.readFile(path)?.toString()
  }
}

function openLog(directories: LogDirectories, topic = 't'): PartitionLog {
  return directories.openLog(
    { topic, partition: 0, topicId: TOPIC_ID, config: DEFAULTS, directoryId: UNASSIGNED_DIRECTORY, isNew: false },
    () => false,
  )!
}

function write(log: PartitionLog, ...values: string[]): void {
  for (const value of values) log.append(batchOf([value]), { leaderEpoch: 0, origin: 'client' })
}

test('a topic that is made when every folder has failed has no log', () => {
  const directories = new Folders().open()
  expect(directories.fail('/data', 'full')).toBe(false)
  const request = { topic: 't', partition: 0, topicId: TOPIC_ID, config: DEFAULTS, directoryId: UNASSIGNED_DIRECTORY }
  expect(directories.openLog({ ...request, isNew: true }, () => false)).toBeNull()
})

describe('the mark of a clean stop', () => {
  test('tells the broker epoch to the next start, and to no other', () => {
    const folders = new Folders()
    const first = folders.open()
    expect(first.previousBrokerEpoch).toBe(-1n)
    first.close(true, 45n)
    expect(folders.text(`/data/${MARK}`)).toBe('{"version":0,"brokerEpoch":45}')
    const second = folders.open()
    expect([second.previousBrokerEpoch, folders.disk.exists(`/data/${MARK}`)]).toEqual([45n, false])
    second.close(false, 46n)
    expect(folders.open().previousBrokerEpoch).toBe(-1n)
  })

  test.each(['{"version":0}', '', 'x', '{"version":0,"brokerEpoch":-1}'])(
    'has no epoch where it says %s',
    (content) => {
      const folders = new Folders()
      folders.open().close(true, 1n)
      folders.disk.writeFileAtomically(`/data/${MARK}`, content)
      expect(folders.open().previousBrokerEpoch).toBe(-1n)
    },
  )

  test('is believed when all folders say the same', () => {
    const folders = new Folders()
    const paths = ['/data', '/more']
    folders.open(paths).close(true, 7n)
    const second = folders.open(paths)
    expect(second.previousBrokerEpoch).toBe(7n)
    second.close(true, 8n)
    folders.disk.remove(`/more/${MARK}`)
    expect(folders.open(paths).previousBrokerEpoch).toBe(-1n)
  })
})

describe('the high watermark of a log', () => {
  test('is noted a moment later, and is what the next start begins with', async () => {
    const folders = new Folders()
    const first = folders.open()
    const log = openLog(first)
    write(log, 'a', 'b', 'c')
    log.highWatermark = 2n
    first.noteHighWatermark('t', 0, log.highWatermark)
    await settle()
    expect(folders.text(WATERMARKS)).toBe('0\n1\nt 0 2\n')
    log.close()
    first.close(true)
    const again = openLog(folders.open())
    expect([again.highWatermark, again.logEndOffset]).toEqual([2n, 3n])
  })

  test('costs the disk nothing while it stays the same, nor for a partition that is not here', async () => {
    const folders = new Folders()
    const directories = folders.open()
    openLog(directories)
    directories.noteHighWatermark('t', 0, 0n)
    await settle()
    const { operations } = folders.disk
    directories.noteHighWatermark('t', 0, 0n)
    directories.noteHighWatermark('other', 0, 5n)
    await settle()
    expect(folders.disk.operations).toBe(operations)
  })

  test('is forgotten with the log', async () => {
    const folders = new Folders()
    const directories = folders.open()
    openLog(directories)
    directories.noteHighWatermark('t', 0, 0n)
    directories.forget('t', 0)
    await settle()
    expect(folders.text(WATERMARKS)).toBe('0\n0\n')
  })

  test('that nobody has noted is the start of the log', () => {
    const folders = new Folders()
    const first = folders.open()
    write(openLog(first), 'a')
    first.close(true)
    expect(openLog(folders.open()).highWatermark).toBe(0n)
  })
})

describe('the recovery point of a log', () => {
  const RECOVERY_POINTS = '/data/recovery-point-offset-checkpoint'

  test('is on the disk before what lies behind it is cut off', async () => {
    const folders = new Folders()
    const directories = folders.open()
    const log = openLog(directories)
    write(log, 'a', 'b', 'c')
    await log.flushInBackground()
    await settle()
    expect(folders.text(RECOVERY_POINTS)).toBe('0\n1\nt 0 3\n')
    log.truncateTo(1n)
    folders.disk.failAt(1, 'crash')
    expect(() => folders.disk.list('/data')).toThrow()
    folders.disk.restart()
    expect(folders.text(RECOVERY_POINTS)).toBe('0\n1\nt 0 1\n')
  })

  test('that the disk refuses keeps what lies behind it, until it is noted', () => {
    const folders = new Folders()
    const log = openLog(folders.open())
    write(log, 'a', 'b', 'c')
    log.flush()
    log.close()
    const again = openLog(folders.open())
    folders.disk.failAt(1, 'ENOSPC', { lasting: true })
    expect(() => again.truncateTo(1n)).toThrow('the disk is full')
    folders.disk.heal()
    expect(again.logEndOffset).toBe(3n)
    again.truncateTo(1n)
    expect(again.logEndOffset).toBe(1n)
  })
})
