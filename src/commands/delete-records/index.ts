import { deleteRecords, type DeletedRecords, type RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { itemError } from '../../lib/client/admin/item-error.ts'
import { partitionName } from '../../lib/client/topic-partition.ts'
import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'
import { changing } from '../../lib/work/changing.ts'
import { defineCommand, type Job, type Work } from '../../lib/work/command.ts'
import type { Question } from '../../lib/work/confirm.ts'
import { asError, nameFailures } from '../../lib/work/failures.ts'
import { showPlan } from '../../lib/work/outcomes.ts'
import { checkWhat, options, readOffset, readOffsetsFile, TO_THE_END, type DeleteRecordsValues } from './options.ts'
import { planDeletion } from './plan.ts'

/** What the file names; null where the options name it. */
type Input = readonly RecordsToDelete[] | null

const deletion: Job<DeleteRecordsValues, Input> = {
  check: ({ values, context: { style } }) => checkWhat(values, style),
  read: ({ values: { offsetJsonFile: file }, context: { cwd } }) =>
    file === undefined ? null : readOffsetsFile(file, cwd),
  run: changing<Work<DeleteRecordsValues, Input>, readonly RecordsToDelete[]>({
    plan: async (work) => work.input ?? partitionsOf(work),
    preview,
    question,
    apply: async (work, items) => show(work, await deleteRecords(work.client, items, work.context)),
  }),
}

export const deleteRecordsCommand = defineCommand({
  examples: [
    { command: 'kts delete-records retail -p 0 --before 100', about: 'Delete the first records of a partition.' },
    { command: 'kts delete-records retail --before end --dry-run', about: 'Count the records of a topic.' },
    {
      command: 'kts delete-records --offset-json-file offsets.json',
      about: 'Delete the records before the offsets in a file.',
    },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topic.', into: 'topic', isOptional: true }],
  ...deletion,
})

/** Throws KafkaError for a topic that is not there. */
async function partitionsOf({ client, values, context }: Work<DeleteRecordsValues>): Promise<RecordsToDelete[]> {
  const [topic, offset] = [values.topic!, readOffset(values.before!)]
  if (values.partition.length > 0)
    return [...new Set(values.partition)].map((partition) => ({ topic, partition, offset }))
  const [found] = (await client.metadata([topic])).topics
  const error = itemError(found!.errorCode)
  if (error) throw await asError({ what: `Cannot delete records of ${topic}`, error, topic }, { client, context })
  return found!.partitions.map(({ partitionIndex }) => ({ topic, partition: partitionIndex, offset }))
}

function question(items: readonly RecordsToDelete[]): Question | undefined {
  const what = (item: RecordsToDelete): string =>
    item.offset === TO_THE_END ? 'all records' : `the records below offset ${item.offset}`
  if (items.length === 0) return undefined
  if (items.length === 1) return { question: `Delete ${what(items[0]!)} of ${partitionName(items[0]!)}` }
  return {
    question: `Delete these records of ${items.length} partitions`,
    items: items.map((item) => `${partitionName(item)}: ${what(item)}\n`).join(''),
  }
}

async function preview(work: Work<DeleteRecordsValues>, items: readonly RecordsToDelete[]): Promise<Result> {
  const planned = await planDeletion(work.client, items, work.context.clock)
  const exitCode = await nameKept(work, planned)
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
const nameKept = (work: Work<DeleteRecordsValues>, items: readonly DeletedRecords[]): Promise<0 | 1> =>
  nameFailures(
    items.flatMap((item) =>
      item.error
        ? [{ what: `Cannot delete records of ${partitionName(item)}`, error: item.error, topic: item.topic }]
        : [],
    ),
    work,
  )

/**
 * Apache's tool prints failures among the results and calls it done; under kts they go to stderr, and the exit code is
 * 1.
 */
async function show(work: Work<DeleteRecordsValues>, deleted: readonly DeletedRecords[]): Promise<Result> {
  const isDropIn = work.context.style === 'drop-in'
  const exitCode = isDropIn ? 0 : await nameKept(work, deleted)
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
