import { parseProducerSettings, type ProducerSettings } from '../../lib/client/producer/index.ts'
import type { ClientSettings } from '../../lib/client/types.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { resolveConnection } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import type { ProduceValues } from './options.ts'
import { producerProperties, readerProperties } from './properties.ts'
import { parseReaderSettings } from './reader-settings.ts'
import { Session } from './session.ts'
import { describeSummary } from './summary.ts'
import { say } from '../../lib/output/say.ts'

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'

/** Everything that the options say, from the connection to the exit code. */
export async function produce(values: ProduceValues, context: Context): Promise<Result> {
  warnOfOldOptions(values, context)
  checkLineReader(values.lineReader)
  const reader = parseReaderSettings(readerProperties(values, context))
  const ignored = values.json ? values.ignore : undefined
  const { client, settings } = await clientOf(values, context)
  const session = new Session(
    {
      topic: values.topic,
      client,
      settings,
      reader,
      ignored,
      ...(values.transactionSize !== undefined && { transactionSize: values.transactionSize }),
      inputFile: values.inputFile,
      isSync: values.sync,
      showsProgress: values.progress,
    },
    context,
  )
  const { summary, exitCode } = await session.run()
  return { data: summary, text: () => '', table: () => describeSummary(summary), exitCode }
}

/** The one old option that may stand beside its successor. */
function warnOfOldOptions({ maxPartitionMemoryBytes }: ProduceValues, { style, stdout, stderr }: Context): void {
  if (maxPartitionMemoryBytes === undefined) return
  const stream = style === 'drop-in' ? stdout : stderr
  stream.write('Warning: --max-partition-memory-bytes is deprecated and will go away. Use --batch-size instead.\n')
}

function checkLineReader(name: string | undefined): void {
  if (name !== undefined && name !== LINE_READER)
    throw new UserError(`--line-reader ${name} cannot be loaded: only ${LINE_READER} is there`)
}

async function clientOf(
  values: ProduceValues,
  context: Context,
): Promise<{ client: ClientSettings; settings: ProducerSettings }> {
  const connection = await resolveConnection(
    { ...values, commandConfig: values.commandConfig ?? values.producerConfig },
    context,
  )
  const properties = producerProperties(values, connection.properties, context)
  // Apache's tool opens no transaction, and so can send nothing.
  if (context.style === 'drop-in' && properties.has('transactional.id'))
    throw new UserError(
      'transactional.id needs transactions, which this tool has none of: use kts produce --transactional-id',
    )
  const { settings, warnings } = parseProducerSettings(properties)
  if (settings.transactionalId === null && values.transactionSize !== undefined)
    throw new UserError('--transaction-size needs --transactional-id')
  for (const sentence of warnings) void say(context, `warning: ${sentence}`)
  const { bootstrapServers, profile } = connection
  const client = {
    bootstrapServers,
    profile,
    clientId: context.style === 'drop-in' ? 'console-producer' : clientId(),
    properties,
  }
  return { client, settings }
}
