import { Hindrances } from '../../lib/client/hindrances.ts'
import { withClient } from '../../lib/client/with-client.ts'
import { consumerSettings, topicsNamed } from '../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../lib/client/unused-settings.ts'
import { groupSettings, isInstanceId, type GroupSettings } from '../../lib/client/group/index.ts'
import { parseProducerSettings } from '../../lib/client/producer/index.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { resolveConnection } from '../../lib/config/connection.ts'
import { parseKeyValues } from '../../lib/config/key-values.ts'
import { UserError } from '../../lib/errors.ts'
import type { PipeValues } from './options.ts'
import { Pipe } from './pipe.ts'
import { describeSummary } from './summary.ts'
import { say } from '../../lib/output/say.ts'

const BATCH_SIZE = 1000

/** Everything that the options say, from the connection to the exit code. */
export async function pipe(values: PipeValues, context: Context, words: readonly string[]): Promise<Result> {
  const connection = await resolveConnection(values, context)
  const properties = pipeProperties(values, connection.properties)
  const { settings: producer, warnings } = parseProducerSettings(properties)
  const consumer = consumerSettings(properties)
  const group = memberSettings(groupSettings(properties)!, values.transactionalId!)
  for (const sentence of new Set([...warnings, ...unusedConsumerSettings(properties)]))
    void say(context, `warning: ${sentence}`)
  context.mindReader?.()
  let tell = (line: string): void => void say(context, line)
  const hindrances = new Hindrances({ clock: context.clock, say: (line) => tell(line) })
  return withClient(
    { ...connection, properties, clientId: clientId() },
    { clock: context.clock, hindrances },
    async (client) => {
      const pipe = new Pipe(
        {
          from: topicsNamed([values.from!]),
          to: values.to!,
          client,
          producer,
          consumer,
          group,
          command: words,
          keepsKey: values.keepKey,
          batchSize: values.batchSize ?? BATCH_SIZE,
          maxRecords: values.maxMessages ?? Infinity,
          idleMs: values.timeoutMs ?? Infinity,
          showsProgress: values.progress,
          hindrances,
        },
        context,
      )
      tell = (line) => pipe.sayHindrance(line)
      const { summary, exitCode } = await pipe.run()
      const data = { from: values.from, to: values.to, ...summary }
      return { data, text: () => '', table: () => describeSummary(data), exitCode }
    },
  )
}

/** What makes it exactly once is not to be had otherwise. */
const FIXED = { 'isolation.level': 'read_committed', 'enable.auto.commit': 'false' } as const

function pipeProperties(values: PipeValues, file: ReadonlyMap<string, string>): Map<string, string> {
  const properties = new Map([...file, ...parseKeyValues(values.commandProperty, 'empty', 'command-property')])
  for (const [name, value] of Object.entries(FIXED)) {
    const given = properties.get(name)
    if (given !== undefined && given !== value)
      throw new UserError(`${name} is always ${value} in a pipe, not ${given}`)
    properties.set(name, value)
  }
  if (!properties.has('auto.offset.reset')) properties.set('auto.offset.reset', 'earliest')
  return properties.set('group.id', values.group!).set('transactional.id', values.transactionalId!)
}

/**
 * The name of the pipe is that of its place in the group too: one that is started again after a crash has its
 * partitions at once, and does not wait for session.timeout.ms (KIP-345).
 */
function memberSettings(group: GroupSettings, transactionalId: string): GroupSettings {
  if (group.groupInstanceId !== null || !isInstanceId(transactionalId)) return group
  return { ...group, groupInstanceId: transactionalId, leavesWhenStatic: true }
}
