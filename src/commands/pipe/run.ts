import { Hindrances } from '../../lib/client/hindrances.ts'
import { consumerSettings, topicsNamed } from '../../lib/client/consumer/index.ts'
import { unusedConsumerSettings } from '../../lib/client/unused-settings.ts'
import { groupSettings, isInstanceId, type GroupSettings } from '../../lib/client/group/index.ts'
import { parseProducerSettings } from '../../lib/client/producer/index.ts'
import type { Result } from '../../lib/command/define.ts'
import { parseKeyValues } from '../../lib/config/key-values.ts'
import { UserError } from '../../lib/errors.ts'
import { formatCount } from '../../lib/output/progress.ts'
import { withClient } from '../../lib/work/cluster.ts'
import type { Located, Work } from '../../lib/work/command.ts'
import { routeOf, type PipeValues } from './options.ts'
import { Pipe, type Summary } from './pipe.ts'

const BATCH_SIZE = 1000

/** Everything that the options say, from the connection to the exit code. */
export async function pipe(order: Located<PipeValues>): Promise<Result> {
  const { values, context, connection, voice } = order
  const { from, to, command } = routeOf(order)
  const properties = pipeProperties(values, connection.properties)
  const { settings: producer, warnings } = parseProducerSettings(properties)
  const consumer = consumerSettings(properties)
  const group = memberSettings(groupSettings(properties)!, values.transactionalId!)
  for (const sentence of new Set([...warnings, ...unusedConsumerSettings(properties)]))
    voice.say(`warning: ${sentence}`)
  context.mindReader?.()
  let tell = voice.say
  const hindrances = new Hindrances({ clock: context.clock, say: (line) => tell(line) })
  const pass = async ({ client }: Work<PipeValues>): Promise<Result> => {
    const pipe = new Pipe(
      {
        from: topicsNamed([from!]),
        to: to!,
        client,
        producer,
        consumer,
        group,
        command,
        keepsKey: values.keepKey,
        batchSize: values.batchSize ?? BATCH_SIZE,
        maxRecords: values.maxMessages ?? Infinity,
        idleMs: values.timeoutMs ?? Infinity,
        showsProgress: values.progress,
        hindrances,
      },
      context,
      voice,
    )
    tell = (line) => pipe.sayHindrance(line)
    const { summary, exitCode } = await pipe.run()
    const data = { from, to, ...summary }
    return { data, text: () => '', table: () => describeSummary(data), exitCode }
  }
  return withClient(order, pass, { properties, hindrances, warn() {} })
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

function describeSummary({
  from,
  to,
  records,
  written,
  transactions,
}: Summary & { from: string | undefined; to: string | undefined }): string {
  const what = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
  return `${what(records, 'record')} of ${from} read, ${what(written, 'record')} written to ${to} in ${what(transactions, 'transaction')}`
}
