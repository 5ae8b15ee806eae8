import { defineOptions, type Values } from '../../lib/command/define.ts'
import { brokerListOptions, connectionOptions } from '../../lib/config/connection.ts'
import { IGNORABLE } from './document-parser.ts'

const READER_PROPERTIES = [
  'parse.key=true',
  'parse.headers=true',
  'key.separator=',
  'headers.delimiter=',
  'headers.separator=',
  'headers.key.separator=',
  'null.marker=',
  'ignore.error=true',
]

const what = 'What to send'
const documents = 'JSON lines'
const how = 'How to send it'
const settings = 'Settings'

export const options = defineOptions([
  ...connectionOptions,
  ...brokerListOptions,
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    section: what,
    about: 'The topic to send to; with --json whatever topic a line names, and not needed where each names one.',
  },
  {
    name: 'input-file',
    argument: 'required',
    value: 'PATH',
    section: what,
    about: 'Read the lines from this file instead of stdin; - is stdin.',
    only: 'kts',
  },
  {
    name: 'reader-property',
    argument: 'required',
    value: 'KEY=VALUE',
    completes: READER_PROPERTIES,
    repeatable: true,
    section: what,
    about:
      'How a line is read: parse.key (false), key.separator (tab), parse.headers (false), headers.delimiter (tab), headers.separator (,), headers.key.separator (:), null.marker, ignore.error (false).',
  },
  {
    name: 'reader-config',
    argument: 'required',
    value: 'FILE',
    section: what,
    about: 'A properties file for the reader; --reader-property goes before it.',
  },
  {
    name: 'json',
    argument: 'none',
    section: documents,
    about:
      'Each line is a JSON document as kts consume --json prints it: {"topic", "partition", "timestamp", "key", "value", "headers": [{"key", "value"}, …]}. All but "value" may be missing; a key, a value, or either of a header is a string, null, or {"base64": "…"} for bytes that are no UTF-8. "offset" has no effect. A line that is no such document is named, and the next one read. The answer is in JSON with --output json.',
    only: 'kts',
  },
  {
    name: 'ignore',
    argument: 'required',
    value: 'FIELD',
    values: IGNORABLE,
    repeatable: true,
    section: documents,
    about:
      'Do as if documents had no partition (the key chooses, as for a topic with another count of them), no timestamp (the record gets that of its sending) or no headers.',
    only: 'kts',
  },
  {
    name: 'line-reader',
    argument: 'required',
    value: 'CLASS',
    section: what,
    about: 'Class name of the reader: only org.apache.kafka.tools.LineMessageReader, the default.',
  },
  {
    name: 'progress',
    argument: 'none',
    section: what,
    about: 'Show on stderr how far it is; on a terminal that is the default, unless stdout is a pipe.',
    only: 'kts',
  },
  {
    name: 'transactional-id',
    argument: 'required',
    value: 'ID',
    section: how,
    about:
      'Send whole transactions under this id: readers of committed records see all lines of one or none. A failure or Ctrl-C aborts the open one; another producer with the same id shuts this one out.',
    only: 'kts',
  },
  {
    name: 'transaction-size',
    argument: 'required',
    type: 'integer',
    value: 'LINES',
    section: how,
    about:
      'Commit after so many lines. By default the whole input is one transaction, which must be over within transaction.timeout.ms (60000).',
    only: 'kts',
  },
  { name: 'sync', argument: 'none', section: how, about: 'Send one line at a time, and stop at the first that fails.' },
  {
    name: 'request-required-acks',
    argument: 'required',
    value: 'ACKS',
    values: ['0', '1', 'all', '-1'],
    section: how,
    about:
      'Who has to have a record before it counts as sent: 0 nobody, 1 the leader, all (-1) every replica in sync. Default all.',
  },
  {
    name: 'compression-codec',
    argument: 'optional',
    value: 'CODEC',
    values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    section: how,
    about: 'How batches are compressed; gzip when no codec follows.',
  },
  {
    name: 'batch-size',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: how,
    about:
      'The most that a batch may hold (batch.size). By default batches grow to 1 MiB while the input is faster than the network.',
  },
  {
    name: 'max-partition-memory-bytes',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: how,
    about: 'The old name of --batch-size; goes before it.',
  },
  {
    name: 'timeout',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: how,
    about:
      'How long a line may wait for more to fill its batch (linger.ms). By default it waits only while the broker is busy.',
  },
  {
    name: 'max-memory-bytes',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: how,
    about: 'Memory for lines on their way (buffer.memory). Default 33554432.',
  },
  {
    name: 'max-block-ms',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: how,
    about: 'How long to wait for a topic, or for memory (max.block.ms). Default 60000.',
  },
  {
    name: 'message-send-max-retries',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: how,
    about: 'How often a batch is tried again (retries). By default until delivery.timeout.ms is over.',
  },
  {
    name: 'retry-backoff-ms',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: how,
    about: 'The pause before trying again (retry.backoff.ms). Default 100.',
  },
  {
    name: 'request-timeout-ms',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: how,
    about: 'How long a broker may take to answer (request.timeout.ms). Default 30000.',
  },
  {
    name: 'metadata-expiry-ms',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: how,
    about: 'How often to ask again who leads the partitions (metadata.max.age.ms). Default 300000.',
  },
  {
    name: 'socket-buffer-size',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: how,
    about: 'send.buffer.bytes; has no effect here, and says so.',
  },
  {
    name: 'command-property',
    argument: 'required',
    value: 'KEY=VALUE',
    repeatable: true,
    section: settings,
    about: "A setting of Java's producer; goes before --command-config.",
  },
  {
    name: 'producer-property',
    argument: 'required',
    value: 'KEY=VALUE',
    repeatable: true,
    section: settings,
    deprecatedFor: 'command-property',
    about: 'The old name of --command-property.',
  },
  {
    name: 'producer.config',
    argument: 'required',
    value: 'FILE',
    section: settings,
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
  {
    name: 'property',
    argument: 'required',
    value: 'KEY=VALUE',
    repeatable: true,
    section: settings,
    deprecatedFor: 'reader-property',
    about: 'The old name of --reader-property.',
  },
])

export type ProduceValues = Values<typeof options>
