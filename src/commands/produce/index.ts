import { defineCommand } from '../../lib/work/old.ts'
import { UserError } from '../../lib/errors.ts'
import { optionName } from '../../lib/command/names.ts'
import { options, type ProduceValues } from './options.ts'
import { produce } from './run.ts'

export const produceCommand = defineCommand({
  name: 'produce',
  dropIns: ['kafka-console-producer'],
  about: 'Send lines to a topic.',
  examples: [
    { command: 'tail_logs | kts produce -t retail', about: 'Every line of a stream.' },
    { command: 'kts produce -t retail --input-file access.log --compression-codec zstd', about: 'A file, compressed.' },
    {
      command: 'kts produce -t orders --reader-property parse.key=true --reader-property key.separator=:',
      about: 'Lines such as 17:shipped, with a key.',
    },
    {
      command: 'kts produce -t orders --input-file orders.txt --transactional-id loader --transaction-size 100',
      about: 'A hundred lines at a time, each hundred whole or not at all.',
    },
    {
      command: 'kts consume -t orders --to-end --json | kts produce -t copy --json',
      about: 'A topic again: keys, headers, timestamps and partitions as they were.',
    },
    { command: 'kts produce -t orders', about: 'Type lines, end with Ctrl-D.' },
  ],
  options,
  check({ topic, transactionSize, transactionalId, json, ignore, ...values }) {
    if (!topic && !(json && topic === undefined))
      throw new UserError('--topic is missing: it names the topic to send to')
    if (transactionSize !== undefined && transactionSize < 1)
      throw new UserError(`--transaction-size must be 1 or more, not ${transactionSize}`)
    if (!json && ignore.length > 0) throw new UserError('--ignore needs --json: it names fields of documents')
    if (json) forbidReader(values)
    if (transactionalId === '') throw new UserError('--transactional-id is empty: give it a name')
  },
  run: produce,
})

/** These say how to cut a line of text. */
function forbidReader(
  values: Pick<ProduceValues, 'readerProperty' | 'property' | 'readerConfig' | 'lineReader'>,
): void {
  const {
    readerProperty: [readerProperty],
    property: [property],
    readerConfig,
    lineReader,
  } = values
  const [given] =
    Object.entries({ readerProperty, property, readerConfig, lineReader }).find(([, value]) => value !== undefined) ??
    []
  if (given !== undefined)
    throw new UserError(`--json and ${optionName(given)} contradict each other: a document is not cut into parts`)
}
