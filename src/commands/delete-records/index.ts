import { deleteRecords, type DeletedRecords, type RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { defineOptions, type Context, type Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { confirm, dryRunOption, yesOption, type Question } from '../../lib/work/confirm.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { NOTHING_DONE, showPlan } from '../../lib/work/outcomes.ts'
import { nameFailures } from '../../lib/work/failures.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { readOffsetsFile } from './offsets-file.ts'
import { planDeletion } from './plan.ts'

const options = defineOptions([
  {
    name: 'offset-json-file',
    argument: 'required',
    value: 'FILE',
    section: 'What to delete',
    about:
      'The first offset to keep of each partition; -1 keeps nothing: ' +
      '{"partitions": [{"topic": "retail", "partition": 0, "offset": 100}], "version": 1}.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
])

export const deleteRecordsCommand = defineCommand({
  name: 'delete-records',
  dropIns: ['kafka-delete-records'],
  about: 'Delete the records of partitions below an offset.',
  examples: [
    {
      command: 'kts delete-records --offset-json-file offsets.json',
      about: 'Delete what lies below the offsets in a file.',
    },
    { command: 'kts delete-records --offset-json-file offsets.json --dry-run', about: 'Count what that would be.' },
  ],
  options,
  check(values) {
    if (values.offsetJsonFile === undefined) throw new UserError('--offset-json-file is missing')
  },
  async run(values, context) {
    const items = readOffsetsFile(values.offsetJsonFile!, context.cwd)
    const { clock } = context
    return withCluster(values, context, async (client, connection) => {
      if (values.dryRun) return plan(client, items, context)
      if (items.length > 0 && !(await confirm(deed(items), { values, context, connection }))) return NOTHING_DONE
      return show(client, await deleteRecords(client, items, { clock }), context)
    })
  },
})

function deed(items: readonly RecordsToDelete[]): Question {
  const what = (item: RecordsToDelete): string =>
    item.offset === -1n ? 'all records' : `the records below offset ${item.offset}`
  if (items.length === 1) return { question: `Delete ${what(items[0]!)} of ${partitionName(items[0]!)}` }
  return {
    question: `Delete these records of ${items.length} partitions`,
    items: items.map((item) => `${partitionName(item)}: ${what(item)}\n`).join(''),
  }
}

async function plan(client: KafkaClient, items: readonly RecordsToDelete[], context: Context): Promise<Result> {
  const planned = await planDeletion(client, items, context.clock)
  const exitCode = await nameKept(client, planned, context)
  return showPlan(
    planned.map(({ topic, partition, count, lowWatermark, error }) => {
      if (error) return { data: { topic, partition, lowWatermark: null, error }, sentence: null }
      const records = count === 1n ? '1 record' : `${count} records`
      const sentence = `Would delete ${records} of ${partitionName({ topic, partition })}; its first offset would be ${lowWatermark}.`
      return { data: { topic, partition, lowWatermark, records: count }, sentence }
    }),
    exitCode,
  )
}

/** Returns the exit code. */
function nameKept(client: KafkaClient, items: readonly DeletedRecords[], context: Context): Promise<0 | 1> {
  const failures = items.flatMap((item) =>
    item.error
      ? [{ what: `Cannot delete records of ${partitionName(item)}`, error: item.error, topic: item.topic }]
      : [],
  )
  return nameFailures(failures, { client, context })
}

/**
 * Apache's tool prints failures among the results and calls it done; under kts they go to stderr, and the exit code is
 * 1.
 */
async function show(client: KafkaClient, deleted: readonly DeletedRecords[], context: Context): Promise<Result> {
  const isDropIn = context.style === 'drop-in'
  const exitCode = isDropIn ? 0 : await nameKept(client, deleted, context)
  const shown = deleted.filter(({ error }) => isDropIn || !error)
  return {
    data: deleted.map(({ topic, partition, lowWatermark, error }) => ({
      topic,
      partition,
      lowWatermark: error ? null : lowWatermark,
      ...(error && { error }),
    })),
    text: () => `Executing records delete operation\nRecords delete operation completed:\n${shown.map(line).join('')}`,
    table: () =>
      renderTable(
        ['TOPIC', 'PARTITION', 'FIRST OFFSET'],
        shown.map(({ topic, partition, lowWatermark }) => [topic, `${partition}`, `${lowWatermark}`]),
        { right: [1, 2] },
      ),
    exitCode,
  }
}

const line = ({ lowWatermark, error, ...partition }: DeletedRecords): string =>
  `partition: ${partitionName(partition)}\t${error ? `error: ${error.message} (${error.code})` : `low_watermark: ${lowWatermark}`}\n`
