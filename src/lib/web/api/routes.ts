import { ForbiddenError, UserError } from '../../errors.ts'
import { isAction, wordsOf, type ActionName, type Actions } from '../actions.ts'
import { SharedAnswers, type PageCluster } from '../cluster.ts'
import { EventStream } from '../event-stream.ts'
import type { Call, Method, Route } from '../router.ts'
import { allTopics, clusterView, topicLines } from './cluster.ts'
import { download } from './download.ts'
import { allGroups, groupCounts, groupLines, readersOf, watchGroup } from './groups.ts'
import { recordPlace, recordView, sendPart } from './one-record.ts'
import { placeOf, readOffsets } from './places.ts'
import { search } from './search.ts'
import { tail } from './tail.ts'
import { replicaSizes, topicConfigs, topicCounts, topicView } from './topics.ts'

/** Clusters by the name of their profile; the one that the page begins with for null. */
export type FindCluster = (profile: string | null) => Promise<PageCluster>

type Run = (cluster: PageCluster, call: Call) => ReturnType<Route['run']>

/** Everything that the page can ask for. `profile` in the query names the cluster. */
export function apiRoutes(find: FindCluster, answersOf: (cluster: PageCluster) => SharedAnswers): Route[] {
  const topicsOf = (cluster: PageCluster) => answersOf(cluster).once('topics', () => allTopics(cluster.client))
  const sizesOf = (cluster: PageCluster) => answersOf(cluster).once('sizes', () => replicaSizes(cluster.client))
  const groupsOf = (cluster: PageCluster) =>
    answersOf(cluster).once('groups', () => allGroups(cluster.client, cluster.clock))
  const route = (method: Method, path: string, run: Run, more: Pick<Route, 'isStream'> = {}): Route => ({
    method,
    path,
    ...more,
    run: async (call) => run(await find(call.query.get('profile')), call),
  })
  const get = (path: string, run: Run): Route => route('GET', path, run)
  const streamed = (path: string, run: Run): Route => route('GET', path, run, { isStream: true })
  return [
    get('/session', ({ session }) => session),
    get('/cluster', (cluster) =>
      answersOf(cluster).once('cluster', async () => clusterView(cluster.client, await topicsOf(cluster))),
    ),
    get('/topics', async (cluster) => topicLines(await topicsOf(cluster))),
    get('/topic-counts', async (cluster, { query }) =>
      topicCounts(cluster.client, await topicsOf(cluster), query.getAll('topic'), await sizesOf(cluster)),
    ),
    get('/topics/:topic', async (cluster, { path }) =>
      topicView(cluster.client, path['topic']!, await sizesOf(cluster)),
    ),
    get('/topics/:topic/configs', ({ client }, { path }) => topicConfigs(client, path['topic']!)),
    get('/topics/:topic/readers', (cluster, { path }) =>
      answersOf(cluster).once(`readers ${path['topic']}`, () =>
        readersOf(cluster.client, cluster.clock, path['topic']!),
      ),
    ),
    streamed('/topics/:topic/search', (cluster, { path, query, response, signal }) =>
      search(
        cluster,
        {
          place: placeOf(path['topic']!, query),
          from: query.get('from') ?? 'newest',
          filter: query.get('filter') ?? '',
          limit: Number(query.get('limit') ?? 50) || 50,
        },
        () => new EventStream(response),
        signal,
      ),
    ),
    streamed('/topics/:topic/tail', (cluster, { path, query, request, response, signal }) =>
      tail(
        cluster,
        {
          place: placeOf(path['topic']!, query),
          filter: query.get('filter') ?? '',
          offsets: readOffsets(String(request.headers['last-event-id'] ?? query.get('after') ?? '')),
        },
        () => new EventStream(response),
        signal,
      ),
    ),
    streamed('/topics/:topic/download', (cluster, { path, query, response, signal }) =>
      download(
        cluster,
        {
          place: placeOf(path['topic']!, query),
          from: query.get('from') ?? 'oldest',
          filter: query.get('filter') ?? '',
        },
        response,
        signal,
      ),
    ),
    get('/topics/:topic/partitions/:partition/records/:offset', (cluster, { path, signal }) =>
      recordView(cluster, recordPlace(path), signal),
    ),
    get('/topics/:topic/partitions/:partition/records/:offset/:part', (cluster, { path, response, signal }) =>
      sendPart(cluster, recordPlace(path), path['part'] === 'key' ? 'key' : 'value', response, signal),
    ),
    get('/groups', async (cluster) => groupLines(await groupsOf(cluster))),
    get('/group-counts', ({ client, clock }, { query }) => groupCounts(client, clock, query.getAll('group'))),
    streamed('/groups/:group/lag', ({ client, clock }, { path, response, signal }) =>
      watchGroup(client, clock, path['group']!, () => new EventStream(response), signal),
    ),
    route('POST', '/actions', async (cluster, { body }) => {
      const outcome = await act(cluster, body)
      answersOf(cluster).forget()
      return outcome
    }),
  ]
}

/** Runs an action by its command line. Throws UserError, ForbiddenError. */
async function act(cluster: PageCluster, body: unknown): Promise<object> {
  const { action, fields, typed } = readAction(body)
  if (cluster.session.isReadOnly && !isPlan(action, fields))
    throw new ForbiddenError('this page is read-only: nothing is changed')
  const { typedName } = cluster.session
  if (typedName !== null && wordsOf(action, fields).includes('--yes') && typed !== typedName)
    throw new UserError(`type ${typedName} to go ahead: this profile asks for it`)
  const stdin = action === 'produce' ? (fields as Actions['produce']).lines : undefined
  return cluster.run(wordsOf(action, fields), stdin)
}

const isPlan = (action: ActionName, fields: Actions[ActionName]): boolean =>
  action === 'group reset' && (fields as Actions['group reset']).execute !== true

interface Asked {
  readonly action: ActionName
  readonly fields: Actions[ActionName]
  /** The name that a profile wants typed. */
  readonly typed?: string
}

function readAction(body: unknown): Asked {
  const { action, fields, typed } = (body ?? {}) as { action?: unknown; fields?: unknown; typed?: unknown }
  if (typeof action !== 'string' || !isAction(action)) throw new UserError('there is no such action')
  if (typeof fields !== 'object' || fields === null || !isPlain(fields))
    throw new UserError('the fields of an action are text, numbers, lists of text, or text by name')
  return {
    action,
    fields: fields as Actions[ActionName],
    ...(typeof typed === 'string' && { typed }),
  }
}

/** Nothing but what becomes words: what is no right value of an option is refused by the command itself. */
function isPlain(value: unknown, depth = 0): boolean {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return true
  return depth < 2 && typeof value === 'object' && Object.values(value).every((item) => isPlain(item, depth + 1))
}
