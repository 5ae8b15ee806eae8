import { PassThrough, Writable } from 'node:stream'
import { connectClient } from '../client/connect.ts'
import { consumerSettings } from '../client/consumer/index.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { clientId, ktsVersion } from '../command/package.ts'
import { connectionWords, nameConnection, type Connection, type ConnectionValues } from '../config/connection.ts'
import { readProfiles } from '../config/profiles/profiles-file.ts'
import { ForbiddenError } from '../errors.ts'
import { shownText } from '../output/shown.ts'
import type { ActionOutcome } from './actions.ts'
import { SharedAnswers, type PageCluster } from './cluster.ts'

export interface Clusters {
  find(profile: string | null): Promise<PageCluster>
  close(): Promise<void>
}

export interface ClusterOptions {
  readonly context: Context
  /** The cluster that the page begins with, and the options that named it. */
  readonly connection: Connection
  readonly values: ConnectionValues
  readonly isReadOnly: boolean
  readonly hidesValues: boolean
  readonly offersProfiles: boolean
  readonly say: (line: string) => void
}

/**
 * The clusters of the page: the one that it begins with, and those of profiles. Each has one client for all tabs, which
 * is connected when it is asked for first, and again after it could not be.
 */
export function openClusters(options: ClusterOptions): Clusters {
  const { context, connection, values, offersProfiles } = options
  const open = new Map<string | null, Promise<PageCluster>>()
  const connectTo = async (profile: string | null): Promise<PageCluster> => {
    if (profile === null) return openCluster(options, connection, values)
    if (!offersProfiles) throw new ForbiddenError('this page shows its own broker only, and no profiles')
    const named = { profile } as ConnectionValues
    return openCluster(options, await nameConnection(named, context), named)
  }
  return {
    find(profile) {
      const known = open.get(profile)
      if (known) return known
      const opening = connectTo(profile)
      open.set(profile, opening)
      opening.catch(() => open.delete(profile))
      return opening
    },
    async close() {
      await Promise.all(
        [...open.values()].map((opening) => opening.then(({ client }) => client.close()).catch(() => {})),
      )
    },
  }
}

async function openCluster(
  { context, say, isReadOnly, hidesValues, offersProfiles }: ClusterOptions,
  connection: Connection,
  values: ConnectionValues,
): Promise<PageCluster> {
  const { profile, bootstrapServers, properties } = connection
  const guard = profile ?? (isReadOnly ? { name: '--read-only', readOnly: true } : undefined)
  const client: KafkaClient = await connectClient(
    { ...connection, clientId: clientId(), profile: guard && { ...guard, readOnly: guard.readOnly || isReadOnly } },
    { clock: context.clock, warn: say },
  )
  // What only a registry needs is loaded only for one.
  const registry = properties.has('schema.registry.url')
    ? await (await import('./registry.ts')).openPageRegistry(properties, context.clock)
    : null
  const profiles = offersProfiles ? [...(await readProfiles(context.env)).keys()] : []
  return {
    client,
    clock: context.clock,
    registry,
    answers: new SharedAnswers(context.clock),
    voice: { say },
    settings: consumerSettings(properties),
    session: {
      version: ktsVersion(),
      profiles,
      profile: profile?.name ?? null,
      bootstrapServers: bootstrapServers.join(','),
      isReadOnly: isReadOnly || (profile?.readOnly ?? false),
      hidesValues,
      typedName: profile?.confirm ? profile.name : null,
      schemaRegistry: registry?.client.shown ?? null,
      connectionWords: connectionWords(values),
      registryWords: registry ? registryWords(registry.client.shown, values) : [],
    },
    run: (words, stdin = '') => {
      const place = [...connectionWords(values, { withSecrets: true }), ...encodingWords(words, values)]
      return runSelf(context, [...words, ...place, '--output=json'], stdin)
    },
  }
}

/** What else the options say may be how to get in. */
const registryWords = (url: string, { profile, commandConfig, clientProperty }: ConnectionValues): string[] => [
  '--schema-registry',
  url,
  ...connectionWords({ profile, commandConfig, clientProperty }),
]

/** Records that name schemas are encoded by them. */
const encodingWords = ([command]: readonly string[], { schemaRegistry }: ConnectionValues): string[] =>
  command === 'produce' && schemaRegistry !== undefined ? ['--schema-registry', schemaRegistry] : []

async function runSelf(context: Context, words: readonly string[], stdin: string): Promise<ActionOutcome> {
  const [stdout, stderr] = [new Gathered(), new Gathered()]
  const exitCode = await context.runSelf(words, { stdin: new PassThrough().end(stdin), stdout, stderr })
  const messages = stderr.text.split('\n').filter((line) => line !== '')
  return { exitCode, output: stdout.text, messages: messages.map(shownText) }
}

/** Keeps what is written to it. */
class Gathered extends Writable {
  private readonly chunks: Buffer[] = []

  get text(): string {
    return Buffer.concat(this.chunks).toString()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // Whoever wrote it uses the memory again once it is done.
    this.chunks.push(Buffer.from(chunk))
    done()
  }
}
