import { ForbiddenError, UserError } from '../../errors.ts'
import { isAction, wordsOf, type ActionName, type Actions } from '../actions.ts'
import type { PageCluster } from '../cluster.ts'
import { EventStream } from '../event-stream.ts'
import type { Call, Route } from '../router.ts'
import { allTopics, clusterView, topicLines } from './cluster.ts'
import { download } from './download.ts'
import { allGroups, groupCounts, groupLines, readersOf, watchGroup } from './groups.ts'
import { recordPlace, recordView, sendPart } from './one-record.ts'
import { placeOf, readOffsets } from './places.ts'
import { checkSchema, registerSchema, schemasView, subjectLines, subjectView, versionView } from './schemas.ts'
import { search } from './search.ts'
import { tail } from './tail.ts'
import { replicaSizes, topicConfigs, topicCounts, topicView } from './topics.ts'

/** Clusters by the name of their profile; the one that the page begins with for null. */
export type FindCluster = (profile: string | null) => Promise<PageCluster>

interface Declared extends Pick<Route, 'method' | 'path' | 'isStream'> {
  readonly run: (cluster: PageCluster, call: Call) => ReturnType<Route['run']>
}

/** Everything that the page can ask for. `profile` in the query names the cluster. */
export const apiRoutes = (find: FindCluster): Route[] =>
  [...OF_CLUSTERS, ...OF_TOPICS, ...OF_RECORDS, ...OF_GROUPS, ...OF_SCHEMAS, CHANGES].map((declared) => ({
    ...declared,
    run: async (call) => declared.run(await find(call.query.get('profile')), call),
  }))

const get = (path: string, run: Declared['run']): Declared => ({ method: 'GET', path, run })
const streamed = (path: string, run: Declared['run']): Declared => ({ ...get(path, run), isStream: true })

const topicsOf = ({ client, answers }: PageCluster) => answers.once('topics', () => allTopics(client))
const sizesOf = ({ client, answers }: PageCluster) => answers.once('sizes', () => replicaSizes(client))

const OF_CLUSTERS: readonly Declared[] = [
  get('/session', ({ session }) => session),
  get('/cluster', (cluster) =>
    cluster.answers.once('cluster', async () => clusterView(cluster.client, await topicsOf(cluster))),
  ),
]

const OF_TOPICS: readonly Declared[] = [
  get('/topics', async (cluster) => topicLines(await topicsOf(cluster))),
  get('/topic-counts', async (cluster, { query }) =>
    topicCounts(cluster.client, await topicsOf(cluster), query.getAll('topic'), await sizesOf(cluster)),
  ),
  get('/topics/:topic', async (cluster, { path }) => topicView(cluster.client, path['topic']!, await sizesOf(cluster))),
  get('/topics/:topic/configs', ({ client }, { path }) => topicConfigs(client, path['topic']!)),
  get('/topics/:topic/readers', ({ client, clock, answers }, { path }) =>
    answers.once(`readers ${path['topic']}`, () => readersOf(client, clock, path['topic']!)),
  ),
]

/** Which records are asked for. Throws UserError. */
const wanted = ({ path, query }: Call, from: string) => ({
  place: placeOf(path['topic']!, query),
  from: query.get('from') ?? from,
  filter: query.get('filter') ?? '',
})

const DEFAULT_LIMIT = 50
const ONE_RECORD = '/topics/:topic/partitions/:partition/records/:offset'

const OF_RECORDS: readonly Declared[] = [
  streamed('/topics/:topic/search', (cluster, call) => {
    const limit = Number(call.query.get('limit')) || DEFAULT_LIMIT
    return search(cluster, { ...wanted(call, 'newest'), limit }, () => new EventStream(call.response), call.signal)
  }),
  streamed('/topics/:topic/tail', (cluster, call) => {
    const { request, query, response, signal } = call
    const offsets = readOffsets(String(request.headers['last-event-id'] ?? query.get('after') ?? ''))
    return tail(cluster, { ...wanted(call, 'live'), offsets }, () => new EventStream(response), signal)
  }),
  streamed('/topics/:topic/download', (cluster, call) =>
    download(cluster, wanted(call, 'oldest'), call.response, call.signal),
  ),
  get(ONE_RECORD, (cluster, { path, signal }) => recordView(cluster, recordPlace(path), signal)),
  get(`${ONE_RECORD}/key`, (cluster, { path, response, signal }) =>
    sendPart(cluster, recordPlace(path), 'key', response, signal),
  ),
  get(`${ONE_RECORD}/value`, (cluster, { path, response, signal }) =>
    sendPart(cluster, recordPlace(path), 'value', response, signal),
  ),
]

const OF_GROUPS: readonly Declared[] = [
  get('/groups', async ({ client, clock, answers }) =>
    groupLines(await answers.once('groups', () => allGroups(client, clock))),
  ),
  get('/group-counts', ({ client, clock }, { query }) => groupCounts(client, clock, query.getAll('group'))),
  streamed('/groups/:group/lag', ({ client, clock }, { path, response, signal }) =>
    watchGroup(client, clock, path['group']!, () => new EventStream(response), signal),
  ),
]

const OF_SUBJECT = '/schemas/:subject'
const post = (path: string, run: Declared['run']): Declared => ({ method: 'POST', path, run })

const OF_SCHEMAS: readonly Declared[] = [
  get('/schemas', (cluster) => cluster.answers.once('schemas', () => schemasView(cluster))),
  get('/schema-versions', (cluster, { query }) => subjectLines(cluster, query.getAll('subject'))),
  get(OF_SUBJECT, (cluster, { path }) => subjectView(cluster, path['subject']!)),
  get(`${OF_SUBJECT}/versions/:version`, (cluster, { path }) =>
    versionView(cluster, path['subject']!, path['version']!),
  ),
  post(`${OF_SUBJECT}/check`, (cluster, { path, body }) => checkSchema(cluster, path['subject']!, body)),
  post(`${OF_SUBJECT}/versions`, async (cluster, { path, body }) => {
    const registered = await registerSchema(cluster, path['subject']!, body)
    cluster.answers.forget()
    return registered
  }),
]

const CHANGES: Declared = {
  method: 'POST',
  path: '/actions',
  run: async (cluster, { body }) => {
    const outcome = await act(cluster, body)
    cluster.answers.forget()
    return outcome
  },
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
