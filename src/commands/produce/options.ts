import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { brokerListOptions, connectionOptions, registryOptions } from '../../lib/config/connection.ts'
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

export const options = defineOptions([
  ...connectionOptions,
  ...registryOptions,
  ...brokerListOptions,
  ...optionGroup({ section: 'What to send' }, [
    {
      name: 'topic',
      short: 't',
      value: 'TOPIC',
      completes: 'topics',
      about: 'The topic to send to; with --json whatever topic a line names, and not needed where each names one.',
    },
    {
      name: 'value',
      value: 'TEXT',
      repeatable: true,
      mayBeEmpty: true,
      about: 'Send a record with this value, and end.',
      only: 'kts',
    },
    { name: 'key', short: 'k', value: 'TEXT', mayBeEmpty: true, about: 'The key of each record.', only: 'kts' },
    {
      name: 'header',
      short: 'H',
      value: 'NAME=VALUE',
      repeatable: true,
      about: 'A header of each record.',
      only: 'kts',
    },
    {
      name: 'key-separator',
      short: 'K',
      value: 'TEXT',
      about:
        'The key of a line ends at the first of these, its value begins after it: parse.key=true and key.separator. \\t is a tab.',
      only: 'kts',
    },
    {
      name: 'input-file',
      value: 'PATH',
      about: 'Read the lines from this file instead of stdin; - is stdin.',
      only: 'kts',
    },
    {
      name: 'reader-property',
      value: 'KEY=VALUE',
      completes: READER_PROPERTIES,
      repeatable: true,
      about:
        'How a line is read: parse.key (false), key.separator (tab), parse.headers (false), headers.delimiter (tab), headers.separator (,), headers.key.separator (:), null.marker, ignore.error (false).',
    },
    {
      name: 'reader-config',
      value: 'FILE',
      about: 'A properties file for the reader; --reader-property goes before it.',
    },
    {
      name: 'line-reader',
      value: 'CLASS',
      about: 'Class name of the reader: only org.apache.kafka.tools.LineMessageReader, the default.',
    },
    {
      name: 'progress',
      about: 'Show on stderr how far it is; on a terminal that is the default, unless stdout is a pipe.',
      only: 'kts',
    },
  ]),
  ...optionGroup({ section: 'Schemas', only: 'kts' }, [
    {
      name: 'value-schema',
      value: 'FILE',
      about:
        'Values are JSON, and encoded by this schema of Avro (.avsc), Protobuf (.proto) or JSON Schema, which is registered (auto.register.schemas=false looks it up only). Without it by the latest schema of the subject, where a registry has one; none sends values as they are.',
    },
    {
      name: 'value-schema-id',
      value: 'ID',
      about: 'The same by a schema of the registry.',
    },
    { name: 'value-message', value: 'NAME', about: 'The message of a Protobuf file that has several.' },
    {
      name: 'reference',
      value: 'NAME=SUBJECT:VERSION',
      repeatable: true,
      about: 'What the schema of --value-schema refers to by this name.',
    },
    { name: 'key-schema', value: 'FILE', about: 'The same of keys.' },
    { name: 'key-schema-id', value: 'ID', about: 'The same of keys.' },
    { name: 'key-message', value: 'NAME', about: 'The same of keys.' },
    { name: 'key-reference', value: 'NAME=SUBJECT:VERSION', repeatable: true, about: 'The same of keys.' },
    {
      name: 'schema-type',
      value: 'TYPE',
      values: ['avro', 'protobuf', 'json'],
      about: 'What the file of a schema holds, where neither its name nor its text says so.',
    },
    {
      name: 'schema-id-in-header',
      about: 'Name the schema by its GUID in a header of the record, and not by its id in front of the bytes.',
    },
  ]),
  ...optionGroup({ section: 'JSON lines', only: 'kts' }, [
    {
      name: 'json',
      about:
        'Each line is a JSON document as kts consume --json prints it: {"topic", "partition", "timestamp", "key", "value", "headers": [{"key", "value"}, …]}. All but "value" may be missing; a key, a value, or either of a header is a string, null, or {"base64": "…"} for bytes that are no UTF-8; with "keySchemaId" or "valueSchemaId" beside it any JSON that the schema encodes. "offset" has no effect. A line that is no such document is named, and the next one read. The answer is in JSON with --output json.',
    },
    {
      name: 'ignore',
      value: 'FIELD',
      values: IGNORABLE,
      repeatable: true,
      about:
        'Do as if documents had no partition (the key chooses, as for a topic with another count of them), no timestamp (the record gets that of its sending) or no headers.',
    },
  ]),
  ...optionGroup({ section: 'How to send it' }, [
    {
      name: 'transactional-id',
      value: 'ID',
      about:
        'Send whole transactions under this id: readers of committed records see all lines of one or none. A failure or Ctrl-C aborts the open one; another producer with the same id shuts this one out.',
      only: 'kts',
    },
    {
      name: 'transaction-size',
      type: 'integer',
      value: 'LINES',
      about:
        'Commit after so many lines. By default the whole input is one transaction, which must be over within transaction.timeout.ms (60000).',
      only: 'kts',
    },
    { name: 'sync', about: 'Send one line at a time, and stop at the first that fails.' },
    {
      name: 'request-required-acks',
      value: 'ACKS',
      values: ['0', '1', 'all', '-1'],
      about:
        'Who has to have a record before it counts as sent: 0 nobody, 1 the leader, all (-1) every replica in sync. Default all.',
    },
    {
      name: 'compression-codec',
      argument: 'optional',
      value: 'CODEC',
      values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
      about: 'How batches are compressed; gzip when no codec follows.',
    },
    {
      name: 'batch-size',
      type: 'integer',
      value: 'BYTES',
      about:
        'The most that a batch may hold (batch.size). By default batches grow to 1 MiB while the input is faster than the network.',
    },
    {
      name: 'max-partition-memory-bytes',
      type: 'integer',
      value: 'BYTES',
      about: 'The old name of --batch-size; goes before it.',
    },
    {
      name: 'timeout',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about:
        'How long a line may wait for more to fill its batch (linger.ms). By default it waits only while the broker is busy.',
    },
    {
      name: 'max-memory-bytes',
      type: 'integer',
      value: 'BYTES',
      about: 'Memory for lines on their way (buffer.memory). Default 33554432.',
    },
    {
      name: 'max-block-ms',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'How long to wait for a topic, or for memory (max.block.ms). Default 60000.',
    },
    {
      name: 'message-send-max-retries',
      type: 'integer',
      value: 'COUNT',
      about: 'How often a batch is tried again (retries). By default until delivery.timeout.ms is over.',
    },
    {
      name: 'retry-backoff-ms',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'The pause before trying again (retry.backoff.ms). Default 100.',
    },
    {
      name: 'request-timeout-ms',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'How long a broker may take to answer (request.timeout.ms). Default 30000.',
    },
    {
      name: 'metadata-expiry-ms',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'How often to ask again who leads the partitions (metadata.max.age.ms). Default 300000.',
    },
    {
      name: 'socket-buffer-size',
      type: 'integer',
      value: 'BYTES',
      about: 'send.buffer.bytes; has no effect here, and says so.',
    },
  ]),
  {
    name: 'command-property',
    value: 'KEY=VALUE',
    repeatable: true,
    section: 'Settings',
    about: "A setting of Java's producer; goes before --command-config.",
  },
  {
    name: 'producer-property',
    value: 'KEY=VALUE',
    repeatable: true,
    deprecatedFor: 'command-property',
    about: 'The old name of --command-property.',
  },
  {
    name: 'producer.config',
    value: 'FILE',
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
  {
    name: 'property',
    value: 'KEY=VALUE',
    repeatable: true,
    deprecatedFor: 'reader-property',
    about: 'The old name of --reader-property.',
  },
])

export type ProduceValues = Values<typeof options>
