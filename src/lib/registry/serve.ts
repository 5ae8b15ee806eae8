import { connectClient } from '../client/connect.ts'
import { Hindrances } from '../client/hindrances.ts'
import type { ClientSettings } from '../client/types.ts'
import { systemClock, type Clock } from '../clock.ts'
import { formatAddress } from '../address.ts'
import { DescribeCluster } from '../protocol/apis/describe-cluster.ts'
import { Catalog, DEFAULT_CONFIG } from './catalog.ts'
import { Credentials } from './credentials.ts'
import { Election } from './election.ts'
import { noLeader } from './errors.ts'
import { forwardTo, type Forward } from './forward.ts'
import { Registry } from './registry.ts'
import { SchemasLog } from './schemas-log.ts'
import { ensureSchemasTopic } from './schemas-topic.ts'
import { RegistryServer, type Listener } from './server.ts'

export interface RegistryOptions {
  /** The cluster that keeps the schemas. */
  readonly cluster: ClientSettings
  readonly listeners: readonly Listener[]
  /** `_schemas` by default. */
  readonly topic?: string | undefined
  /** The group of the election, `schema-registry` by default. */
  readonly groupId?: string | undefined
  /** The level where nothing else is set; BACKWARD by default. */
  readonly compatibilityLevel?: string | undefined
  /** How many copies the topic gets where it is created; 3, or as many as there are brokers. */
  readonly replicas?: number | undefined
  /** How long a write may take until it has been read back; 10 seconds by default. */
  readonly timeoutMs?: number | undefined
  /** How long a change waits for an election; 10 seconds by default. */
  readonly electionTimeoutMs?: number | undefined
  /** By which name other registries of the cluster reach this one; the first listener's by default. */
  readonly advertisedHost?: string | undefined
  /** False for one that never writes itself. */
  readonly mayLead?: boolean | undefined
  /** False where modes stay as they are. */
  readonly isModeMutable?: boolean | undefined
  /** True where defaults of Avro have to fit their fields; those of normalized schemas always have to. */
  readonly validatesDefaults?: boolean | undefined
  /** Passwords by name: whoever is none of them is refused. */
  readonly users?: ReadonlyMap<string, string> | undefined
  /** What `GET /v1/metadata/version` says. */
  readonly version: string
  readonly clock?: Clock
  /** One line on what goes wrong or is waited for. */
  warn(line: string): void
}

export interface RunningRegistry {
  /** Of the first listener: `http://localhost:8081`. */
  readonly url: string
  readonly port: number
  /** How many subjects the topic held at the start. */
  readonly subjects: number
  /** Answers what is under way and hands the leadership over. */
  close(): Promise<void>
}

const WRITE_TIMEOUT_MS = 10_000
/** How long a change waits for an election: Kafka's group coordinators take three seconds for the first one. */
const ELECTION_TIMEOUT_MS = 10_000
const CLOSE_GRACE_MS = 2000

/**
 * Starts a registry: takes the ports, reads the topic, answers; the election goes on meanwhile, and changes wait for
 * it. Throws EnvironmentError for a port, a cluster or a topic that cannot be had, KafkaError where the cluster
 * refuses, UserError for a bad property.
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { cluster, clock = systemClock, topic = '_schemas', groupId = 'schema-registry', warn } = options
  const first = options.listeners[0]!
  const hindrances = new Hindrances({ clock, say: warn })
  const client = await connectClient(cluster, { clock, warn, hindrances })
  const opened: (() => Promise<void>)[] = [() => client.close(), async () => hindrances.close()]
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  try {
    const catalog = new Catalog({ ...DEFAULT_CONFIG, compatibilityLevel: options.compatibilityLevel ?? 'BACKWARD' })
    await ensureSchemasTopic(client, topic, options.replicas)
    const log = await SchemasLog.open({
      client,
      topic,
      clock,
      timeoutMs: options.timeoutMs ?? WRITE_TIMEOUT_MS,
      apply: (record) => catalog.apply(record),
      warn,
    })
    opened.push(() => log.close())
    const { clusterId } = await client.send(DescribeCluster, {})
    const server: RegistryServer = new RegistryServer({
      listeners: options.listeners,
      registry: new Registry(catalog, (records) => log.write(records), options.validatesDefaults),
      about: { version: options.version, clusterId, groupId, isModeMutable: options.isModeMutable ?? true },
      credentials: options.users && new Credentials(options.users),
      leader: () => leaderOf(election, options.electionTimeoutMs ?? ELECTION_TIMEOUT_MS),
      doubtLeader: () => election.doubt(),
      report: (error) => warn(`this is a bug in kts; please report it: ${(error as Error).stack ?? String(error)}`),
    })
    const [port] = await server.listen()
    const election: Election = new Election({
      client,
      groupId,
      identity: { host: options.advertisedHost ?? hostOf(first), port: port!, scheme: schemeOf(first) },
      mayLead: options.mayLead ?? true,
      clock,
      prepare: () => log.catchUp(),
      warn,
    })
    opened.push(
      () => election.close(),
      async () => {
        const timer = clock.after(CLOSE_GRACE_MS, () => server.abort())
        await server.close()
        timer.cancel()
      },
    )
    return { url: urlOf(first, port!), port: port!, subjects: catalog.subjectNames().length, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Throws RegistryError 50004. */
async function leaderOf(election: Election, timeoutMs: number): Promise<Forward | undefined> {
  const leader = await election.settled(timeoutMs)
  if (!leader) throw noLeader('the registries of this cluster have not chosen one yet; try again')
  return leader.isSelf ? undefined : forwardTo(leader.url)
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::'
const schemeOf = ({ tls }: Listener): 'http' | 'https' => (tls ? 'https' : 'http')
const hostOf = ({ host }: Listener): string => (isAny(host) || host === '127.0.0.1' ? 'localhost' : host)
const urlOf = (listener: Listener, port: number): string =>
  `${schemeOf(listener)}://${formatAddress({ host: hostOf(listener), port })}`
