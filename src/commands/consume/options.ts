import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { connectionOptions, registryOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { PARTS } from './formatters/parts.ts'
import { TIME_FORMATS } from './formatters/time-format.ts'

const FORMATTERS = ['Default', 'Logging', 'NoOp', 'Offsets', 'GroupMetadata', 'TransactionLog'].map(
  (name) => `org.apache.kafka.tools.consumer.${name}MessageFormatter`,
)
const FORMATTER_PROPERTIES = [
  ...['key', 'timestamp', 'partition', 'offset', 'headers'].map((part) => `print.${part}=true`),
  'print.value=false',
  'key.separator=',
  'line.separator=',
  'headers.separator=',
  'null.literal=',
]

export const options = defineOptions([
  ...connectionOptions,
  ...registryOptions,
  ...zookeeperOptions,
  ...optionGroup({ section: 'What to read' }, [
    {
      name: 'topic',
      short: 't',
      value: 'TOPIC',
      completes: 'topics',
      isList: true,
      about: 'The topic to read. Under kts also several, with commas between them.',
      ktsAbout: 'The topic to read, or several with commas between them.',
    },
    {
      name: 'include',
      value: 'REGEX',
      completes: 'topics',
      about: 'Read every topic whose whole name fits this regular expression, those to come as well.',
    },
    {
      name: 'partition',
      short: 'p',
      value: 'PARTITION',
      about:
        'Read only this partition, from its end unless --offset says otherwise. Under kts also a list such as 0,2,5-7.',
      ktsAbout:
        'Read only this partition, or those of a list such as 0,2,5-7, from the end unless --offset says otherwise.',
    },
    {
      name: 'offset',
      short: 'o',
      value: 'OFFSET',
      completes: ['beginning', 'end', 'earliest', 'latest'],
      about:
        'Where to begin: a number, earliest or latest (the default). Under kts also beginning, end, and -10 for the last ten of each partition.',
      ktsAbout:
        'Where to begin: a number, earliest or beginning, latest or end (the default), or -10 for the last ten of each partition.',
    },
    { name: 'from-beginning', about: 'Begin with the oldest record, unless the group has a position of its own.' },
    {
      name: 'since',
      value: 'TIME',
      completes: ['today', 'yesterday', '-1h'],
      about: `Begin with the first record of this time or later: ${MOMENTS}.`,
      only: 'kts',
    },
    {
      name: 'until',
      value: 'TIME',
      about:
        'End before the first record of this time or later, and where there is none at the end of what is there; times as for --since. Begins with the oldest record unless told otherwise. An older record that comes after such a one is not read.',
      only: 'kts',
    },
    {
      name: 'to-end',
      about: 'End at the end of what is there at the start. Begins with the oldest record unless told otherwise.',
      only: 'kts',
    },
    {
      name: 'last',
      type: 'integer',
      value: 'COUNT',
      about:
        'Print the newest records of all partitions together, so many, the oldest first, and end; merged by time, each partition in its order. Beside --grep, --key or --header the newest that fit, for which the whole topic may have to be read. They are held in memory: 1000000 at most.',
      only: 'kts',
    },
    {
      name: 'group',
      short: 'g',
      value: 'GROUP',
      completes: 'groups',
      about:
        'Read as a member of this consumer group and commit what has been printed. Without it nothing is shared or committed.',
    },
    {
      name: 'max-messages',
      short: 'c',
      type: 'integer',
      value: 'COUNT',
      about: 'End after so many records, of those that are printed; -1 for no limit.',
    },
    { name: 'count', short: 'n', type: 'integer', value: 'COUNT', about: 'The same as --max-messages.', only: 'kts' },
    { name: 'timeout-ms', type: 'integer', unit: 'ms', value: 'MS', about: 'End when no record has come for so long.' },
    {
      name: 'isolation-level',
      value: 'LEVEL',
      values: ['read_committed', 'read_uncommitted'],
      about:
        'read_committed leaves out what transactions rolled back or have not committed yet; read_uncommitted (the default) does not.',
    },
  ]),
  ...optionGroup({ section: 'Which records', only: 'kts' }, [
    { name: 'grep', value: 'REGEX', about: 'Print only records whose value, as text, has a part that fits.' },
    { name: 'key', value: 'REGEX', about: 'Print only records whose key has a part that fits.' },
    {
      name: 'header',
      value: 'NAME[=REGEX]',
      repeatable: true,
      about: 'Print only records with this header, and a value that has a part that fits.',
    },
  ]),
  {
    name: 'json',
    section: 'General',
    about:
      'One JSON document a line, the same as --output json and ndjson: topic, partition, offset, timestamp, key, value, headers. Bytes that are no UTF-8 are {"base64": "…"}; what a schema of the registry decodes is JSON, with keySchemaId and valueSchemaId beside it. kts produce --json reads it.',
    only: 'kts',
  },
  ...optionGroup({ section: 'How it looks' }, [
    {
      name: 'print',
      value: 'PART,…',
      completes: PARTS,
      isList: true,
      about: `Print these parts of each record, in this order, with tabs between them: ${PARTS.join(', ')}.`,
      only: 'kts',
    },
    {
      name: 'separator',
      value: 'TEXT',
      mayBeEmpty: true,
      about: 'What stands between the parts of --print, in place of a tab.',
      only: 'kts',
    },
    {
      name: 'format',
      short: 'f',
      value: 'FORMAT',
      about:
        "Print each record as kcat's -f does: %s value, %S its length, %k key, %K its length, %p partition, %o offset, %h headers, %T timestamp, %t topic, %% a percent sign; \\n, \\t, \\r, \\x41. No line end is added.",
      only: 'kts',
    },
    {
      name: 'time-format',
      value: 'FORMAT',
      values: TIME_FORMATS,
      about:
        'How timestamps are written: iso (UTC; the default of --print), local, or epoch, milliseconds since 1970 (the default elsewhere).',
      only: 'kts',
    },
    {
      name: 'value',
      value: 'FORMAT',
      values: ['json', 'text'],
      about:
        'json: values are JSON, by a schema of the registry or as they are; with --json they are part of the document, elsewhere one line each, indented at a terminal. Numbers keep every digit. Text that is not JSON is shown as a string. text: values are text, whether a registry has their schema or not.',
      only: 'kts',
    },
    { name: 'key-as', value: 'FORMAT', values: ['json', 'text'], about: 'The same of keys.', only: 'kts' },
    {
      name: 'readable',
      about:
        'Show what a schema of Avro decodes with its dates, times and decimals as text, and unions without the name of their type.',
      only: 'kts',
    },
    {
      name: 'proto-field-names',
      about: 'Name the fields of Protobuf as the file of their schema does, order_id, and not as JSON, orderId.',
      only: 'kts',
    },
    { name: 'formatter', value: 'CLASS', completes: FORMATTERS, about: "Class name of one of Kafka's formatters." },
    {
      name: 'formatter-property',
      value: 'KEY=VALUE',
      completes: FORMATTER_PROPERTIES,
      repeatable: true,
      about:
        'print.key, print.timestamp, print.partition, print.offset, print.headers, print.value, print.epoch, print.delivery (true or false), key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer.',
    },
    {
      name: 'formatter-config',
      value: 'FILE',
      about: 'A properties file for the formatter; --formatter-property goes before it.',
    },
    { name: 'key-deserializer', value: 'CLASS', about: 'Class name of the deserializer of keys.' },
    { name: 'value-deserializer', value: 'CLASS', about: 'Class name of the deserializer of values.' },
    { name: 'skip-message-on-error', about: 'Go on after a record that cannot be shown.' },
    {
      name: 'raw',
      about:
        'Write control characters of records to a terminal as they are, where they are shown as \\x1b otherwise; files and pipes always get them so.',
      only: 'kts',
    },
    {
      name: 'progress',
      about: 'Show on stderr how far it is; on a terminal that is the default when the records go to a file.',
      only: 'kts',
    },
    { name: 'enable-systest-events', about: 'Print shutdown_complete at the end.' },
  ]),
  {
    name: 'command-property',
    value: 'KEY=VALUE',
    repeatable: true,
    section: 'Settings',
    about: "A setting of Java's consumer; goes before --command-config.",
  },
  {
    name: 'consumer-property',
    value: 'KEY=VALUE',
    repeatable: true,
    deprecatedFor: 'command-property',
    about: 'The old name of --command-property.',
  },
  {
    name: 'consumer.config',
    value: 'FILE',
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
  {
    name: 'property',
    value: 'KEY=VALUE',
    repeatable: true,
    deprecatedFor: 'formatter-property',
    about: 'The old name of --formatter-property.',
  },
])

export type ConsumeValues = Values<typeof options>
