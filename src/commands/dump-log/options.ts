import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { forbidTogether } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'

const records = 'Records'

export const options = defineOptions([
  {
    name: 'files',
    value: 'FILE,…',
    completes: 'files',
    about: 'The files, with commas between them: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint.',
  },
  {
    name: 'json',
    section: 'General',
    about:
      'One JSON document a line, the same as --output json and ndjson: a batch, a record, an entry of an index, a producer.',
    only: 'kts',
  },
  ...optionGroup({ section: records }, [
    { name: 'deep-iteration', about: 'Every record, not only batches.' },
    { name: 'print-data-log', about: 'Keys and values too.' },
    { name: 'skip-record-metadata', about: 'Nothing of records but their keys and values.' },
    { name: 'max-bytes', type: 'integer', value: 'BYTES', about: 'Only so much of each log.' },
    {
      name: 'offsets-decoder',
      about: 'Read the records as those of __consumer_offsets: commits, and groups of every kind.',
    },
    { name: 'transaction-log-decoder', about: 'Read the records as those of __transaction_state.' },
    { name: 'share-group-state-decoder', about: 'Read the records as those of __share_group_state.' },
    {
      name: 'cluster-metadata-decoder',
      about: 'Read the records as those of __cluster_metadata, the log of KRaft controllers.',
    },
    {
      name: 'remote-log-metadata-decoder',
      about: 'Read the records as those of __remote_log_metadata, the log of tiered storage.',
    },
    {
      name: 'key-decoder-class',
      argument: 'optional',
      value: 'CLASS',
      about: "Only Kafka's StringDecoder, which is what is used anyway.",
    },
    {
      name: 'value-decoder-class',
      argument: 'optional',
      value: 'CLASS',
      about: "Only Kafka's StringDecoder, which is what is used anyway.",
    },
  ]),
  ...optionGroup({ section: 'Indexes' }, [
    { name: 'verify-index-only', about: 'Compare indexes with their log, and show no entries.' },
    { name: 'index-sanity-check', about: 'Only what a broker checks when it starts.' },
    {
      name: 'max-message-size',
      type: 'integer',
      value: 'BYTES',
      about: 'The largest batch to expect after an entry (default 5242880).',
    },
  ]),
])

export type DumpValues = Values<typeof options>

const DECODERS = [
  'offsetsDecoder',
  'transactionLogDecoder',
  'shareGroupStateDecoder',
  'clusterMetadataDecoder',
  'remoteLogMetadataDecoder',
] as const
const STRING_DECODERS = ['org.apache.kafka.tools.api.StringDecoder', 'kafka.serializer.StringDecoder']

/** Throws UserError. */
export function checkOptions(values: DumpValues): void {
  if (values.files === undefined)
    throw new UserError('--files is missing: it names the files, with commas between them')
  forbidTogether(values, DECODERS)
  for (const name of [values.keyDecoderClass, values.valueDecoderClass]) {
    if (name !== undefined && name !== true && !STRING_DECODERS.includes(name))
      throw new UserError(`${name} is a Java class; there is only ${STRING_DECODERS[0]}`)
  }
}

/** Any decoder asks for the content, and content is that of single records. */
export function depth(values: DumpValues): { printsContent: boolean; isDeep: boolean } {
  const printsContent =
    values.printDataLog ||
    DECODERS.some((name) => values[name]) ||
    values.keyDecoderClass !== undefined ||
    values.valueDecoderClass !== undefined
  return { printsContent, isDeep: values.deepIteration || printsContent }
}
