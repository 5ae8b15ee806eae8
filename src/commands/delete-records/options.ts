import type { RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { readPartitionsFile } from '../../lib/config/json-file.ts'
import { UserError } from '../../lib/errors.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'

const section = 'What to delete'

export const options = defineOptions([
  ...optionGroup({ section, only: 'kts' }, [
    { name: 'topic', short: 't', value: 'TOPIC', completes: 'topics', about: 'The topic, together with --before.' },
    {
      name: 'partition',
      short: 'p',
      type: 'integer',
      repeatable: true,
      value: 'NUMBER',
      about: 'A partition of the topic; all of them by default.',
    },
    {
      name: 'before',
      value: 'OFFSET',
      completes: ['end'],
      about: 'The first offset to keep in each partition; end keeps nothing.',
    },
  ]),
  {
    name: 'offset-json-file',
    value: 'FILE',
    section,
    about:
      'The first offset to keep of each partition; -1 keeps nothing: ' +
      '{"partitions": [{"topic": "retail", "partition": 0, "offset": 100}], "version": 1}.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
])

export type DeleteRecordsValues = Values<typeof options>

/** In place of an offset: the end of the partition. */
export const TO_THE_END = -1n

/** Throws UserError. */
export function checkWhat({ offsetJsonFile, topic, partition, before }: DeleteRecordsValues, style: string): void {
  if (offsetJsonFile !== undefined) {
    if (topic !== undefined || partition.length > 0 || before !== undefined)
      throw new UserError('--offset-json-file stands alone, without a topic, --partition and --before')
    return
  }
  if (style === 'drop-in') throw new UserError('--offset-json-file is missing')
  if (topic === undefined) throw new UserError('name a topic, or give --offset-json-file')
  if (before === undefined) throw new UserError('--before is missing: it is the first offset to keep, or end')
  readOffset(before)
}

/** `4711`, or the end. Throws UserError. */
export function readOffset(text: string): bigint {
  if (text === 'end') return TO_THE_END
  if (!/^\d+$/.test(text)) throw new UserError(`--before ${text} is neither an offset nor end`)
  return BigInt(text)
}

/** Reads `{"partitions": [{"topic": …, "partition": …, "offset": …}, …], "version": 1}`. Throws UserError. */
export function readOffsetsFile(file: string, cwd: string): RecordsToDelete[] {
  return readPartitionsFile({ file, cwd, option: '--offset-json-file' }, ({ offset }, where) => {
    if (!Number.isSafeInteger(offset)) throw new UserError(`${where}: "offset" is missing or not a whole number`)
    return { offset: BigInt(offset as number) }
  })
}
