import { parseProducerSettings, type ProducerSettings } from '../../lib/client/producer/index.ts'
import type { ClientSettings } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { optionName } from '../../lib/command/names.ts'
import { clientId } from '../../lib/command/package.ts'
import { isGiven } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import { REGISTRY_URL } from '../../lib/config/settings/layers.ts'
import { defineCommand, type Located, type Order } from '../../lib/work/command.ts'
import { encodeNamed } from './line-parser.ts'
import { options, type ProduceValues } from './options.ts'
import { producerProperties } from './producer-settings.ts'
import { parseReaderSettings, readerProperties } from './reader-settings.ts'
import { describeSummary } from './report.ts'
import { Session, type SessionOptions } from './session.ts'

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'

export const produceCommand = defineCommand({
  examples: [
    { command: 'kts produce orders', about: 'Type lines, end with Ctrl-D.' },
    { command: 'tail_logs | kts produce retail', about: 'Every line of a stream.' },
    { command: 'kts produce orders --key 17 --header source=web --value shipped', about: 'One record.' },
    { command: 'kts produce orders -K :', about: 'Lines such as 17:shipped, with a key.' },
    { command: 'kts produce retail --input-file access.log --compression-codec zstd', about: 'A file, compressed.' },
    {
      command: 'kts produce orders --input-file orders.txt --transactional-id loader --transaction-size 100',
      about: 'A hundred lines at a time, each hundred whole or not at all.',
    },
    {
      command: 'kts consume orders --to-end --json | kts produce copy --json',
      about: 'A topic again: keys, headers, timestamps and partitions as they were.',
    },
  ],
  options,
  instead: {
    e: 'it ends with its input',
    J: '--json reads documents',
    l: '--input-file FILE reads lines of a file',
    p: 'a key chooses the partition, or a document of --json: {"partition": 2, "value": "…"}',
    P: 'kts produce sends anyway',
    z: '--compression-codec CODEC compresses',
  },
  words: [{ name: 'TOPIC', about: 'The topic.', into: 'topic', completes: 'topics', isOptional: true }],
  check,
  read: (order) => read(order),
  stream: (order: Located<ProduceValues, ProduceInput>) => stream(order),
})

/** Options that say how a line of text is cut into parts. */
const CUTS = ['readerProperty', 'property', 'readerConfig', 'lineReader', 'keySeparator'] as const
const PARTS = ['value', 'key', 'header'] as const

export function check({ values, context }: Order<ProduceValues>): void {
  const { topic, transactionSize, transactionalId, json, ignore, value, header } = values
  if (!topic && !(json && topic === undefined))
    throw new UserError(
      context.style === 'kts'
        ? 'name the topic to send to: kts produce TOPIC'
        : '--topic is missing: it names the topic to send to',
    )
  if (transactionSize !== undefined && transactionSize < 1)
    throw new UserError(`--transaction-size must be 1 or more, not ${transactionSize}`)
  if (!json && ignore.length > 0) throw new UserError('--ignore needs --json: it names fields of documents')
  if (transactionalId === '') throw new UserError('--transactional-id is empty: give it a name')
  if (json) {
    forbid(values, 'json', CUTS, 'a document is not cut into parts')
    forbid(values, 'json', PARTS, 'a document holds all parts of its record')
  }
  if (value.length > 0) {
    forbid(values, 'value', CUTS, 'a value is not cut into parts')
    forbid(values, 'value', ['inputFile'], 'send one or the other')
  }
  const nameless = header.find((pair) => pair.indexOf('=') < 1)
  if (nameless !== undefined) throw new UserError(`--header takes NAME=VALUE, not "${nameless}"`)
}

function forbid(values: ProduceValues, name: string, others: readonly (keyof ProduceValues)[], reason: string): void {
  const other = others.find((key) => isGiven(values, key))
  if (other !== undefined)
    throw new UserError(`${optionName(name)} and ${optionName(other)} contradict each other: ${reason}`)
}

/** What `read` makes of the options: how text becomes records. */
export type ProduceInput = SessionOptions['text']

export function read(
  { values, context }: Order<ProduceValues>,
  lineReaders: readonly string[] = [LINE_READER],
): ProduceInput {
  warnOfOldOptions(values, context)
  const { lineReader, key, header } = values
  if (lineReader !== undefined && !lineReaders.includes(lineReader))
    throw new UserError(`--line-reader ${lineReader} cannot be loaded: only ${lineReaders.join(', ')} is there`)
  const reader = parseReaderSettings(readerProperties(values, context))
  if (reader.parseKey && key !== undefined)
    throw new UserError('--key contradicts --key-separator and parse.key=true: lines have keys of their own')
  if (reader.parseHeaders && header.length > 0)
    throw new UserError('--header contradicts parse.headers=true: lines have headers of their own')
  return { reader, key: key === undefined ? null : Buffer.from(key), headers: encodeNamed(header) }
}

/** The one old option that may stand beside its successor. */
function warnOfOldOptions({ maxPartitionMemoryBytes }: ProduceValues, { style, stdout, stderr }: Context): void {
  if (maxPartitionMemoryBytes === undefined) return
  const stream = style === 'drop-in' ? stdout : stderr
  stream.write('Warning: --max-partition-memory-bytes is deprecated and will go away. Use --batch-size instead.\n')
}

/** `recordsOf` says what becomes of lines where that is something else than text or documents. */
export async function stream(
  order: Located<ProduceValues, ProduceInput>,
  recordsOf: (
    order: Located<ProduceValues, ProduceInput>,
    properties: ReadonlyMap<string, string>,
  ) => Promise<Pick<SessionOptions, 'records' | 'encoder'>> = schemasOf,
): Promise<Result> {
  const { topic, json, ignore, value, transactionSize, inputFile, sync, progress } = order.values
  const values = value.length > 0 ? value : undefined
  const client = clientOf(order)
  const session = new Session(
    {
      topic,
      ...client,
      text: order.input,
      ignored: json ? ignore : undefined,
      ...(await recordsOf(order, client.client.properties)),
      values,
      transactionSize,
      inputFile,
      isSync: sync,
      showsProgress: progress,
    },
    order,
  )
  const { summary, exitCode } = await session.run()
  return {
    data: summary,
    text: () => '',
    table: () => describeSummary(summary, values && 'record'),
    exitCode,
  }
}

const SCHEMA_OPTIONS = [
  'valueSchema',
  'valueSchemaId',
  'reference',
  'keySchema',
  'keySchemaId',
  'keyReference',
] as const

/** Encoding is loaded where a registry is named. Throws UserError. */
async function schemasOf(
  { values, context, connection, input }: Located<ProduceValues, ProduceInput>,
  properties: ReadonlyMap<string, string>,
): Promise<Pick<SessionOptions, 'records' | 'encoder'>> {
  if (context.style === 'drop-in') return {}
  const asked = SCHEMA_OPTIONS.find((name) => ![undefined, 'none', ''].includes(values[name]?.toString()))
  if (!properties.has(REGISTRY_URL)) {
    if (asked === undefined) return {}
    throw new UserError(`${optionName(asked)} takes a schema registry: --schema-registry URL`)
  }
  const { openEncoder, settingsOf, DocumentSchemas, SchemaRecords } = await import('./schemas/index.ts')
  // A profile that is read-only keeps the registry from changes as well.
  const told = connection.profile?.readOnly ? new Map([...properties, ['auto.register.schemas', 'false']]) : properties
  const settings = settingsOf(values, told, context, input.reader.parseKey || input.key !== null)
  const { topic, json } = values
  if (!json && !settings.key && !settings.value) return {}
  const encoder = await openEncoder(settings, properties, context)
  if (json) return { encoder: new DocumentSchemas(encoder, topic) }
  return {
    records: (maxRequestSize) =>
      new SchemaRecords({ ...input, encoder, topic: topic!, maxRequestSize, stopsAtFault: false }),
  }
}

function clientOf({ values, context, connection, voice }: Located<ProduceValues>): {
  readonly client: ClientSettings
  readonly settings: ProducerSettings
} {
  const properties = producerProperties(values, connection.properties, context)
  // Apache's tool opens no transaction, and so can send nothing.
  if (context.style === 'drop-in' && properties.has('transactional.id'))
    throw new UserError(
      'transactional.id needs transactions, which this tool has none of: use kts produce --transactional-id',
    )
  const { settings, warnings } = parseProducerSettings(properties)
  if (settings.transactionalId === null && values.transactionSize !== undefined)
    throw new UserError('--transaction-size needs --transactional-id')
  for (const sentence of warnings) voice.say(`warning: ${sentence}`)
  const { bootstrapServers, profile } = connection
  return {
    client: {
      bootstrapServers,
      profile,
      clientId: context.style === 'drop-in' ? 'console-producer' : clientId(),
      properties,
    },
    settings,
  }
}
