import { listGroups } from '../../lib/client/admin/list-groups.ts'
import { listTopics } from '../../lib/client/admin/list-topics.ts'
import { withClient } from '../../lib/client/with-client.ts'
import type { Context, NameKind } from '../../lib/command/define.ts'
import { clientId } from '../../lib/command/package.ts'
import { connectionWords, nameConnection, type Connection, type ConnectionValues } from '../../lib/config/connection.ts'
import { isExpected } from '../../lib/errors.ts'
import { NamesCache } from './names-cache.ts'

/**
 * What is left of 300 ms from the key to the answer, after a shell has started this process and before it has ended.
 */
const PATIENCE_MS = 220
/** Names so young are not asked for again. */
const FRESH_MS = 10_000
/** Names so young do, when the cluster does not answer in time. */
const USABLE_MS = 60_000
/** How long somebody who was left behind waits for an answer. */
const LONG_MS = 5000

/**
 * The names of a cluster or of its schema registry, from the cache or within what is left of 300 ms since this process
 * began; none when nobody answers in time, or what has been typed names no cluster. A slow cluster goes on being asked
 * by `kts complete --refresh`, so that the next key finds an answer.
 */
export async function liveNames(
  kind: NameKind,
  values: ConnectionValues,
  style: Context['style'],
  context: Context,
): Promise<readonly string[]> {
  const connection = await tryToName(values, style, context)
  if (connection === undefined) return []
  const { clock, startedAt } = context
  const cache = new NamesCache(context, kind, connection)
  const known = cache.read()
  const isYoungerThan = (ms: number): boolean => known.at <= clock.now() && clock.now() - known.at < ms
  if (isYoungerThan(FRESH_MS)) return known.names
  const leftMs = startedAt + PATIENCE_MS - clock.now()
  const answer = leftMs > 0 ? await within(leftMs, ask(kind, connection, context, PATIENCE_MS), context) : 'late'
  if (Array.isArray(answer)) cache.write({ ...known, names: answer, at: clock.now() })
  if (Array.isArray(answer)) return answer
  if (answer === 'late' && clock.now() - known.askedAt > LONG_MS) {
    cache.write({ ...known, askedAt: clock.now() })
    await context.leaveSelf([
      'complete',
      '--refresh',
      kind,
      ...connectionWords(style === 'kts' ? values : spelledOut(values, connection)),
      ...(values.schemaRegistry === undefined ? [] : ['--schema-registry', values.schemaRegistry]),
    ])
  }
  return isYoungerThan(USABLE_MS) ? known.names : []
}

/** Under Apache's names less has a say than under that of `kts complete`. */
const spelledOut = ({ commandConfig }: ConnectionValues, { bootstrapServers }: Connection): ConnectionValues => ({
  commandConfig,
  bootstrapServer: bootstrapServers.join(','),
})

/** Asks with patience, and leaves the answer in the cache. */
export async function refreshNames(kind: NameKind, values: ConnectionValues, context: Context): Promise<void> {
  const connection = await tryToName(values, 'kts', context)
  const names = connection && (await within(LONG_MS, ask(kind, connection, context, LONG_MS), context))
  if (!connection || !Array.isArray(names)) return
  const cache = new NamesCache(context, kind, connection)
  cache.write({ ...cache.read(), names, at: context.clock.now() })
}

/** Controllers know neither topics nor groups. */
async function tryToName(
  values: ConnectionValues,
  style: Context['style'],
  { env, cwd }: Context,
): Promise<Connection | undefined> {
  try {
    const connection = await nameConnection(values, { style, env, cwd })
    return connection.areControllers ? undefined : connection
  } catch (error) {
    if (isExpected(error)) return undefined
    throw error
  }
}

/** Warns of nothing: a shell would show it in the middle of the line. */
function ask(kind: NameKind, connection: Connection, { clock }: Context, timeoutMs: number): Promise<string[]> {
  if (kind === 'subjects') return askSubjects(connection, clock)
  return withClient({ ...connection, clientId: clientId() }, { clock, connectTimeoutMs: timeoutMs }, async (client) =>
    kind === 'topics'
      ? (await listTopics(client)).map(({ name }) => name)
      : (await listGroups(client, {}, { clock, timeoutMs })).map(({ groupId }) => groupId),
  )
}

async function askSubjects({ properties }: Connection, clock: Context['clock']): Promise<string[]> {
  const { openRegistryClient } = await import('../../lib/schemas/client/index.ts')
  return (await (await openRegistryClient(properties, clock))?.subjects()) ?? []
}

/** Whatever is wrong with the cluster is no business of a key. */
function within(ms: number, answer: Promise<string[]>, { clock }: Context): Promise<string[] | 'late' | 'failed'> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve('late'))
    answer.then(resolve, () => resolve('failed')).finally(() => timer.cancel())
  })
}
