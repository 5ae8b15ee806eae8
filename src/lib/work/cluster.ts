import { connectClient } from '../client/connect.ts'
import { Hindrances } from '../client/hindrances.ts'
import type { Context } from '../command/define.ts'
import { clientId } from '../command/package.ts'
import { connectionOf, reach, type Connection } from '../config/connection.ts'
import { connectionValues } from '../config/connection-values.ts'
import { UnreadableFile } from '../config/properties-file.ts'
import { gatherSettings } from '../config/settings/gather.ts'
import type { Project } from '../config/settings/project-file.ts'
import type { Answer, Command, Job, Located, Order, Work } from './command.ts'

/**
 * The cluster that the options mean; nobody is asked. Throws UserError. Apache's consumer groups find out at work that
 * a file cannot be read.
 */
export async function locate(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  context: Context,
  project: Project | undefined,
): Promise<Connection | UnreadableFile> {
  const given = connectionValues(command, values)
  try {
    return connectionOf(await gatherSettings(given, context, project), given, context)
  } catch (error) {
    if (command.readsConfigAtWork && context.style === 'drop-in' && error instanceof UnreadableFile) return error
    throw error
  }
}

/** Starts the broker in the box where it is meant and not running, and does the work. */
export async function perform(
  job: Job<unknown>,
  order: Order<unknown>,
  connection: Connection | UnreadableFile,
): Answer {
  const input = job.read?.(order)
  if (connection instanceof UnreadableFile) throw connection
  await reach(connection, order.context)
  const located = { ...order, connection, input }
  return job.stream ? job.stream(located) : withClient(located, (work) => job.run!(work), job)
}

/** Connects, lets `action` work, and closes the connection whatever comes of it. Throws what connectClient throws. */
export async function withClient<V, I, T>(
  located: Located<V, I>,
  action: (work: Work<V, I>) => Promise<T>,
  { properties, takesServerProperties = false }: Pick<Job<V, I>, 'properties' | 'takesServerProperties'> = {},
): Promise<T> {
  const { connection, voice, context } = located
  const { clock } = context
  const hindrances = new Hindrances({ clock, say: voice.say })
  const warn = takesServerProperties ? (): void => {} : voice.say
  const settings = { ...connection, clientId: clientId(), ...(properties && { properties: properties(located) }) }
  const client = await connectClient(settings, { clock, warn, hindrances })
  try {
    return await action({ ...located, client })
  } finally {
    hindrances.close()
    await client.close()
  }
}
