import { deleteRecords, type DeletedRecords } from '../../lib/client/admin/delete-records.ts'
import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/admin/leaders.ts'
import { defineCommand, defineOptions, type Context, type Result } from '../../lib/command/define.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { withCluster } from '../../lib/config/with-cluster.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { write } from '../../lib/output/write.ts'
import { readOffsetsFile } from './offsets-file.ts'

const options = defineOptions([
  {
    name: 'offset-json-file', argument: 'required', value: 'FILE', section: 'What to delete',
    about: 'The first offset to keep of each partition; -1 keeps nothing: '
      + '{"partitions": [{"topic": "retail", "partition": 0, "offset": 100}], "version": 1}.',
  },
  ...connectionOptions,
])

export const deleteRecordsCommand = defineCommand({
  name: 'delete-records',
  dropIns: ['kafka-delete-records'],
  about: 'Delete the records of partitions below an offset.',
  examples: [{ command: 'kts delete-records --offset-json-file offsets.json', about: 'Delete what lies below the offsets in a file.' }],
  options,
  check(values) {
    if (values.offsetJsonFile === undefined) throw new UserError('--offset-json-file is missing')
  },
  async run(values, context) {
    const items = readOffsetsFile(values.offsetJsonFile!, context.cwd)
    const { clock } = context
    return show(await withCluster(values, context, (client) => deleteRecords(client, items, { clock })), context)
  },
})

/** Apache's tool prints failures among the results and calls it done; under kts they go to stderr, and the exit code is 1. */
async function show(deleted: readonly DeletedRecords[], { style, stderr, program }: Context): Promise<Result> {
  const failed = deleted.filter(({ error }) => error)
  for (const item of style === 'kts' ? failed : []) {
    await write(stderr, `${program}: ${itemSentence(`Cannot delete records of ${partitionName(item)}`, item.error!)}\n`)
  }
  const shown = deleted.filter(({ error }) => style === 'drop-in' || !error)
  return {
    data: deleted.map(({ topic, partition, lowWatermark, error }) =>
      ({ topic, partition, lowWatermark: error ? null : lowWatermark, ...(error && { error }) })),
    text: () => `Executing records delete operation\nRecords delete operation completed:\n${shown.map(line).join('')}`,
    table: () => renderTable(['TOPIC', 'PARTITION', 'FIRST OFFSET'],
      shown.map(({ topic, partition, lowWatermark }) => [topic, `${partition}`, `${lowWatermark}`]), { right: [1, 2] }),
    exitCode: failed.length > 0 && style === 'kts' ? 1 : 0,
  }
}

const line = ({ lowWatermark, error, ...partition }: DeletedRecords): string =>
  `partition: ${partitionName(partition)}\t${error ? `error: ${error.message} (${error.code})` : `low_watermark: ${lowWatermark}`}\n`
