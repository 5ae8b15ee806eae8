import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteRecordsCommand } from '../../../src/commands/delete-records/index.ts'
import { readOffsetsFile } from '../../../src/commands/delete-records/options.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { DeleteRecords } from '../../../src/lib/protocol/apis/delete-records.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../support/fake-broker.ts'
import { runCommand } from '../../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-delete-records-'))
afterAll(() => rmSync(folder, { recursive: true }))

function writeOffsets(text: string): string {
  writeFileSync(join(folder, 'offsets.json'), text)
  return 'offsets.json'
}

describe('readOffsetsFile', () => {
  it('reads partitions and offsets; the version may be missing', () => {
    const file = writeOffsets(
      '{"partitions":[{"topic":"x","partition":0,"offset":3},{"topic":"x","partition":1,"offset":-1}]}',
    )
    expect(readOffsetsFile(file, folder)).toEqual([
      { topic: 'x', partition: 0, offset: 3n },
      { topic: 'x', partition: 1, offset: -1n },
    ])
  })

  it.each([
    ['', 'not JSON'],
    ['nonsense', 'not JSON'],
    ['[]', '"partitions"'],
    ['{}', '"partitions"'],
    ['{"partitions":[],"version":9}', '"version" is 9'],
    ['{"partitions":[{"topic":"x"}]}', '"partition"'],
    ['{"partitions":[{"topic":"x","partition":0}]}', '"offset"'],
    ['{"partitions":[{"partition":0,"offset":1}]}', '"topic"'],
    ['{"partitions":[{"topic":"x","partition":0.5,"offset":1}]}', '"partition"'],
    ['{"partitions":[null]}', '"topic"'],
    ['{"partitions":[{"topic":"x","partition":0,"offset":1},{"topic":"x","partition":0,"offset":2}]}', 'x-0 twice'],
  ])('refuses %s', (text, message) => {
    const file = writeOffsets(text)
    expect(() => readOffsetsFile(file, folder)).toThrow(UserError)
    expect(() => readOffsetsFile(file, folder)).toThrow(message)
  })

  it('names a file that is not there', () => {
    expect(() => readOffsetsFile('none.json', folder)).toThrow('none.json cannot be read: there is no such file')
  })
})

describe('kts delete-records', () => {
  let broker: FakeBroker

  beforeEach(async () => {
    broker = await FakeBroker.start()
    broker.on(Metadata, () =>
      broker.metadata([
        {
          name: 'x',
          partitions: [
            { partitionIndex: 0, leaderId: 1 },
            { partitionIndex: 1, leaderId: 1 },
          ],
        },
      ]),
    )
    broker.on(DeleteRecords, ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, offset }) =>
          partitionIndex === 1 ? { partitionIndex, errorCode: 1 } : { partitionIndex, lowWatermark: offset },
        ),
      })),
    }))
  })
  afterEach(() => broker.stop())

  const run = (style: 'kts' | 'drop-in') =>
    runCommand(
      deleteRecordsCommand as unknown as Command,
      [
        '--bootstrap-server',
        broker.address,
        '--offset-json-file',
        writeOffsets(
          '{"partitions":[{"topic":"x","partition":0,"offset":3},{"topic":"x","partition":1,"offset":99},{"topic":"x","partition":7,"offset":0}]}',
        ),
      ],
      { style, cwd: folder },
    )

  it("prints failures among the results under Apache's name", async () => {
    const { text, exitCode } = await run('drop-in')
    expect(text).toBe(
      'Executing records delete operation\nRecords delete operation completed:\npartition: x-0\tlow_watermark: 3\n' +
        "partition: x-1\terror: The offset lies outside of the partition's log (OFFSET_OUT_OF_RANGE)\n" +
        'partition: x-7\terror: There is no such topic or partition (UNKNOWN_TOPIC_OR_PARTITION)\n',
    )
    expect(exitCode).toBe(0)
  })

  it('names them on stderr under kts, and exits 1', async () => {
    const { text, stderr, exitCode, data } = await run('kts')
    expect(text).not.toContain('error')
    expect(stderr.split('\n')).toHaveLength(3)
    expect([exitCode, data]).toMatchObject([
      1,
      [{ lowWatermark: 3n }, { lowWatermark: null, error: { code: 'OFFSET_OUT_OF_RANGE' } }, { partition: 7 }],
    ])
  })

  const kts = (line: string) =>
    runCommand(deleteRecordsCommand as unknown as Command, [...line.split(' '), '--bootstrap-server', broker.address])

  it('takes a topic, its partitions, and the first offset to keep', async () => {
    await kts('x -p 0 --before 3')
    expect(broker.requests(DeleteRecords)[0]!.request).toMatchObject({
      topics: [{ name: 'x', partitions: [{ partitionIndex: 0, offset: 3n }] }],
    })
    expect((await kts('-t x --before end')).data).toMatchObject([{ partition: 0 }, { partition: 1 }])
    expect(broker.requests(DeleteRecords)[1]!.request).toMatchObject({
      topics: [{ partitions: [{ offset: -1n }, { partitionIndex: 1, offset: -1n }] }],
    })
    await kts('x -p 0 -p 1 -p 0 --before end')
    expect(broker.requests(DeleteRecords)[2]!.request).toMatchObject({
      topics: [{ partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
    })
  })

  it.each([
    ['-X a=b', 'name a topic, or give --offset-json-file'],
    ['x', '--before is missing'],
    ['x --before=-1', '--before -1 is neither an offset nor end'],
    ['x --before soon', '--before soon is neither an offset nor end'],
    ['x --offset-json-file f', '--offset-json-file stands alone'],
    ['x y --before 1', 'unexpected argument "y"'],
  ])('refuses %s', async (line, message) => {
    await expect(async () => await kts(line)).rejects.toThrow(message)
    await expect(async () => await kts(line)).rejects.toThrow(UserError)
  })

  it("needs a file under Apache's name, and knows no other options there", async () => {
    const dropIn = (...args: string[]) =>
      runCommand(deleteRecordsCommand as unknown as Command, ['--bootstrap-server', broker.address, ...args], {
        style: 'drop-in',
      })
    await expect(async () => await dropIn()).rejects.toThrow('--offset-json-file is missing')
    await expect(async () => await dropIn('--topic', 'x')).rejects.toThrow('unknown option --topic')
  })
})
