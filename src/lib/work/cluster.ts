import { connectClient } from '../client/connect.ts'
import { Hindrances } from '../client/hindrances.ts'
import type { ClientProperties, KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { clientId as ownId } from '../command/package.ts'
import { unlessAborted } from '../command/unless-aborted.ts'
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
  if (job.stream) return job.stream(located)
  return withClient(located, (work) => job.run!(work), {
    ...(job.properties && { properties: job.properties(located) }),
    ...(job.takesServerProperties && { warn() {} }),
  })
}

export interface Connecting {
  /** Those of the connection by default. */
  readonly properties?: ClientProperties
  /** What brokers know us by, unless the properties have a client.id. */
  readonly clientId?: string
  /** Who is told what is waited for; by default whoever reads stderr. */
  readonly hindrances?: Hindrances
  /** Is told of properties that no client knows. */
  warn?(this: void, sentence: string): void
  /** Nothing is waited for once it is raised. */
  readonly signal?: AbortSignal
}

/** A client of the cluster. Throws what connectClient throws, and the reason of `signal` once that is raised. */
export async function connect(
  { connection, voice, context: { clock } }: Pick<Located<unknown>, 'connection' | 'voice' | 'context'>,
  { properties = connection.properties, clientId = ownId(), hindrances, warn = voice.say, signal }: Connecting = {},
): Promise<KafkaClient> {
  signal?.throwIfAborted()
  const connecting = connectClient({ ...connection, properties, clientId }, { clock, warn, hindrances })
  if (!signal) return connecting
  const client = await unlessAborted(signal, () => connecting)
  if (client) return client
  connecting.then(
    (late) => late.close(),
    () => {},
  )
  throw signal.reason
}

/** Connects, lets `action` work, and closes the connection whatever comes of it. Throws as `connect` does. */
export async function withClient<V, I, T>(
  located: Located<V, I>,
  action: (work: Work<V, I>) => Promise<T>,
  how: Connecting = {},
): Promise<T> {
  const { voice, context } = located
  const hindrances = how.hindrances ?? new Hindrances({ clock: context.clock, say: voice.say })
  const client = await connect(located, { ...how, hindrances })
  try {
    return await action({ ...located, client })
  } finally {
    hindrances.close()
    await client.close()
  }
}
